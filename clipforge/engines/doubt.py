"""Which of Whisper's results look wrong and are heard again, and which of two is the better. Pure.

The limits are those of openai/whisper (``transcribe.py``): compression ratio 2.4, average log probability -1. The one
for silence is stricter than its 0.6: batched decoding puts a word into a silent window with ``no_speech_prob`` above
0.98 (measured with a small model on silence and noise: 0.998 and more), and speech that is merely faint stays below.

A phrase said over and over is no reason by itself. People do say "no, no, no, no"; a loop of the decoder goes on until
it compresses well.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clipforge.captions.words import Word

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment

MAX_COMPRESSION_RATIO = 2.4
MIN_AVG_LOGPROB = -1.0
MAX_NO_SPEECH_PROB = 0.98

COMPRESSION, LOG_PROBABILITY, NO_SPEECH = "compression ratio", "log probability", "no speech"

FIRST, ALONE, SAMPLED = "first", "alone", "sampled"
"""Which result was kept: the batch's, that of the window alone, or one of those drawn at a higher temperature."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One segment as the library gives it. Word times in ms from the window's first sample."""

    text: str
    words: tuple[Word, ...]
    tokens: int
    avg_logprob: float
    no_speech_prob: float
    temperature: float = 0.0

    @classmethod
    def of(cls, segment: Segment, offset_s: float) -> Spoken:
        """A segment whose window starts at ``offset_s`` of the samples that the library was given."""
        words = []
        for word in segment.words or ():
            text = word.word.strip()
            if text:
                start_ms, end_ms = (round((at - offset_s) * 1000) for at in (word.start, word.end))
                confidence = round(min(max(float(word.probability), 0.0), 1.0), 4)
                words.append(Word(text, start_ms, end_ms, confidence, glued=not word.word[0].isspace()))
        return cls(
            text=segment.text.strip(),
            words=tuple(words),
            tokens=len(segment.tokens),
            avg_logprob=float(segment.avg_logprob),
            no_speech_prob=float(segment.no_speech_prob),
            temperature=float(segment.temperature or 0.0),
        )

    @property
    def is_over_silence(self) -> bool:
        """True where the model itself holds that nobody speaks."""
        return bool(self.text) and self.no_speech_prob > MAX_NO_SPEECH_PROB


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that was heard in one window."""

    spoken: tuple[Spoken, ...] = ()
    why_again: str = ""
    """What looked wrong about the first result; empty where nothing did."""
    kept: str = FIRST
    instead_of: str = ""
    """The text of the result that was not kept, where it is another."""
    unheard_again: bool = False
    """True where the window alone gave no text at all."""

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.spoken if part.text)

    def facts(self) -> dict[str, float | str]:
        """For `Transcript.facts`: plain numbers, none of them NaN or infinite."""
        parts = self.spoken
        words = [word for part in parts for word in part.words]
        facts: dict[str, float | str] = {
            "avg_logprob": _number(_mean(parts, [part.avg_logprob for part in parts])),
            "no_speech_prob": _number(_mean(parts, [part.no_speech_prob for part in parts])),
            "compression_ratio": _number(compression_ratio(self.text)),
            "temperature": max((part.temperature for part in parts), default=0.0),
        }
        if words:
            facts["confidence"] = round(sum(word.confidence or 0.0 for word in words) / len(words), 4)
        if self.why_again:
            facts |= {"again": self.why_again, "kept": self.kept}
        return facts | ({"instead_of": self.instead_of} if self.instead_of else {})


def compression_ratio(text: str) -> float:
    """Bytes of the text to bytes when compressed, as openai/whisper counts it; 0 for no text."""
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def looks_wrong(heard: Heard) -> tuple[str, ...]:
    """What looks wrong; empty where nothing does. A window without text never looks wrong."""
    text = heard.text
    if not text:
        return ()
    found = []
    if compression_ratio(text) > MAX_COMPRESSION_RATIO:
        found.append(COMPRESSION)
    if not _mean(heard.spoken, [part.avg_logprob for part in heard.spoken]) >= MIN_AVG_LOGPROB:  # NaN too
        found.append(LOG_PROBABILITY)
    if any(part.is_over_silence for part in heard.spoken):
        found.append(NO_SPEECH)
    return tuple(found)


def the_better(first: Heard, second: Heard, name: str) -> Heard:
    """Of two results for one window, the better; ``name`` says how the second was made.

    In this order: one with text (that the other has none is noted: it speaks against the words), one that is no loop
    (a loop is sure of itself: its log probability is high), the one with fewer things wrong, the one with the higher
    average log probability; the first where all are equal.
    """

    def merit(heard: Heard) -> tuple[bool, bool, int, float]:
        wrong = looks_wrong(heard)
        logprob = _mean(heard.spoken, [part.avg_logprob for part in heard.spoken])
        return bool(heard.text), COMPRESSION not in wrong, -len(wrong), logprob if math.isfinite(logprob) else -math.inf

    why = first.why_again or ", ".join(looks_wrong(first))
    kept, other = (replace(second, kept=name), first) if merit(second) > merit(first) else (first, second)
    return replace(
        kept,
        why_again=why,
        instead_of=other.text if other.text != kept.text else first.instead_of,
        unheard_again=first.unheard_again or not second.text,
    )


def _mean(parts: Sequence[Spoken], values: Sequence[float]) -> float:
    """Weighted by tokens: the library's log probabilities are averages over them."""
    weights = [max(part.tokens, 1) for part in parts]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights) if weights else 0.0


def _number(value: float) -> float:
    return round(value, 4) + 0.0 if math.isfinite(value) else -99.0  # no -0.0
