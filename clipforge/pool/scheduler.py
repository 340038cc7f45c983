"""What to start next: a decision and nothing else. No process, no clock, no file.

The rules
- A job goes to an idle worker of its lane; else a worker is started for it. A job whose worker died is not given to
  a worker that has run before.
- At most ``limits.workers`` are busy, at most `SPARE_IDLE` more are alive, and the charges of all that live, idle or
  not, stay within the budget. A worker's charge is the greatest cost of the jobs that it was given.
- Memory that is free right now delays a start, too, less what living workers have been promised and do not use yet;
  but only while something else runs, or could be ended: waiting on an idle machine helps nobody.
- Nothing starts while memory is used up (``free_bytes`` below zero) and something still runs: all that idles is ended.
- Of some lanes at most so many workers live, those that are ending included.
- Idle workers are ended to make room: first those whose lane has nothing queued, then the longest idle.
- Order is priority, then size (largest first), then submission. A job for which there is no room is passed over by
  those behind it, `PATIENCE` times; then nothing behind it starts until it has.
"""

from __future__ import annotations

import bisect
import enum
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from clipforge.pool.jobs import MAX_ATTEMPTS, Job, Limits

SPARE_IDLE = 2
"""Idle workers beyond ``limits.workers``: with one of them busy, each of three lanes (listening, transcribing,
rendering) can keep what it has loaded."""

PATIENCE = 16
"""Jobs that may pass one for which there is no room. A few rounds of small jobs fill the gap; a large one still starts
while the run is young."""


@dataclass(slots=True)
class Entry:
    """A job with its history."""

    job: Job
    number: int
    """In order of submission."""
    attempts: int = 0
    """How often it was started here."""
    passed: int = 0

    @property
    def tries(self) -> int:
        """How often its work was started, as a part of a larger job too."""
        return self.attempts + self.job.tried

    @property
    def has_tries(self) -> bool:
        """Whether it may be started once more after its worker died."""
        return self.tries < MAX_ATTEMPTS and not self.job.divisible

    def grow(self, charge_bytes: int, used_bytes: int, most_bytes: int) -> bool:
        """It took more than its worker was charged: a larger charge for its next try, at least twice as large and at
        most ``most_bytes``. False where there is no next try or no larger charge."""
        cost_bytes = min(max(used_bytes, 2 * charge_bytes), most_bytes)
        if not self.has_tries or cost_bytes <= charge_bytes:
            return False
        self.job = replace(self.job, cost_bytes=cost_bytes)
        return True

    def rank(self) -> tuple[int, float, int]:
        return self.job.priority, -self.job.size, self.number


@dataclass(frozen=True, slots=True)
class Seat:
    """A living worker, as far as it matters here."""

    number: int
    lane: str
    charge_bytes: int
    used_bytes: int
    busy: bool
    ending: bool
    idle_since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the job to this idle worker."""

    entry: Entry
    seat: int


@dataclass(frozen=True, slots=True)
class Launch:
    """Start a worker for the job."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Retire:
    """End this idle worker; its memory counts until it is gone."""

    seat: int


Step = Assign | Launch | Retire


class _Fate(enum.Enum):
    """What one pass means for one job."""

    STARTS = enum.auto()
    COMING = enum.auto()
    """Its room is being made and is held for it."""
    NO_ROOM = enum.auto()
    LANE_FULL = enum.auto()
    """As many workers of its lane as there may be are busy or ending: no room would help, and none is held."""


class _Room:
    """What is left to give in one pass, given away step by step."""

    def __init__(self, limits: Limits, seats: Sequence[Seat], free_bytes: int | None) -> None:
        ending = [seat for seat in seats if seat.ending]
        staying = [seat for seat in seats if not seat.ending]
        self.alone = not any(seat.busy for seat in staying)
        self.emptying = bool(ending)
        self.lanes = Counter(seat.lane for seat in seats)
        self.idle = sorted((seat for seat in staying if not seat.busy), key=lambda seat: seat.idle_since_s)
        self.slots = limits.workers - sum(seat.busy for seat in staying)
        self.chairs = limits.workers + SPARE_IDLE - len(staying)
        self.now_bytes = limits.budget_bytes - sum(seat.charge_bytes for seat in seats)
        self.soon_bytes = self.now_bytes + sum(seat.charge_bytes for seat in ending)
        """When those that are ending will be gone."""
        if free_bytes is not None:
            free_bytes -= sum(max(0, seat.charge_bytes - seat.used_bytes) for seat in staying)
            self.now_bytes = min(self.now_bytes, free_bytes)
            self.soon_bytes = min(self.soon_bytes, free_bytes + sum(seat.used_bytes for seat in ending))

    def take(self, lane: str, own: Seat | None, more_bytes: int) -> None:
        if own is None:
            self.chairs -= 1
            self.lanes[lane] += 1
        else:
            self.idle.remove(own)
        self.alone = False
        self.slots -= 1
        self.now_bytes -= more_bytes
        self.soon_bytes -= more_bytes

    def retire(self, seat: Seat) -> Retire:
        self.idle.remove(seat)
        self.emptying = True
        self.chairs += 1
        self.soon_bytes += seat.charge_bytes
        return Retire(seat.number)


class Scheduler:
    """The queue, and the choice of what leaves it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._queue: list[Entry] = []
        self._lanes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, entry: Entry) -> None:
        """Queue a job whose cost alone is within the budget."""
        bisect.insort(self._queue, entry, key=Entry.rank)
        self._lanes[entry.job.lane] += 1

    def cancel(self, where: Callable[[Job], bool]) -> list[Job]:
        """Take out and return the queued jobs for which ``where`` is true, in order."""
        return [entry.job for entry in self._take_out([i for i, entry in enumerate(self._queue) if where(entry.job)])]

    def plan(self, seats: Sequence[Seat], free_bytes: int | None) -> list[Step]:
        """What to do now; jobs that start leave the queue.

        To be asked again whenever a job was added, a worker fell idle or went away, or memory may have come free.
        ``free_bytes``: what can be had now, below zero where more is used than may be; None where that is not known.
        """
        room = _Room(self._limits, seats, free_bytes)
        if free_bytes is not None and free_bytes < 0 and not room.alone:
            return [room.retire(seat) for seat in tuple(room.idle)]
        steps: list[Step] = []
        started: list[int] = []
        waiting: Entry | None = None  # the first for which there is no room
        hopeless: dict[str, int] = {}  # lane -> least cost for which there is no room
        for place, entry in enumerate(self._queue):
            if room.slots <= 0 or (waiting is not None and waiting.passed >= PATIENCE):
                break
            lane, cost_bytes = entry.job.lane, entry.job.cost_bytes
            if lane in hopeless and cost_bytes >= hopeless[lane]:
                continue
            fate, taken = self._place(entry, room)
            steps += taken
            if fate is _Fate.NO_ROOM:
                waiting = waiting or entry
                if not entry.attempts:  # one that was tried before may not use what others can
                    hopeless[lane] = cost_bytes
            elif fate is _Fate.STARTS:
                started.append(place)
                if waiting is not None:
                    waiting.passed += 1
        self._take_out(started)
        return steps

    def _place(self, entry: Entry, room: _Room) -> tuple[_Fate, list[Step]]:
        """Find room for one job, and take it."""
        job = entry.job
        own = None
        if not entry.attempts:
            own = next((seat for seat in reversed(room.idle) if seat.lane == job.lane), None)
        if own is None and job.lane_workers is not None and room.lanes[job.lane] >= job.lane_workers:
            return self._leave_lane(entry, room)
        more_bytes = max(0, job.cost_bytes - own.charge_bytes) if own else job.cost_bytes
        others = [seat for seat in room.idle if seat is not own]
        victims = self._victims(
            others, 0 if own else 1 - room.chairs, more_bytes - room.soon_bytes if more_bytes else 0
        )
        if victims is None and not room.alone:
            return _Fate.NO_ROOM, []
        # Alone, whatever else may have the machine's memory: end all that idles, then start.
        anyway = victims is None and not others and not room.emptying
        steps: list[Step] = [room.retire(seat) for seat in (others if victims is None else victims)]
        starts = anyway or not more_bytes or more_bytes <= room.now_bytes
        room.take(job.lane, own, more_bytes)
        if not starts:
            return _Fate.COMING, steps
        return _Fate.STARTS, [*steps, Assign(entry, own.number) if own else Launch(entry)]

    def _leave_lane(self, entry: Entry, room: _Room) -> tuple[_Fate, list[Step]]:
        """A job that needs a fresh worker where there may be no more of its lane: an idle one has to go first."""
        idle = next((seat for seat in room.idle if seat.lane == entry.job.lane), None)
        if idle is None:
            return _Fate.LANE_FULL, []
        steps: list[Step] = [room.retire(idle)]
        room.take(entry.job.lane, None, entry.job.cost_bytes)
        return _Fate.COMING, steps

    def _victims(self, idle: Sequence[Seat], chairs: int, short_bytes: int) -> list[Seat] | None:
        """The idle workers to end for so many chairs and bytes; None where even all of them are not enough."""
        victims: list[Seat] = []
        for seat in sorted(idle, key=lambda seat: (self._lanes[seat.lane] > 0, seat.idle_since_s)):
            if chairs <= 0 and short_bytes <= 0:
                break
            victims.append(seat)
            chairs -= 1
            short_bytes -= seat.charge_bytes
        return victims if chairs <= 0 and short_bytes <= 0 else None

    def _take_out(self, places: Sequence[int]) -> list[Entry]:
        entries = [self._queue[place] for place in places]
        for place in reversed(places):
            del self._queue[place]
        self._lanes.subtract(entry.job.lane for entry in entries)
        return entries
