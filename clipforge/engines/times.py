"""Word times as the sound tells them. Pure.

Whisper's alignment begins at the window's first frame and gives every moment to some word: the first word swallows the
silence before it, and a word before a pause swallows the pause::

    aligned     |the          |ferry  |leaves              |at   |nine           |
    sound       ······████████ ███████ █████████ ··········· ███ ████████ ········
    corrected         |the    |ferry  |leaves   |          |at   |nine    |

So the pauses are looked for in the sound, and a word that reaches into one is cut back to its edge. Where the sound
tells nothing (no contrast between loud and quiet), times stay as they are. The numbers were chosen by
``tests/bench/word_times.py``, which prints how far off words are before and after, clean, quiet and over noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clipforge.captions.words import Word
from clipforge.engines.loudness import FRAME_MS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipforge.engines.loudness import Loudness

LEAST_CONTRAST_DB = 15.0
"""Between the loudest and the quietest frames. Steady noise and tones have less, and say nothing of words."""
ABOVE_QUIET_DB = 7.0
"""Sound begins this far above the quietest frames: noise stays below."""
BELOW_LOUD_DB = 40.0
"""And no further than this below the loudest ones: in a studio, breath and room would count."""
LEAST_PAUSE_MS = 160
"""Inside the window; shorter ones are closures of plosives: "par|ty"."""
LONG_PAUSE_MS = 250
"""Nobody pauses as long inside a word."""
LEAST_SOUND_MS = 30
"""Shorter ones are clicks."""
TOLERANCE_MS = 80
"""How far past a pause the border between two words may be aligned."""
LEAST_WORD_MS = 40
"""A cut that leaves less of a word is not made: the pause is then taken to be the word."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without sound. Times in ms from the window's first sample."""

    start_ms: int
    end_ms: int


def corrected(words: Sequence[Word], levels: Loudness) -> tuple[Word, ...]:
    """The words with times that keep clear of pauses.

    ``words`` are in order, none begins before the end of the one before; ``levels`` are those of their window. No word
    is moved into another or out of the window, and none is left shorter than `LEAST_WORD_MS` by it.
    """
    starts, ends = [word.start_ms for word in words], [word.end_ms for word in words]
    for pause in pauses(levels):
        _clear(pause, starts, ends)
    return tuple(
        replace(word, start_ms=start_ms, end_ms=end_ms)
        for word, start_ms, end_ms in zip(words, starts, ends, strict=True)
    )


def _clear(pause: Pause, starts: list[int], ends: list[int]) -> None:
    """Moves the end of the word before a pause and the start of the word after it to the pause's edges."""
    before = max((i for i, start_ms in enumerate(starts) if start_ms < pause.start_ms), default=-1)
    after = min((i for i, end_ms in enumerate(ends) if end_ms > pause.end_ms), default=len(ends))
    reach_ms = TOLERANCE_MS
    if before == after:
        # One word reaches over the pause: a border next to it was aligned too early or too late, or it is inside.
        early, late = pause.start_ms - starts[before], ends[before] - pause.end_ms
        if min(early, late) > TOLERANCE_MS and pause.end_ms - pause.start_ms < LONG_PAUSE_MS:
            return
        before, after = (before - 1, before) if early <= late else (before, before + 1)
        reach_ms += min(early, late)
    for _ in range(2):  # the one may first have to make room for the other
        if before >= 0 and ends[before] >= pause.start_ms - reach_ms:
            _cut(before, starts, ends, end_ms=pause.start_ms)
        if after < len(starts) and starts[after] <= pause.end_ms + reach_ms:
            _cut(after, starts, ends, start_ms=pause.end_ms)


def _cut(i: int, starts: list[int], ends: list[int], start_ms: int | None = None, end_ms: int | None = None) -> None:
    """Moves a start or an end, where enough of the word is left and its neighbours stay where they are."""
    start_ms, end_ms = starts[i] if start_ms is None else start_ms, ends[i] if end_ms is None else end_ms
    free_from = ends[i - 1] if i else 0
    free_until = starts[i + 1] if i + 1 < len(starts) else max(end_ms, ends[i])
    if end_ms - start_ms >= LEAST_WORD_MS and start_ms >= free_from and end_ms <= free_until:
        starts[i], ends[i] = start_ms, end_ms


def pauses(levels: Loudness) -> list[Pause]:
    """Where nothing sounds, in order; none where loud and quiet cannot be told apart."""
    import numpy as np

    if not len(levels):
        return []
    quiet, loud = (float(level) for level in np.percentile(levels, (5, 98)))
    if loud - quiet < LEAST_CONTRAST_DB:
        return []
    sounding = levels > max(quiet + ABOVE_QUIET_DB, loud - BELOW_LOUD_DB)
    _fill(sounding, True, LEAST_SOUND_MS // FRAME_MS)
    _fill(sounding, False, LEAST_PAUSE_MS // FRAME_MS)
    return [Pause(start * FRAME_MS, end * FRAME_MS) for start, end in _runs(~sounding)]


def _fill(flags: NDArray[np.bool_], value: bool, least: int) -> None:
    """Turns runs of ``value`` that are shorter than ``least`` frames, and inside, into what is around them."""
    for start, end in _runs(flags == value):
        if end - start < least and start and end < len(flags):
            flags[start:end] = not value


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, after the last) of each run of True."""
    import numpy as np

    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
