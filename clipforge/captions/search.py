"""The cheapest way to cut a text into cues.

What a cue costs depends on where it begins and ends, never on the cues around it: the prices of its breaks, its best
line breaks, its reading speed with the silence that it can borrow, its duration. A dynamic programme over the words
therefore finds the cheapest cues of the whole text. It looks at no more words at a time than one cue can hold, so its
time grows in proportion to the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from clipforge.captions.heard import Heard
from clipforge.captions.lines import Lines
from clipforge.captions.prices import Prices
from clipforge.captions.timing import Pace

CUE = 4.0
"""Of each cue: what a fuller cue saves the reader in glances. All costs are in the currency of `breaks.COST`."""
OVER_AIM = 4.5
"""A reading speed twice the one that is aimed at, with all the silence that can be borrowed."""
TOO_FAST = 6.0
"""On top, any reading speed over the limit."""
OVER_LIMIT = 40.0
"""And on top of that, a reading speed twice the one allowed."""
SHORT = 6.0
"""A cue on screen for no time at all; it falls with the square to nothing at twice the least duration."""
LONE_WORD = 6.0
"""A cue of one word (or fewer than the profile wants) that begins a sentence."""
LEFT_OVER = 18.0
"""The same where it is what is left of one."""
FRAGMENT = 4.0
"""A cue that holds the end of a sentence, for each of its own ends that stands inside one."""
CROWDED = 60.0
"""Each word more than the profile wants in a cue."""
EARLY = 8.0
"""A cue that has to appear before its first word by the least duration, to reach it."""
STARVED = 1000.0
"""A cue that cannot reach the least duration: worse than anything else."""

_HOPELESS = 5.0
"""A reading speed this many times too high counts no worse when it is higher still."""
_NATURAL = 1.0
"""A break that costs less than this stands at the end of a sentence, or at a pause that could be one."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that the search looks at, index by index of the words."""

    heard: Heard
    prices: Prices
    lines: Lines
    pace: Pace
    loads: Sequence[float]
    """Units of reading before each word, and at the end."""


def cheapest_cues(task: Task) -> list[int]:
    """The first word of each cue."""
    heard, pace, prices = task.heard, task.pace, task.prices
    starts, joined, sentences = heard.starts, prices.joined, prices.sentences
    line_cost, fits_line = task.lines.cost, task.lines.fits
    least, most = pace.profile.least_ms, pace.profile.most_ms
    few, many = max(2, pace.profile.min_words), pace.profile.max_words or len(starts)
    reading = [load * pace.aim_ms for load in task.loads]  # ms, at the speed that is aimed at
    to_limit = pace.limit_ms / pace.aim_ms
    natural = [cost < _NATURAL for cost in prices.cue]
    early = _room_before(heard, pace)
    count = len(starts)
    entry = [CUE] * (count + 1)  # the cheapest way up to here, and a cue begun, less what boundaries before have cost
    chosen = [0] * (count + 1)
    for j, first in enumerate(_first_words(task), start=1):
        latest = starts[j] - pace.gap_ms if j < count else heard.limit_ms
        out_ms = min(latest, heard.ends[j - 1] + pace.profile.linger_ms)
        cheapest, at = inf, j - 1
        for i in range(j - 1, first - 1, -1):
            if (cost := entry[i]) >= cheapest:
                continue
            room: float = out_ms - starts[i]
            if room < 2 * least:
                shown = latest - starts[i]
                cost += _short(room, shown, early[i], least)
                room = max(room, min(shown, least), 1)
            elif room > most:
                room = most
            if (need := reading[j] - reading[i]) > room:
                cost += OVER_AIM * (min(need / room, _HOPELESS) - 1)
                if need * to_limit > room:
                    cost += TOO_FAST + OVER_LIMIT * (min(need * to_limit / room, _HOPELESS) - 1)
            if j - i < few and not (natural[i] and natural[j]):
                cost += LONE_WORD if natural[i] else LEFT_OVER
            elif j - i > many:
                cost += CROWDED * (j - i - many)
            if sentences[j - 1] > sentences[i]:
                cost += FRAGMENT * (2 - natural[i] - natural[j])
            if cost < cheapest and j > fits_line[i]:
                cost += line_cost(i, j)
            if cost < cheapest:
                cheapest, at = cost, i
        entry[j] = cheapest + joined[j - 1] - joined[j] + prices.cue[j] + CUE
        chosen[j] = at
    return _walk_back(chosen)


def _short(room_ms: float, slot_ms: int, early_ms: int, least_ms: int) -> float:
    """Of a cue that is shown briefly.

    ``room_ms``: how long it can stay without lingering; ``slot_ms``: until the next cue has to appear; ``early_ms``:
    how much sooner than its first word it could appear.
    """
    shown = max(0, room_ms, min(slot_ms, least_ms))
    cost = SHORT * (1 - shown / (2 * least_ms)) ** 2
    lacking = least_ms - slot_ms
    if lacking <= 0:
        return cost
    if lacking <= early_ms:
        return cost + EARLY * lacking / least_ms
    return cost + STARVED * (1 + (lacking - early_ms) / least_ms)


def _room_before(heard: Heard, pace: Pace) -> list[int]:
    """Per word: how much earlier a cue that begins with it can appear, whichever way the words before are cut."""
    found = [heard.starts[0]]
    for i in range(1, len(heard.starts)):
        free_from = max(heard.ends[i - 1], heard.starts[i - 1] + pace.profile.least_ms) + pace.gap_ms
        found.append(max(0, heard.starts[i] - free_from))
    return found


def _first_words(task: Task) -> list[int]:
    """Per word: the first word of the longest cue that may end with it."""
    starts, ends, reach, must = task.heard.starts, task.heard.ends, task.lines.reach, task.prices.must
    most_ms = task.pace.profile.most_ms
    found: list[int] = []
    i = 0
    for last in range(len(starts)):
        if must[last]:
            i = last
        while i < last and (reach[i] <= last or ends[last] - starts[i] > most_ms):
            i += 1
        found.append(i)
    return found


def _walk_back(chosen: Sequence[int]) -> list[int]:
    """From the end to the beginning, cue by cue; ``chosen[j]``: the first word of the cue that ends before word j."""
    found: list[int] = []
    j = len(chosen) - 1
    while j > 0:
        j = chosen[j]
        found.append(j)
    return found[::-1]
