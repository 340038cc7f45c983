"""Phrases said over and over: speech recognition that is caught in a loop."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 8
"""Words in a phrase that is looked for: the credits that Whisper repeats have six to eight."""


def most_repeats(length: int) -> int:
    """How often in a row people say a phrase of so many words: "No, no, no" is speech, a third "come on" a loop."""
    return 3 if length == 1 else 2


def repeats(units: Sequence[str], shortest: int = 1, longest: int = LONGEST) -> tuple[tuple[str, ...], int] | None:
    """The first phrase of ``shortest`` to ``longest`` words that comes more often in a row than people say it, and how
    often it does.

    ``units``: words, or the characters of a script that writes no spaces. Case and punctuation do not count.
    """
    plain = [word for unit in units if (word := unit.lower().strip(".,!?…;:-–—\"'“”。、！？"))]
    for length in range(shortest, longest + 1):
        same = 0  # units in a row that equal the one `length` before
        for at in range(length, len(plain)):
            same = same + 1 if plain[at] == plain[at - length] else 0
            if same == length * most_repeats(length):
                start = at + 1 - length - same
                return tuple(plain[start : start + length]), _count(plain, start, length)
    return None


def _count(plain: Sequence[str], start: int, length: int) -> int:
    """How often the phrase of ``length`` units at ``start`` comes in a row."""
    at = start + length
    while plain[at : at + length] == plain[start : start + length]:
        at += length
    return (at - start) // length
