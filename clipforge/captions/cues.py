"""A cue: one caption on screen."""

from __future__ import annotations

from dataclasses import dataclass

from clipforge.captions.words import Word


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: shown from its in time to its out time, both in integer milliseconds of the clip."""

    in_ms: int
    out_ms: int
    lines: tuple[str, ...]
    """One to three lines, none of them empty."""
    words: tuple[Word, ...] = ()
    """The words behind the text, in order; empty for cues that were read from a file."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def duration_ms(self) -> int:
        return self.out_ms - self.in_ms
