"""When each cue appears and disappears, once it is known which words it holds.

In time: the start of the first word; earlier only to reach the least duration, to meet a shot change, or, as far as the
profile allows, where the cue could not be read in time without the silence before it. Out time: as long after the last
word as reading asks for and the profile allows, then chained to the next cue where the gap would flicker. Sync outranks
reading speed, reading speed outranks shots.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from clipforge.captions.heard import Heard
from clipforge.captions.profiles import WPM, Profile
from clipforge.captions.scene import Scene


@dataclass(frozen=True, slots=True)
class Pace:
    """A profile's rules of time, in ms of one clip."""

    gap_ms: int
    shot_gap_ms: int
    early_ms: int
    aim_ms: float
    """Time that a unit of reading takes at the speed that is aimed at."""
    limit_ms: float
    """The same at the fastest speed allowed."""
    profile: Profile
    shots_ms: tuple[int, ...]

    @classmethod
    def of(cls, profile: Profile, scene: Scene) -> Pace:
        fps = scene.frame_rate
        unit = 60_000 if profile.speed_unit == WPM else 1000
        return cls(
            gap_ms=ceil(profile.gap.at(fps)),
            early_ms=int(profile.early.at(fps)),
            shot_gap_ms=ceil(profile.shot_gap.at(fps)),
            aim_ms=unit / profile.aim_speed,
            limit_ms=unit / profile.max_speed,
            profile=profile,
            shots_ms=scene.shots_ms if profile.shot_zone_ms else (),
        )


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a cue has to cover."""

    start_ms: int
    end_ms: int
    words: int
    load: float
    """Units of reading: words or characters, as the profile counts its speed."""


def utterances_of(starts: Sequence[int], heard: Heard, loads: Sequence[float]) -> list[Utterance]:
    """``starts``: the first word of each cue. ``loads[i]``: units of reading before word i, and at the end."""
    bounds = [*starts, len(heard.starts)]
    return [Utterance(heard.starts[i], heard.ends[j - 1], j - i, loads[j] - loads[i]) for i, j in pairwise(bounds)]


def time_cues(utterances: Sequence[Utterance], pace: Pace, limit_ms: int) -> list[tuple[int, int]]:
    """In and out time of each cue, in ms: ascending, apart, inside the clip."""
    ins = _in_times(utterances, pace, limit_ms)
    return [
        (in_ms, _out_time(said, in_ms, following, pace, limit_ms))
        for said, in_ms, following in zip(utterances, ins, [*ins[1:], None], strict=True)
    ]


def _in_times(utterances: Sequence[Utterance], pace: Pace, limit_ms: int) -> list[int]:
    """Each at its first word or before it, no earlier than the cue before can spare."""
    least = pace.profile.least_ms
    needed = _needed(utterances, pace, limit_ms)
    found: list[int] = []
    floor = read_floor = wish_floor = 0
    for c, said in enumerate(utterances):
        last_out = utterances[c + 1].start_ms - pace.gap_ms if c + 1 < len(utterances) else limit_ms
        in_ms = min(said.start_ms, max(floor, last_out - least))
        shot = _shot_before(said.start_ms, pace)
        if shot is not None and wish_floor <= shot < in_ms and said.end_ms - shot <= pace.profile.most_ms:
            in_ms = shot
        else:
            in_ms = min(in_ms, max(read_floor, needed[c]))
        found.append(in_ms)
        floor = max(said.end_ms, in_ms + least) + pace.gap_ms
        read_floor = max(floor, ceil(_read_by(said, in_ms, pace.limit_ms, pace)) + pace.gap_ms)
        wish_floor = max(floor, ceil(_wish(said, in_ms, pace)) + pace.gap_ms)
    return found


def _needed(utterances: Sequence[Utterance], pace: Pace, limit_ms: int) -> list[int]:
    """The latest in times from which all can be read at the fastest speed allowed, as far as cues may appear early."""
    found: list[int] = []
    last_out = limit_ms
    for said in reversed(utterances):
        until = min(last_out, said.end_ms + pace.profile.linger_ms)
        earliest = max(said.start_ms - pace.early_ms, until - pace.profile.most_ms, 0)
        in_ms = min(said.start_ms, max(earliest, int(until - said.load * pace.limit_ms)))
        found.append(in_ms)
        last_out = in_ms - pace.gap_ms
    return found[::-1]


def _shot_before(time_ms: int, pace: Pace) -> int | None:
    """The shot change that an in time at ``time_ms`` belongs to."""
    k = bisect_right(pace.shots_ms, time_ms)
    if k and time_ms - pace.shots_ms[k - 1] <= pace.profile.shot_zone_ms:
        return pace.shots_ms[k - 1]
    return None


def _read_by(said: Utterance, in_ms: int, unit_ms: float, pace: Pace) -> float:
    """When a reader is done with the cue, but no later than it may linger."""
    reading = max(said.load * unit_ms, said.words * pace.profile.least_per_word_ms)
    return min(in_ms + reading, said.end_ms + pace.profile.linger_ms)


def _wish(said: Utterance, in_ms: int, pace: Pace) -> float:
    """The out time that a cue would have if it were the only one."""
    profile = pace.profile
    wish = max(_read_by(said, in_ms, pace.aim_ms, pace), said.end_ms + profile.tail_ms, in_ms + profile.least_ms)
    return min(wish, in_ms + profile.most_ms)


def _out_time(said: Utterance, in_ms: int, following: int | None, pace: Pace, limit_ms: int) -> int:
    profile = pace.profile
    wish = ceil(_wish(said, in_ms, pace))
    longest = in_ms + profile.most_ms
    if following is None:
        return _at_shot(said, in_ms, wish, min(limit_ms, longest), pace)
    room = following - in_ms
    last = following - min(pace.gap_ms, room // 2)  # the least gap yields where it would take most of the cue
    if wish >= last:
        return last
    out_ms = _at_shot(said, in_ms, wish, min(last, longest), pace)
    if not _flickers(out_ms, last, following, pace):
        return out_ms
    return min(longest, _chained(said, in_ms, last, following, pace))


def _flickers(out_ms: int, last: int, following: int, pace: Pace) -> bool:
    return out_ms < last and following - out_ms < pace.profile.chain_below_ms


def _chained(said: Utterance, in_ms: int, last: int, following: int, pace: Pace) -> int:
    """Closes the gap, or opens it to a real one where closing would linger and opening costs the reader nothing."""
    if last > said.end_ms + pace.profile.linger_ms:
        opened = following - pace.profile.chain_below_ms
        needed = max(said.end_ms, in_ms + pace.profile.least_ms, _read_by(said, in_ms, pace.limit_ms, pace))
        if opened >= needed:
            return opened
    return last


def _at_shot(said: Utterance, in_ms: int, out_ms: int, last: int, pace: Pace) -> int:
    """Moves an out time that lies shortly before a shot change to it, where that is possible."""
    out_ms = min(out_ms, last)
    k = bisect_left(pace.shots_ms, out_ms)
    if k == len(pace.shots_ms) or pace.shots_ms[k] - out_ms > pace.profile.shot_zone_ms:
        return out_ms
    target = pace.shots_ms[k] - pace.shot_gap_ms
    if max(said.end_ms, in_ms + pace.profile.least_ms) <= target <= last:
        return target
    return out_ms
