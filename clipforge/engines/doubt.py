"""Which of Whisper's results look wrong, and which of two is the better. Pure.

The limits are those of openai/whisper (``transcribe.py``): compression ratio 2.4, average log probability -1. The one
for silence is stricter than its 0.6, because here it counts alone: batched decoding puts a word into a silent window
with ``no_speech_prob`` above 0.98 (measured with a small model on silence and noise: 0.998 and more).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clipforge.captions.words import Word

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment

MAX_COMPRESSION_RATIO = 2.4
MIN_AVG_LOGPROB = -1.0
MAX_NO_SPEECH_PROB = 0.98
MAX_REPEATS = {1: 4, 2: 3, 3: 3, 4: 3}
"""By words in the phrase: said so often in a row, it looks like a loop. "No, no, no" is speech."""

COMPRESSION, REPEATS, LOG_PROBABILITY, OVER_SILENCE = (
    "compression ratio",
    "repeats",
    "log probability",
    "text over silence",
)


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


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that was heard in one window."""

    spoken: tuple[Spoken, ...] = ()
    again: str = ""
    """Why the window was done twice, empty where it was not; and which result was kept."""
    kept: str = ""
    dropped: str = ""
    """Text that was dropped because it stood over silence."""
    measured: tuple[Spoken, ...] = field(default=(), compare=False)
    """The segments before any was dropped: they are what the facts tell of."""

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.spoken if part.text)

    def facts(self) -> dict[str, float | str]:
        """For `Transcript.facts`: plain numbers, none of them NaN or infinite."""
        told = self.measured or self.spoken
        facts: dict[str, float | str] = {
            "avg_logprob": _number(_mean(told, [part.avg_logprob for part in told])),
            "no_speech_prob": _number(_mean(told, [part.no_speech_prob for part in told])),
            "compression_ratio": _number(compression_ratio(" ".join(part.text for part in told))),
            "temperature": max((part.temperature for part in told), default=0.0),
        }
        texts = {"again": self.again, "kept": self.kept, "dropped": self.dropped}
        return facts | {name: text for name, text in texts.items() if text}


def compression_ratio(text: str) -> float:
    """Bytes of the text to bytes when compressed, as openai/whisper counts it; 0 for no text."""
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def is_looping(words: Sequence[str]) -> bool:
    """True where a phrase of one to four words is said over and over."""
    plain = [word.lower().strip(".,!?…") for word in words]
    for length, limit in MAX_REPEATS.items():
        for at in range(len(plain) - length * limit + 1):
            if plain[at : at + length] * limit == plain[at : at + length * limit]:
                return True
    return False


def doubts(heard: Heard) -> tuple[str, ...]:
    """What looks wrong; empty where nothing does. A window without text never looks wrong."""
    text = heard.text
    if not text:
        return ()
    found = []
    if compression_ratio(text) > MAX_COMPRESSION_RATIO:
        found.append(COMPRESSION)
    if is_looping([word.text for part in heard.spoken for word in part.words]):
        found.append(REPEATS)
    if not _mean(heard.spoken, [part.avg_logprob for part in heard.spoken]) >= MIN_AVG_LOGPROB:  # NaN too
        found.append(LOG_PROBABILITY)
    if any(_over_silence(part) for part in heard.spoken):
        found.append(OVER_SILENCE)
    return tuple(found)


def without_silent(heard: Heard) -> Heard:
    """Without the segments that stand over silence."""
    kept = tuple(part for part in heard.spoken if not _over_silence(part))
    dropped = " ".join(part.text for part in heard.spoken if _over_silence(part))
    return replace(heard, spoken=kept, dropped=dropped, measured=heard.measured or heard.spoken)


def the_better(first: Heard, second: Heard, why: Sequence[str]) -> Heard:
    """Of the batch's result and the one made alone, the better.

    In this order: the one that is no loop (a loop is sure of itself: its log probability is high), the one with fewer
    doubts, with less text dropped, with the higher average log probability; the first where all are equal.
    """

    def merit(heard: Heard) -> tuple[bool, int, int, float]:
        found = doubts(heard)
        logprob = _mean(heard.spoken, [part.avg_logprob for part in heard.spoken])
        no_loop = not {COMPRESSION, REPEATS} & set(found)
        return no_loop, -len(found), -len(heard.dropped), logprob if math.isfinite(logprob) else -math.inf

    kept, name = (second, "second") if merit(second) > merit(first) else (first, "first")
    if not kept.measured:  # nothing was heard the second time; the first one's numbers say why it was doubted
        kept = replace(kept, measured=first.measured, dropped=kept.dropped or first.text or first.dropped)
    return replace(kept, again=", ".join(why), kept=name)


def _over_silence(part: Spoken) -> bool:
    return bool(part.text) and part.no_speech_prob > MAX_NO_SPEECH_PROB


def _mean(parts: Sequence[Spoken], values: Sequence[float]) -> float:
    """Weighted by tokens: the library's log probabilities are averages over them."""
    weights = [max(part.tokens, 1) for part in parts]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights) if weights else 0.0


def _number(value: float) -> float:
    return round(value, 4) + 0.0 if math.isfinite(value) else -99.0  # no -0.0
