"""The text of one cue in other lines, or over several cues. Its words and their order never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import inf

from clipforge.captions.breaks import COST, joints_of
from clipforge.captions.languages import language_of
from clipforge.captions.lines import Lines, Ruler
from clipforge.captions.measure import characters, clusters, columns
from clipforge.captions.prices import LINE_SHARE
from clipforge.captions.profiles import WPM, Profile
from clipforge.captions.scripts import is_unspaced

_TURN_MARKS = ("-", "–", ">")
_UNEVEN = 30.0
"""Cost of a cue that gets twice its share of a divided text, in the currency of `breaks.COST`."""

Line = str
CueLines = tuple[Line, ...]


def speakers_are_marked(lines: Sequence[Line]) -> bool:
    """True where a line after the first opens another speaker's turn: such lines stay as they are."""
    return any(line.startswith(_TURN_MARKS) for line in lines[1:])


def reading_load(lines: Sequence[Line], profile: Profile) -> int:
    """Units of reading: words or characters, as the profile counts its speed."""
    if profile.speed_unit == WPM:
        return sum(len(line.split()) for line in lines)
    return sum(map(characters, lines))


@dataclass(frozen=True)
class Text:
    """The words of a cue, and what it costs to break before each."""

    words: tuple[str, ...]
    glued: tuple[bool, ...]
    """Where no space stands before the word."""
    profile: Profile
    language: str

    @classmethod
    def of(cls, lines: Sequence[Line], profile: Profile, language: str) -> Text:
        """``profile`` is the one for the language."""
        words: list[str] = []
        glued: list[bool] = []
        for line in lines:
            for number, token in enumerate(line.split(" ")):
                joins = number == 0 and bool(words) and _meet_unspaced(words[-1], token)
                for inner, part in enumerate(_parts(token)):
                    words.append(part)
                    glued.append(joins or inner > 0)
        return cls(tuple(words), tuple(glued), profile, language)

    @cached_property
    def costs(self) -> list[float]:
        """Of a break before each word."""
        return [COST[kind] for kind in joints_of(self.words, self.glued, language_of(self.language))]

    @cached_property
    def ruler(self) -> Ruler:
        begins, ends, column = [], [], 0
        for word, glued in zip(self.words, self.glued, strict=True):
            begins.append(column + (not glued and column > 0))
            column = begins[-1] + columns(word)
            ends.append(column)
        return Ruler(begins, ends, [len(self.words)] * len(self.words))

    @cached_property
    def breaker(self) -> Lines:
        costs = [LINE_SHARE * cost for cost in self.costs]
        return Lines(self.ruler, [*costs, 0.0], self.profile.max_line_length, self.profile.max_lines, 0)

    def fits(self, i: int, j: int) -> bool:
        """True where words i to j (exclusive) fit in one cue."""
        return j <= self.breaker.reach[i]

    def lines(self, i: int, j: int) -> CueLines:
        """Words i to j in the best lines that hold them."""
        starts = self.breaker.split(i, j)
        return tuple(self._line(a, b) for a, b in pairwise([*starts, j]))

    def _line(self, i: int, j: int) -> Line:
        spaced = ("" if k == i or self.glued[k] else " " for k in range(i, j))
        return "".join(space + word for space, word in zip(spaced, self.words[i:j], strict=True))

    def divided(self, count: int) -> list[CueLines] | None:
        """The words over so many cues, about the same in each, where they fit; None where they do not."""
        words = len(self.words)
        if count > words:
            return None
        read = [0, *accumulate(map(len, self.words))]
        share = read[-1] / count
        best: list[tuple[float, list[int]]] = [(0.0, [0])] + [(inf, [])] * words
        for _ in range(count):
            following: list[tuple[float, list[int]]] = [(inf, [])] * (words + 1)
            for i, (cost, starts) in enumerate(best[:words]):
                for j in range(i + 1, self.breaker.reach[i] + 1) if cost < inf else ():
                    off = (read[j] - read[i]) / share - 1
                    total = cost + _UNEVEN * off * off + (self.costs[j] if j < words else 0.0)
                    if total < following[j][0]:
                        following[j] = (total, [*starts, j])
            best = following
        cost, starts = best[words]
        return [self.lines(i, j) for i, j in pairwise(starts)] if cost < inf else None


def _parts(token: str) -> Iterator[str]:
    """A token as it is, or one by one the characters of a script without spaces, other words between them whole."""
    if not any(map(is_unspaced, token)):
        yield from [token] if token else []
        return
    held = ""
    for cluster in clusters(token):
        if not is_unspaced(cluster[0]):
            held += cluster
            continue
        if held:
            yield held
        held = ""
        yield cluster
    if held:
        yield held


def _meet_unspaced(before: str, after: str) -> bool:
    return bool(after) and (is_unspaced(before[-1]) or is_unspaced(after[0]))
