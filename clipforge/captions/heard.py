"""Word times that layout can build on.

Engines mostly tell the truth, but a caption tool meets every way in which they do not: words past the clip's end,
twenty words at one instant, a time that jumps back an hour, an end before its start. Times that could be true are left
exactly as they are; the others are moved no further than it takes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clipforge.captions.measure import characters
from clipforge.captions.words import Word

MS_PER_CHARACTER = 10
"""100 characters a second: nearly twice the fastest speech on record (about 11 words a second, Fran Capo 1990), so only
times that nobody can have spoken are moved."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Starts and ends in ms, one per word: starts strictly ascending, each word ending by the start of the next."""

    starts: list[int]
    ends: list[int]
    limit_ms: int
    """The clip's length (or one ms a word, where the clip claims to be shorter than that)."""


def hear(words: Sequence[Word], media_ms: int, most_ms: int) -> Heard:
    """Times that keep order, stay inside the clip and leave each word the time that its letters need.

    A start moves earlier to make room for itself before what follows, and later only where too little of the clip lies
    before it. No word lasts longer than ``most_ms``, the longest cue: its end is what was misheard.
    """
    count = len(words)
    limit = max(media_ms, count)
    starts = [word.start_ms for word in words]
    if any(later < earlier for earlier, later in pairwise(starts)):
        starts = _in_order(words)
    shares = _shares([characters(word.text) for word in words], limit)
    following = limit
    for i in range(count - 1, -1, -1):
        following = starts[i] = min(starts[i], following - shares[i])
    earliest = 0
    for i in range(count):
        starts[i] = max(starts[i], earliest)
        earliest = starts[i] + shares[i]
    ends = [
        max(start, min(word.end_ms, after, start + most_ms))
        for word, start, after in zip(words, starts, [*starts[1:], limit], strict=True)
    ]
    return Heard(starts, ends, limit)


def _shares(lengths: Sequence[int], limit_ms: int) -> list[int]:
    """The least time of each word: at least 1 ms, together no more than the limit, which is at least 1 ms a word."""
    shares = [max(1, MS_PER_CHARACTER * length) for length in lengths]
    total = sum(shares)
    if total <= limit_ms:
        return shares
    spare = limit_ms - len(shares)
    return [1 + spare * share // total for share in shares]


def _in_order(words: Sequence[Word]) -> list[int]:
    """Starts that never go back: those of a longest run in order are believed, the others follow the one before."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = [-1] * len(words)
    for i, word in enumerate(words):
        slot = bisect_right(tails, word.start_ms)
        if slot == len(tails):
            tails.append(word.start_ms)
            at.append(i)
        else:
            tails[slot], at[slot] = word.start_ms, i
        before[i] = at[slot - 1] if slot else -1
    believed: set[int] = set()
    i = at[-1]
    while i >= 0:
        believed.add(i)
        i = before[i]
    starts = [word.start_ms for word in words]
    for i in range(1, len(words)):
        if i not in believed:
            starts[i] = max(starts[i - 1], words[i - 1].end_ms)
    if 0 not in believed:
        starts[0] = starts[min(believed)]
    for i in range(len(words) - 2, -1, -1):
        starts[i] = min(starts[i], starts[i + 1])
    return starts
