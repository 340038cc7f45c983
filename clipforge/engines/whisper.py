"""The Whisper engine: faster-whisper on windows of many clips at once.

::

    windows ──▶ laid end to end ──▶ one batch ──▶ words that look right ──────────────┬──▶ transcripts
                                        │                                             │
                                        └──▶ result looks wrong ──▶ again, alone ─────┘
                                                                    the better is kept

What looks wrong, and which result is the better, is decided in `clipforge.engines.doubt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clipforge.captions.words import Transcript, Word
from clipforge.engines.base import SAMPLE_RATE, Placement, Recipe
from clipforge.engines.doubt import Heard, Spoken, doubts, the_better, without_silent
from clipforge.engines.folders import check_folder
from clipforge.engines.silence import is_silent
from clipforge.errors import EngineFailed

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from clipforge.engines.base import Samples

LEAD_S = 3
"""Silence before each window where windows are laid end to end. The library shortens the first word after a pause of
four median words (a median word counts as 0.7 s at most), and measures the pause from the window laid before. With more
than 2.8 s there is always such a pause, so that a window's word times do not depend on its neighbours in the batch."""

MIN_SAMPLES = 400
"""25 ms: one frame of Whisper's spectrum. Nothing shorter holds a word."""

PROMPT_TOKENS = 223
"""What prompt and hotwords together may take: half of the decoder's 448 positions, less the token that opens them. The
library allows each of them as much, and then has no room left for the words."""

TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # openai/whisper, transcribe.py

_FOREIGN = (RuntimeError, ValueError, IndexError, OSError)
"""What faster-whisper and CTranslate2 raise at work; MemoryError is left to the worker, other errors are bugs."""


class WhisperEngine:
    """A Whisper model, loaded from a local folder. Opens no network connection."""

    def __init__(self, recipe: Recipe, placement: Placement, model: WhisperModel | None = None) -> None:
        """Loads the model unless it is given. Raises `BadModel`, `EngineFailed`."""
        self._recipe = recipe
        self._placement = placement
        self._model = model or _load(recipe, placement)

    def for_recipe(self, recipe: Recipe) -> WhisperEngine:
        """The same loaded model under another recipe: another language, task, beam or prompt."""
        return WhisperEngine(recipe, self._placement, self._model)

    def transcribe(self, windows: Sequence[Samples]) -> list[Transcript]:
        """One transcript per window, in order. Raises `EngineFailed`."""
        if not windows:
            return []
        with _ours():
            language = self._recipe.language or self._detect(windows)
            prompts, facts = self._prompts()
            options: dict[str, Any] = {
                "language": language,
                "task": self._recipe.task,
                "beam_size": self._recipe.beam_size,
                "word_timestamps": True,
                **prompts,
            }
            heard: list[Heard] = [Heard()] * len(windows)
            with_sound = [
                i for i, samples in enumerate(windows) if len(samples) >= MIN_SAMPLES and not is_silent(samples)
            ]
            for at in range(0, len(with_sound), self._placement.batch_size):
                batch = with_sound[at : at + self._placement.batch_size]
                for i, first in zip(batch, self._batched([windows[i] for i in batch], options), strict=True):
                    heard[i] = self._checked(windows[i], first, options)
        spoken = "en" if self._recipe.task == "translate" else language
        return [
            Transcript(_words(h.spoken, len(samples)), spoken, {**h.facts(), **facts} if i in with_sound else {})
            for i, (h, samples) in enumerate(zip(heard, windows, strict=True))
        ]

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

    def _prompts(self) -> tuple[dict[str, str | None], dict[str, float | str]]:
        """Prompt and hotwords as they fit, and a fact that says what was cut: the prompt's head, the hotwords' tail."""
        tokenizer = self._model.hf_tokenizer

        def tokens_of(text: str) -> list[int]:
            return list(tokenizer.encode(f" {text.strip()}", add_special_tokens=False).ids) if text.strip() else []

        hotwords, prompt = tokens_of(self._recipe.hotwords), tokens_of(self._recipe.prompt)
        over = len(hotwords) + len(prompt) - PROMPT_TOKENS
        if over > 0:
            hotwords = hotwords[:PROMPT_TOKENS]
            prompt = prompt[len(prompt) - (PROMPT_TOKENS - len(hotwords)) :] if len(hotwords) < PROMPT_TOKENS else []
        prompts = {"initial_prompt": prompt, "hotwords": hotwords}
        texts = {name: tokenizer.decode(tokens) if tokens else None for name, tokens in prompts.items()}
        return texts, {"prompt_tokens_cut": float(over)} if over > 0 else {}

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
        """The first result, or where it looks wrong, the better of it and of a second one made alone."""
        why = doubts(first)
        if not why:
            return first
        segments, _ = self._model.transcribe(
            samples, temperature=TEMPERATURES, condition_on_previous_text=False, **options
        )
        second = Heard(tuple(Spoken.of(segment, 0) for segment in segments))
        return the_better(without_silent(first), without_silent(second), why)


def _load(recipe: Recipe, placement: Placement) -> WhisperModel:
    check_folder(placement.model_path)
    with _ours((Exception,)):  # tokenizers raises that itself
        import ctranslate2
        from faster_whisper import WhisperModel

        ctranslate2.set_random_seed(0)  # before the model's threads exist: they take it when they start
        return WhisperModel(
            str(placement.model_path),
            device=placement.device,
            compute_type=recipe.compute_type,
            cpu_threads=placement.threads,
            local_files_only=True,
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


def _words(spoken: Sequence[Spoken], samples: int) -> tuple[Word, ...]:
    """All words in order, their times moved into the window and none before the end of the one before."""
    last_ms, now_ms = samples * 1000 // SAMPLE_RATE, 0
    words: list[Word] = []
    for word in (word for part in spoken for word in part.words):
        start_ms = min(max(word.start_ms, now_ms), last_ms)
        now_ms = min(max(word.end_ms, start_ms), last_ms)
        words.append(replace(word, start_ms=start_ms, end_ms=now_ms, glued=word.glued and bool(words)))
    return tuple(words)
