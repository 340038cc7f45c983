"""The draft engine: PocketSphinx with the US English model inside its wheel. Rough text, no punctuation, good times.

What it hears in sound that is no speech was measured with tones, chords, melodies, hum, breath, clicks, drums and noise
of three colours, alone and between two sentences, against 651 words that it got right in synthesized narration (clean,
quiet and noisy):

- White, pink and brown noise alone, clicks and drums give no words.
- Over a hum, a tone, a chord or noise between sentences, a short word is stretched: most last 1.4 to 3.9 s, where no
  right word lasts more than 0.92 s. Hence `MAX_WORD_MS`.
- Over breath, a word stands 25 dB below the speech of its window, where no right word is more than 13 dB below. Hence
  `MAX_BELOW_DB`.
- Over digital silence between sentences, it says names and loses words around them: 6 errors in 185 words. A dither of
  one step of a 16-bit sample, the same for each window, leaves none.
- Its confidence does not tell the two apart: it is 0.6 to 1.0 for half of the invented words, and under 0.1 for one
  right word in twenty. No word is dropped for it.

Words over a melody or a single chord pass; keeping music away is the business of speech detection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipforge.captions.words import Doubt, Transcript, Word
from clipforge.engines.base import SAMPLE_RATE, Placement, Recipe
from clipforge.engines.invented import LITTLE_SPEECH, WORD_TIMES
from clipforge.engines.loudness import FRAME, FRAME_MS, loudness
from clipforge.engines.silence import is_silent, playable
from clipforge.errors import EngineFailed

if TYPE_CHECKING:
    from clipforge.engines.base import Samples
    from clipforge.engines.loudness import Loudness

MAX_WORD_MS = 1200
MAX_BELOW_DB = 20.0
"""Against the loudness that one frame in twenty of the window reaches."""

LANGUAGE = "en"

_MIN_SAMPLES = 5 * FRAME  # less than any phone; the front end needs one frame of 410
_ALTERNATE = re.compile(r"\(\d+\)$")


@dataclass(frozen=True, slots=True)
class _Segment:
    """One entry of the decoder's best path."""

    word: str
    first_frame: int
    last_frame: int
    posterior: float


class DraftEngine:
    """PocketSphinx, loaded from the folder that holds ``en-us``, ``en-us.lm.bin`` and ``cmudict-en-us.dict``."""

    def __init__(self, recipe: Recipe, placement: Placement) -> None:
        """Raises `EngineFailed`."""
        self._recipe = recipe
        self._decoder = _load(placement.model_path)

    def for_recipe(self, recipe: Recipe) -> DraftEngine:
        """Itself: no option of a recipe changes what it does."""
        return self

    def transcribe(self, windows: Sequence[Samples]) -> list[Transcript]:
        """One transcript per window, in order. Raises `EngineFailed`."""
        return [self._one(samples) for samples in windows]

    def detect_language(self, windows: Sequence[Samples]) -> str:
        """English is all that it knows."""
        return LANGUAGE

    def _one(self, samples: Samples) -> Transcript:
        samples = playable(samples)
        if len(samples) < _MIN_SAMPLES or is_silent(samples):
            return Transcript((), LANGUAGE)
        with _ours():
            segments = self._decode(samples)
        levels = loudness(samples)
        words: list[Word] = []
        doubts: list[Doubt] = []
        last_ms = len(samples) * 1000 // SAMPLE_RATE
        for segment in segments:
            start_ms = min(segment.first_frame * FRAME_MS, last_ms)
            end_ms = min((segment.last_frame + 1) * FRAME_MS, last_ms)
            confidence = round(min(max(segment.posterior, 0.0), 1.0), 4)
            word = Word(_ALTERNATE.sub("", segment.word), start_ms, end_ms, confidence)
            if end_ms - start_ms > MAX_WORD_MS:
                doubts.append(Doubt((word,), (WORD_TIMES,), dropped=True))
            elif _is_faint(segment, levels):
                doubts.append(Doubt((word,), (LITTLE_SPEECH,), dropped=True))
            else:
                words.append(word)
        facts: dict[str, float | str] = {}
        if words:
            facts["confidence"] = round(sum(word.confidence or 0.0 for word in words) / len(words), 4)
        return Transcript(tuple(words), LANGUAGE, facts, tuple(doubts))

    def _decode(self, samples: Samples) -> list[_Segment]:
        """The words on the best path, without silence, noise and sentence marks."""
        import numpy as np

        dither = np.random.default_rng(0).integers(-1, 2, len(samples))
        raw = np.clip(np.rint(samples * 32768.0) + dither, -32768, 32767).astype("<i2").tobytes()
        # Forget the noise of the window before: words must not depend on the order of windows.
        self._decoder.reinit_feat()
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(raw, full_utt=True)
        finally:
            self._decoder.end_utt()
        if self._decoder.hyp() is None:
            return []
        path: Iterable[Any] = self._decoder.seg()
        return [
            _Segment(entry.word, entry.start_frame, entry.end_frame, float(entry.prob))
            for entry in path
            if not entry.word.startswith(("<", "["))
        ]


def _load(folder: Path) -> Any:
    with _ours():
        from pocketsphinx import Decoder

        return Decoder(
            hmm=str(folder / "en-us"),
            lm=str(folder / "en-us.lm.bin"),
            dict=str(folder / "cmudict-en-us.dict"),
            cmn="batch",  # over the window; "live" would go on from the window before
            loglevel="FATAL",
        )


@contextmanager
def _ours() -> Iterator[None]:
    """Turns what PocketSphinx raises into `EngineFailed`."""
    try:
        yield
    except (RuntimeError, ValueError, KeyError, OSError) as error:
        raise EngineFailed("draft", " ".join(str(error).split()) or type(error).__name__) from error


def _is_faint(segment: _Segment, levels: Loudness) -> bool:
    """True where the word's mean power is `MAX_BELOW_DB` or more below that of the window's loud frames."""
    import numpy as np

    inside = levels[segment.first_frame : segment.last_frame + 1]
    if not len(inside):
        return True
    power_db = 10 * float(np.log10(np.mean(10 ** (inside / 10))))
    return power_db < float(np.percentile(levels, 95)) - MAX_BELOW_DB
