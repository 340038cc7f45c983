"""Words with times: what engines give, what layout takes, what the cache keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was heard, its punctuation attached."""

    text: str
    """No white space at either end, none but that of the language inside."""
    start_ms: int
    end_ms: int
    """``start_ms <= end_ms``; against the start of the window in a `Transcript`, of the clip everywhere else."""
    confidence: float | None = None
    """0 to 1 as the engine sees it; None where it does not say."""
    glued: bool = False
    """True where no space stands between the word before and this one (Chinese, Japanese, split tokens)."""
    speaker: str | None = None

    def shifted(self, by_ms: int) -> Word:
        return replace(self, start_ms=self.start_ms + by_ms, end_ms=self.end_ms + by_ms)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in one window. Times count from the window's first sample."""

    words: tuple[Word, ...]
    language: str
    """ISO 639-1 code; empty where unknown."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """What the engine says about the window as a whole (average log probability, …), for the JSON output."""


def transcript_to_data(transcript: Transcript) -> dict[str, Any]:
    """As plain data for the cache; `transcript_from_data` is its inverse."""
    return {
        "language": transcript.language,
        "facts": dict(transcript.facts),
        "words": [[w.text, w.start_ms, w.end_ms, w.confidence, int(w.glued), w.speaker] for w in transcript.words],
    }


def transcript_from_data(data: Mapping[str, Any]) -> Transcript:
    """Raises KeyError, TypeError or ValueError on data of another shape."""
    words = tuple(
        Word(str(text), int(start), int(end), confidence, bool(glued), speaker)
        for text, start, end, confidence, glued, speaker in data["words"]
    )
    return Transcript(words, str(data["language"]), dict(data["facts"]))


def join(words: Sequence[Word]) -> str:
    """The words as running text: a space before each that is not glued to the one before."""
    return "".join(("" if i == 0 or w.glued else " ") + w.text for i, w in enumerate(words))
