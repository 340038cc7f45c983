"""What could mend a finding: cues to put in the place of one. Lint decides whether any of them does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil, floor
from types import MappingProxyType

from clipforge.captions.cues import Cue
from clipforge.captions.profiles import WPM, Profile
from clipforge.captions.repair.text import CueLines, Text, reading_load, speakers_are_marked
from clipforge.captions.scene import Scene

_SPOKEN_SHARE = 0.5
"""Text that would take less than this share of a cue's time, read at the speed that is aimed at, was not spoken for all
of it: such a cue lingers, and is cut rather than divided."""
_MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """Cues for the one at an index."""

    at: int
    cues: Sequence[Cue]


@dataclass(frozen=True, slots=True)
class Place:
    """A cue among its neighbours, and what may be done to it."""

    cues: Sequence[Cue]
    index: int
    profile: Profile
    """For the language."""
    scene: Scene
    grid_ms: int
    divisible: bool

    @property
    def cue(self) -> Cue:
        return self.cues[self.index]

    @property
    def gap_ms(self) -> int:
        return ceil(self.profile.gap.at(self.scene.frame_rate))

    def floor(self, ms: float) -> int:
        return floor(ms / self.grid_ms) * self.grid_ms

    def ceil(self, ms: float) -> int:
        return ceil(ms / self.grid_ms) * self.grid_ms

    def until_next(self, index: int) -> int:
        """The latest out time that keeps the least gap, or that the clip allows."""
        if index + 1 < len(self.cues):
            return self.floor(self.cues[index + 1].in_ms - self.gap_ms)
        return self.floor(self.scene.media_ms)

    def reading_ms(self, speed: float) -> float:
        unit = 60_000 if self.profile.speed_unit == WPM else 1000
        return reading_load(self.cue.lines, self.profile) * unit / speed

    def text(self) -> Text:
        return Text.of(self.cue.lines, self.profile, self.scene.language)


def proposals(rule: str, place: Place) -> Iterator[Proposal]:
    """For a finding with this id at a place, the better ones first."""
    return _PROPOSALS[rule](place)


def kind_of(rule: str) -> str:
    """The same for findings with the same proposals."""
    return _PROPOSALS[rule].__name__


def _ends(place: Place, *outs_ms: int) -> Iterator[Proposal]:
    """The cue with other out times."""
    for out_ms in outs_ms:
        if out_ms > place.cue.in_ms:
            yield Proposal(place.index, [replace(place.cue, out_ms=out_ms)])


def _trim(place: Place) -> Iterator[Proposal]:
    """Overlaps, cues that end before they begin, and what lies outside the clip."""
    cue, index = place.cue, place.index
    latest = place.until_next(index)
    if cue.out_ms <= cue.in_ms:
        if cue.out_ms < cue.in_ms:
            yield Proposal(index, [replace(cue, in_ms=cue.out_ms, out_ms=cue.in_ms)])
        read = place.ceil(cue.in_ms + max(place.profile.least_ms, place.reading_ms(place.profile.aim_speed)))
        yield from _ends(place, min(read, latest))
    yield from _ends(place, place.floor(min(cue.out_ms, place.scene.media_ms)))
    if cue.in_ms < 0:
        yield Proposal(index, [replace(cue, in_ms=0)])
    if index:
        before = place.cues[index - 1]
        for out_ms in (place.floor(cue.in_ms - place.gap_ms), cue.in_ms):
            if before.in_ms < out_ms < before.out_ms:
                yield Proposal(index - 1, [replace(before, out_ms=out_ms)])


def _break_again(place: Place) -> Iterator[Proposal]:
    """Other line breaks, or where no lines hold the text, several cues."""
    cue = place.cue
    if speakers_are_marked(cue.lines):
        return
    text = place.text()
    if text.fits(0, len(text.words)):
        yield Proposal(place.index, [replace(cue, lines=text.lines(0, len(text.words)))])
    else:
        yield from _divide(place, text)
        lines = text.lines(0, len(text.words))
        if len(lines) <= len(cue.lines):
            yield Proposal(place.index, [replace(cue, lines=lines)])


def _extend(place: Place) -> Iterator[Proposal]:
    """More time: to read at the speed that is aimed at, at the limit, and all that there is."""
    cue, profile = place.cue, place.profile
    latest = min(place.until_next(place.index), place.floor(cue.in_ms + profile.most_ms))
    held = place.ceil(cue.in_ms + profile.least_ms)
    lingers = max(place.floor(cue.out_ms + profile.linger_ms), held)
    wished = [max(held, place.ceil(cue.in_ms + place.reading_ms(s))) for s in (profile.aim_speed, profile.max_speed)]
    longer = [min(out_ms, latest, lingers) for out_ms in wished] + [min(latest, lingers)]
    yield from _ends(place, *(out_ms for out_ms in longer if out_ms > cue.out_ms))


def _hold(place: Place) -> Iterator[Proposal]:
    """Too short, or too long."""
    cue, profile = place.cue, place.profile
    if cue.duration_ms <= profile.most_ms:
        yield from _extend(place)
        return
    shorter = place.floor(cue.in_ms + profile.most_ms)
    if place.reading_ms(profile.aim_speed) >= _SPOKEN_SHARE * cue.duration_ms and not speakers_are_marked(cue.lines):
        yield from _divide(place, place.text())
    else:
        yield from _ends(place, shorter)


def _chain(place: Place) -> Iterator[Proposal]:
    """The out time of the cue before, so that the gap is the least."""
    if place.index:
        before, out_ms = place.cues[place.index - 1], place.until_next(place.index - 1)
        if out_ms > before.in_ms:
            yield Proposal(place.index - 1, [replace(before, out_ms=out_ms)])


def _divide(place: Place, text: Text) -> Iterator[Proposal]:
    """Two cues or more for one, each shown for its share of the text."""
    cue, profile = place.cue, place.profile
    if not place.divisible or cue.words or cue.duration_ms <= 0:
        return
    found = 0
    for count in range(max(2, ceil(cue.duration_ms / profile.most_ms)), min(len(text.words), _MOST_PARTS) + 1):
        parts = text.divided(count)
        if parts is not None:
            yield Proposal(place.index, _timed(parts, place))
            found += 1
        if found == 2:  # the fewest, and one more where those come out too long
            return


def _timed(parts: Sequence[CueLines], place: Place) -> list[Cue]:
    cue = place.cue
    loads = [max(1, reading_load(lines, place.profile)) for lines in parts]
    share = cue.duration_ms / sum(loads)
    ins = [place.floor(cue.in_ms + share * load) for load in [0, *accumulate(loads)][:-1]]
    ins[0] = cue.in_ms
    outs = [place.floor(in_ms - place.gap_ms) for in_ms in ins[1:]] + [cue.out_ms]
    return [Cue(in_ms, out_ms, lines) for in_ms, out_ms, lines in zip(ins, outs, parts, strict=True)]


_PROPOSALS: Mapping[str, Callable[[Place], Iterator[Proposal]]] = MappingProxyType(
    {
        "CF002": _trim,
        "CF003": _break_again,
        "CF004": _break_again,
        "CF005": _extend,
        "CF006": _hold,
        "CF007": _chain,
        "CF009": _break_again,
        "CF010": _break_again,
    }
)

REPAIRED_IDS = frozenset(_PROPOSALS)
"""The findings for which there are proposals."""
