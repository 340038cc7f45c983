"""The Whisper engine: faster-whisper on windows of many clips at once.

::

    windows ──▶ by language ──▶ laid end to end ──▶ one batch ──▶ looks right ──────────────────┬──▶ times ──▶ doubts
                                                        │                                       │
                                                        └──▶ looks wrong ──▶ again, alone ──────┘
                                                                         the better is kept

What looks wrong, and which result is the better, is decided in `clipforge.engines.doubt`; word times are put right in
`clipforge.engines.times`; what may be invented is found in `clipforge.engines.invented`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clipforge.captions.words import Transcript, Word
from clipforge.engines.base import SAMPLE_RATE, Placement, Recipe
from clipforge.engines.doubt import ALONE, SAMPLED, Heard, Spoken, looks_wrong, the_better
from clipforge.engines.folders import check_folder
from clipforge.engines.invented import doubts
from clipforge.engines.loudness import loudness
from clipforge.engines.prompts import Prompts, fit
from clipforge.engines.silence import is_silent, playable
from clipforge.engines.times import corrected
from clipforge.errors import EngineFailed

if TYPE_CHECKING:
    import ctranslate2
    from faster_whisper import WhisperModel

    from clipforge.engines.base import Samples

LEAD_S = 3
"""Silence before each window where windows are laid end to end. The library shortens the first word after a pause of
four median words (a median word counts as 0.7 s at most), and measures the pause from the window laid before. With more
than 2.8 s there is always such a pause, so that a window's word times do not depend on its neighbours in the batch."""

MIN_SAMPLES = 400
"""25 ms: one frame of Whisper's spectrum. Nothing shorter holds a word."""

TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)  # openai/whisper, transcribe.py; 0 comes before them

_FOREIGN = (RuntimeError, ValueError, IndexError, OSError)
"""What faster-whisper and CTranslate2 raise at work; MemoryError is left to the worker, other errors are bugs."""


class WhisperEngine:
    """A Whisper model, loaded from a local folder. Opens no network connection."""

    def __init__(self, recipe: Recipe, placement: Placement, loaded: Loaded | None = None) -> None:
        """Loads the model unless it is given. Raises `BadModel`, `EngineFailed`."""
        self._recipe = recipe
        self._placement = placement
        self._loaded = loaded or Loaded(recipe, placement)
        self._model = self._loaded.model

    def for_recipe(self, recipe: Recipe) -> WhisperEngine:
        """The same loaded model under another recipe: another language, task, beam or prompt."""
        return WhisperEngine(recipe, self._placement, self._loaded)

    def transcribe(self, windows: Sequence[Samples]) -> list[Transcript]:
        """One transcript per window, in order. Raises `EngineFailed`."""
        windows = [playable(samples) for samples in windows]
        sounding = [i for i, samples in enumerate(windows) if len(samples) >= MIN_SAMPLES and not is_silent(samples)]
        found = [Transcript((), self._spoken(self._recipe.language or "en"))] * len(windows)
        with _ours():
            for language, group in self._by_language(windows, sounding).items():
                for at in range(0, len(group), self._placement.batch_size):
                    batch = group[at : at + self._placement.batch_size]
                    heard = self._one_batch([windows[i] for i in batch], language)
                    for i, transcript in zip(batch, heard, strict=True):
                        found[i] = transcript
        return found

    def _by_language(self, windows: Sequence[Samples], sounding: Sequence[int]) -> dict[str, list[int]]:
        """Windows by the language in which they are to be heard: only equal ones share a batch."""
        groups: dict[str, list[int]] = {}
        if self._recipe.multilingual:
            for i in sounding:
                groups.setdefault(self._detect([windows[i]]), []).append(i)
        elif sounding:
            groups[self._recipe.language or self._detect([windows[i] for i in sounding])] = list(sounding)
        return groups

    def _spoken(self, language: str) -> str:
        return "en" if self._recipe.task == "translate" else language

    def _one_batch(self, windows: Sequence[Samples], language: str) -> list[Transcript]:
        prompts = self._prompts()
        options = self._options(language, prompts)
        found = []
        for samples, first in zip(windows, self._batched(windows, options), strict=True):
            heard = self._checked(samples, first, options)
            facts = heard.facts() | ({"prompt_tokens_cut": float(prompts.cut)} if prompts.cut else {})
            found.append(_transcript(samples, heard, self._spoken(language), facts))
        return found

    def _options(self, language: str, prompts: Prompts) -> dict[str, Any]:
        return {
            "language": language,
            "task": self._recipe.task,
            "beam_size": self._recipe.beam_size,
            "word_timestamps": True,
            "initial_prompt": self._text(prompts.prompt),
            "hotwords": self._text(prompts.hotwords),
        }

    def aligned(self, windows: Sequence[Samples]) -> list[Heard]:
        """What one batch gives before anything is corrected or doubted, for measurements. Raises `EngineFailed`."""
        with _ours():
            language = self._recipe.language or self._detect(windows)
            return self._batched(windows, self._options(language, self._prompts()))

    def detect_language(self, windows: Sequence[Samples]) -> str:
        """The language with the highest probability, averaged over the windows. Raises `EngineFailed`."""
        with _ours():
            return self._detect(windows)

    def _detect(self, windows: Sequence[Samples]) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        total: dict[str, float] = {}
        for samples in windows:
            if len(samples) >= MIN_SAMPLES:
                _, _, probabilities = self._model.detect_language(audio=samples)
                for language, probability in probabilities:
                    total[language] = total.get(language, 0.0) + probability
        return max(total, key=lambda language: total[language]) if total else "en"

    def _prompts(self) -> Prompts:
        tokenizer = self._model.hf_tokenizer
        return fit(
            self._recipe.prompt,
            self._recipe.hotwords,
            lambda text: list(tokenizer.encode(text, add_special_tokens=False).ids),
        )

    def _text(self, tokens: Sequence[int]) -> str | None:
        text: str = self._model.hf_tokenizer.decode(list(tokens))
        return text or None

    def _batched(self, windows: Sequence[Samples], options: dict[str, Any]) -> list[Heard]:
        """The windows in one batch of the model, whichever clips they are from."""
        import numpy as np
        from faster_whisper import BatchedInferencePipeline

        # A window starts at a whole second: the library cuts times to samples and offsets to hundredths by truncation.
        starts_s, length_s = [], 0
        for samples in windows:
            starts_s.append(length_s + LEAD_S)
            length_s = starts_s[-1] + -(-len(samples) // SAMPLE_RATE)
        tape = np.zeros(length_s * SAMPLE_RATE, np.float32)
        clips = []
        for start_s, samples in zip(starts_s, windows, strict=True):
            tape[start_s * SAMPLE_RATE :][: len(samples)] = samples
            # Half a sample more, so that truncation after a rounded division gives the sample that is meant.
            clips.append({"start": start_s, "end": start_s + (len(samples) + 0.5) / SAMPLE_RATE})
        # A pipeline remembers where speech last ended, also after a failure: a new one costs nothing.
        pipeline = BatchedInferencePipeline(self._model)
        segments, _ = pipeline.transcribe(tape, clip_timestamps=clips, batch_size=len(windows), **options)
        found: dict[int, list[Spoken]] = {start_s: [] for start_s in starts_s}
        for segment in segments:
            start_s = segment.seek // self._model.frames_per_second
            found[start_s].append(Spoken.of(segment, start_s))
        return [Heard(tuple(found[start_s])) for start_s in starts_s]

    def _checked(self, samples: Samples, first: Heard, options: dict[str, Any]) -> Heard:
        """The first result, or where it looks wrong, the better of it and of those made alone."""
        if not looks_wrong(first):
            return first
        best = the_better(first, self._alone(samples, (0.0,), options), ALONE)
        if looks_wrong(best) and not best.unheard_again:
            self._loaded.begin_again()
            best = the_better(best, self._alone(samples, TEMPERATURES, options), SAMPLED)
        return best

    def _alone(self, samples: Samples, temperatures: Sequence[float], options: dict[str, Any]) -> Heard:
        """The window by itself, at the first of the temperatures whose result the library does not reject."""
        segments, _ = self._model.transcribe(
            samples, temperature=temperatures, condition_on_previous_text=False, **options
        )
        return Heard(tuple(Spoken.of(segment, 0) for segment in segments))


class Loaded:
    """A model in memory whose random numbers can begin again."""

    def __init__(self, recipe: Recipe, placement: Placement) -> None:
        """Raises `BadModel`, `EngineFailed`."""
        check_folder(placement.model_path)
        self._recipe = recipe
        self._placement = placement
        self._has_drawn = False
        with _ours((Exception,)):  # tokenizers raises that itself
            import ctranslate2
            from faster_whisper import WhisperModel

            ctranslate2.set_random_seed(0)  # before the model's threads exist: they take it when they start
            self.model: WhisperModel = WhisperModel(
                str(placement.model_path),
                device=placement.device,
                compute_type=recipe.compute_type,
                cpu_threads=placement.threads,
                local_files_only=True,
            )

    def begin_again(self) -> None:
        """The draws that follow are those that would follow loading.

        A thread of the model takes the seed once, when it first draws. So the weights are loaded again where it has
        drawn before, into the place of those that are there; rarely, and in a tenth of the time that a window takes.
        """
        if self._has_drawn:
            import ctranslate2

            self.model.model = None  # free the memory first
            self.model.model = self._weights(ctranslate2)
        self._has_drawn = True

    def _weights(self, library: Any) -> ctranslate2.models.Whisper:
        return library.models.Whisper(
            str(self._placement.model_path),
            device=self._placement.device,
            compute_type=self._recipe.compute_type,
            intra_threads=self._placement.threads,
        )


@contextmanager
def _ours(kinds: tuple[type[Exception], ...] = _FOREIGN) -> Iterator[None]:
    """Turns what the libraries raise into `EngineFailed`."""
    try:
        yield
    except MemoryError:
        raise
    except kinds as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise EngineFailed("whisper", why) from error


def _transcript(samples: Samples, heard: Heard, language: str, facts: dict[str, float | str]) -> Transcript:
    """What was heard in one window, with the times that its sound tells, without what signals agree was invented."""
    levels = loudness(samples)
    words = corrected(in_order(heard.spoken, len(samples)), levels)
    found = doubts(words, heard, levels, language)
    dropped = {id(word) for doubt in found if doubt.dropped for word in doubt.words}
    return Transcript(tuple(word for word in words if id(word) not in dropped), language, facts, found)


def in_order(spoken: Sequence[Spoken], samples: int) -> tuple[Word, ...]:
    """All words in order, their times moved into the window and none before the end of the one before."""
    last_ms, now_ms = samples * 1000 // SAMPLE_RATE, 0
    words: list[Word] = []
    for word in (word for part in spoken for word in part.words):
        start_ms = min(max(word.start_ms, now_ms), last_ms)
        now_ms = min(max(word.end_ms, start_ms), last_ms)
        words.append(replace(word, start_ms=start_ms, end_ms=now_ms, glued=word.glued and bool(words)))
    return tuple(words)
