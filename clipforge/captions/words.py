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
class Doubt:
    """Words in a row that may be invented: said by nobody, or not there."""

    words: tuple[Word, ...]
    """At least one."""
    signals: tuple[str, ...]
    """What speaks against them, at least one phrase: ``repeats``, ``little speech``."""
    dropped: bool
    """True where signals enough agree: the words are not among those of the transcript."""

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        return join(self.words)

    def shifted(self, by_ms: int) -> Doubt:
        return replace(self, words=tuple(word.shifted(by_ms) for word in self.words))


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in one window. Times count from the window's first sample."""

    words: tuple[Word, ...]
    language: str
    """ISO 639-1 code; empty where unknown."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """What the engine says about the window as a whole (average log probability, …), for the JSON output."""
    doubts: tuple[Doubt, ...] = ()
    """Words that may be invented, in order; those that were not dropped are among ``words`` as well."""

    def believed(self, keep_doubtful: bool = False) -> tuple[Word, ...]:
        """``words``; with ``keep_doubtful``, also those that were dropped."""
        dropped = [word for doubt in self.doubts if doubt.dropped for word in doubt.words]
        if not (keep_doubtful and dropped):
            return self.words
        return tuple(sorted((*self.words, *dropped), key=lambda word: (word.start_ms, word.end_ms)))


@dataclass(frozen=True, slots=True)
class HeardWindow:
    """A window of a clip and what was heard in it."""

    start_ms: int
    end_ms: int
    """From the clip's start."""
    transcript: Transcript


def transcript_to_data(transcript: Transcript) -> dict[str, Any]:
    """As plain data for the cache; `transcript_from_data` is its inverse."""
    return {
        "language": transcript.language,
        "facts": dict(transcript.facts),
        "words": _to_rows(transcript.words),
        "doubts": [[_to_rows(doubt.words), list(doubt.signals), int(doubt.dropped)] for doubt in transcript.doubts],
    }


def transcript_from_data(data: Mapping[str, Any]) -> Transcript:
    """Raises KeyError, TypeError or ValueError on data of another shape."""
    doubts = tuple(
        Doubt(_from_rows(rows), tuple(str(signal) for signal in signals), bool(dropped))
        for rows, signals, dropped in data["doubts"]
    )
    return Transcript(_from_rows(data["words"]), str(data["language"]), dict(data["facts"]), doubts)


def _to_rows(words: Sequence[Word]) -> list[list[Any]]:
    return [[w.text, w.start_ms, w.end_ms, w.confidence, int(w.glued), w.speaker] for w in words]


def _from_rows(rows: Sequence[Sequence[Any]]) -> tuple[Word, ...]:
    return tuple(
        Word(str(text), int(start), int(end), confidence, bool(glued), speaker)
        for text, start, end, confidence, glued, speaker in rows
    )


def join(words: Sequence[Word]) -> str:
    """The words as running text: a space before each that is not glued to the one before."""
    return "".join(("" if i == 0 or w.glued else " ") + w.text for i, w in enumerate(words))
