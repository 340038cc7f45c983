"""Line breaks of one cue."""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.lines import BALANCE, LONE_WORD, Lines, Ruler


def ruler_of(lengths: list[int]) -> Ruler:
    ends = [total + i for i, total in enumerate(accumulate(lengths))]
    begins = [end - length for end, length in zip(ends, lengths, strict=True)]
    return Ruler(begins, ends, [len(lengths)] * len(lengths))


def cost_of(ruler: Ruler, costs: list[float], starts: list[int], end: int) -> float:
    """The cost of given lines, straight from its definition; three lines and more, where no line is lone by choice."""
    bounds = [*starts, end]
    lengths = [ruler.ends[j - 1] - ruler.begins[i] for i, j in pairwise(bounds)]
    width = ruler.ends[end - 1] - ruler.begins[starts[0]]
    mean = width / len(lengths)
    shape = sum((length - mean) ** 4 for length in lengths) * BALANCE * (2 * len(lengths) / width) ** 4 / 2
    lone = sum(LONE_WORD for i, j in pairwise(bounds) if j == i + 1)
    return shape + lone + sum(costs[k] for k in starts[1:])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.data())
def test_the_cheapest_of_all_breaks_is_found(lengths: list[int], data: st.DataObject) -> None:
    """Against every way there is to break a cue of three or four lines."""
    count = len(lengths)
    costs = [float(c) for c in data.draw(st.lists(st.integers(0, 20), min_size=count + 1, max_size=count + 1))]
    ruler = ruler_of(lengths)
    lines = Lines(ruler, costs, max_length=15, max_lines=4, turn_mark=0)
    if lines.reach[0] < count:
        return
    found = lines.split(0, count)
    if len(found) < 3:
        return
    every = [[0, *rest] for rest in combinations(range(1, count), len(found) - 1)]
    allowed = [
        s
        for s in every
        if all(ruler.ends[j - 1] - ruler.begins[i] <= 15 for i, j in zip(s, [*s[1:], count], strict=True))
    ]
    best = min((cost_of(ruler, costs, starts, count) for starts in allowed), default=inf)
    assert lines.cost(0, count) == pytest.approx(best)
    assert cost_of(ruler, costs, found, count) == pytest.approx(best)


def test_one_line_where_it_fits() -> None:
    lines = Lines(ruler_of([5, 5, 5]), [0.0] * 4, max_length=17, max_lines=2, turn_mark=0)
    assert lines.split(0, 3) == [0]
    assert lines.cost(0, 3) == 0


def test_two_lines_are_balanced_the_lower_one_longer() -> None:
    lines = Lines(ruler_of([4, 4, 4, 4, 4]), [0.0] * 6, max_length=20, max_lines=2, turn_mark=0)
    assert lines.split(0, 5) == [0, 2]


def test_grammar_outweighs_a_little_balance_but_not_all() -> None:
    costs = [0.0, 8.0, 8.0, 8.0, 2.0, 8.0, 0.0]
    lines = Lines(ruler_of([4] * 6), costs, max_length=25, max_lines=2, turn_mark=0)
    assert lines.split(0, 6) == [0, 4]
    costs = [0.0, 8.0, 2.0, 8.0, 8.0, 8.0, 8.0, 8.0, 0.0]
    lines = Lines(ruler_of([4] * 8), costs, max_length=30, max_lines=2, turn_mark=0)
    assert lines.split(0, 8) == [0, 4]


def test_no_lone_word_where_there_is_a_choice() -> None:
    lines = Lines(ruler_of([9, 9, 9]), [0.0, 0.0, 50.0, 0.0], max_length=19, max_lines=2, turn_mark=0)
    assert lines.split(0, 3) in ([0, 1], [0, 2])  # either line is lone
    lines = Lines(ruler_of([6, 6, 6, 6]), [0.0, 0.0, 9.0, 9.0, 0.0], max_length=21, max_lines=2, turn_mark=0)
    assert lines.split(0, 4) == [0, 2]
