"""Breaking the words of one cue into lines.

A cue has the fewest lines that hold it: one if it fits. Among the breaks that are possible then, the cheapest wins, by
grammar (the cost of each break) and balance (no line far from the cue's mean line, the lower one rather longer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

BALANCE = 2.0
"""Cost of two lines of which one is half the other. It moves with the fourth power of their difference: near balance
grammar decides, far from it balance does."""
LONE_WORD = 4.0
"""Cost of a line of one word, where it cannot be avoided."""
_PYRAMID = 2
"""Columns by which a lower line is rather longer than the one above (Netflix: bottom-heavy pyramid)."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where words stand if all of the text were one line, in columns."""

    begins: Sequence[int]
    ends: Sequence[int]
    turns: Sequence[int]
    """Per word: the first later word that another speaker begins, or the number of words."""


class Lines:
    """Line breaks of any run of words ``i`` to ``j`` (exclusive)."""

    def __init__(self, ruler: Ruler, costs: Sequence[float], max_length: int, max_lines: int, turn_mark: int) -> None:
        """``costs[k]``: of a line break before word k. ``turn_mark``: columns that a speaker's mark adds to a line."""
        self._begins, self._ends, self._turns = ruler.begins, ruler.ends, ruler.turns
        self._costs = costs
        self._max_lines = max_lines
        self._turn_room = max_length - turn_mark
        self._fit = _furthest(self._begins, self._ends, max_length)
        self._back = _earliest(self._fit)
        self._middle = [end + begin for end, begin in zip([0, *self._ends], [*self._begins, 0], strict=True)]
        self.fits = [min(j, turn) for j, turn in zip(self._fit, self._turns, strict=True)]
        """Per word i: the largest j such that words i to j are one line by one speaker, and cost nothing."""
        self.reach = self._reach(max_lines)
        """Per word i: the largest j such that words i to j fit in one cue of one speaker."""

    def _reach(self, lines: int) -> list[int]:
        count = len(self._fit)
        reach = list(range(count))
        for _ in range(lines):
            reach = [self._fit[j] if j < count else count for j in reach]
        return reach

    def cost(self, i: int, j: int) -> float:
        """Of the best line breaks; infinite where two speakers do not fit. The caller keeps ``j <= reach[i]``."""
        if j > self._turns[i]:
            return self._turns_cost(i, j)
        fit = self._fit
        if j <= fit[i]:
            return 0.0
        if j <= fit[fit[i]]:
            return self._best_of_two(i, j)[0]
        return self._best(i, j)[0]

    def split(self, i: int, j: int) -> list[int]:
        """The first words of the lines, ``i`` among them."""
        if j > self._turns[i]:
            return self._turns_between(i, j)
        if j <= self._fit[i]:
            return [i]
        if j <= self._fit[self._fit[i]]:
            return [i, self._best_of_two(i, j)[1]]
        return self._best(i, j)[1]

    def _best_of_two(self, i: int, j: int) -> tuple[float, int]:
        """Cost, and the first word of the lower line."""
        low = max(self._back[j], i + 1)
        high = min(self._fit[i], j - 1)
        extra = 0.0
        if low == i + 1 and low < high:
            low += 1
        if high == j - 1 and low < high:
            high -= 1
        if low == i + 1 or high == j - 1:  # no other place to break
            extra = LONE_WORD
        costs, middle = self._costs, self._middle
        centre = self._begins[i] + self._ends[j - 1] - _PYRAMID
        width = self._ends[j - 1] - self._begins[i]
        scale = BALANCE * (3 / width) ** 4
        cheapest, at = inf, low
        for k in range(low, high + 1):
            off = (middle[k] - centre) ** 2
            cost = costs[k] + off * off * scale
            if cost < cheapest:
                cheapest, at = cost, k
        return cheapest + extra, at

    def _best(self, i: int, j: int) -> tuple[float, list[int]]:
        """The same for three lines and more: the fewest that hold the words."""
        lines, k = 1, self._fit[i]
        while k < j:
            lines, k = lines + 1, self._fit[k]
        width = self._ends[j - 1] - self._begins[i]
        return self._lines_up_to(i, j, lines, width / lines, BALANCE * (2 * lines / width) ** 4 / 2)

    def _lines_up_to(self, i: int, j: int, lines: int, mean: float, scale: float) -> tuple[float, list[int]]:
        if lines == 1:
            if j > self._fit[i]:
                return inf, [i]
            return self._shape(i, j, mean, scale), [i]
        cheapest: tuple[float, list[int]] = (inf, [i])
        for k in range(max(self._back[j], i + lines - 1), j):
            head, starts = self._lines_up_to(i, k, lines - 1, mean, scale)
            cost = head + self._costs[k] + self._shape(k, j, mean, scale)
            if cost < cheapest[0]:
                cheapest = cost, [*starts, k]
        return cheapest

    def _shape(self, i: int, j: int, mean: float, scale: float) -> float:
        off = (self._ends[j - 1] - self._begins[i] - mean) ** 2
        return off * off * scale + (LONE_WORD if j == i + 1 else 0.0)

    def _turns_between(self, i: int, j: int) -> list[int]:
        starts = [i]
        while self._turns[starts[-1]] < j:
            starts.append(self._turns[starts[-1]])
        return starts

    def _turns_cost(self, i: int, j: int) -> float:
        """Several speakers in one cue: a line each, or not at all."""
        starts = self._turns_between(i, j)
        if len(starts) > self._max_lines:
            return inf
        for k, after in zip(starts, [*starts[1:], j], strict=True):
            if self._ends[after - 1] - self._begins[k] > self._turn_room:
                return inf
        return 0.0


def _furthest(begins: Sequence[int], ends: Sequence[int], max_length: int) -> list[int]:
    """Per word i: the largest j such that words i to j fit on one line; i + 1 for a word longer than the line."""
    found: list[int] = []
    j = 0
    for i, begin in enumerate(begins):
        j = max(j, i + 1)
        while j < len(ends) and ends[j] - begin <= max_length:
            j += 1
        found.append(j)
    return found


def _earliest(fit: Sequence[int]) -> list[int]:
    """Per j from 0 to the number of words: the smallest i such that words i to j fit on one line."""
    found = [0]
    i = 0
    for j in range(1, len(fit) + 1):
        while fit[i] < j:
            i += 1
        found.append(i)
    return found
