"""The watch over live memory: what workers really hold against what they were charged.

Admission (`clipforge.pool.scheduler`) goes by charges, which are estimates. Here is what happens where they were wrong:

- nothing is admitted while all processes together, this one included, hold more than the budget (`headroom`);
- a worker that has outgrown its charge by half is ended, its children too;
- where all together hold a tenth more than the budget, the worker that has outgrown its charge by the most bytes is.

What becomes of their jobs is the pool's affair. A worker can also be ended by the kernel; `system_killed` tells.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from clipforge.pool import memory
from clipforge.pool.handle import Handle
from clipforge.pool.processes import Census
from clipforge.pool.scheduler import Seat

SAMPLE_S = 0.5
"""Between two looks, which also catch deaths that no pipe has told."""

SWOLLEN = 1.25
"""Times its charge: a worker that holds more once a job is over is replaced, before it has to be ended."""

DYING_S = 5.0
"""From the kernel's decision to kill a process until we see it dead: its memory is taken down first."""

OUTGROWN = 1.5
"""Times its charge: a worker that holds more is ended."""

OVERRUN = 1.1
"""Times the budget: where all together hold more, waiting for jobs to end no longer helps. Half of the margin that a
budget leaves to the machine (`clipforge.pool.memory.MARGIN`)."""


def outgrown(seats: Sequence[Seat], total_bytes: int, budget_bytes: int) -> list[int]:
    """The workers to end, by number. ``total_bytes``: what all processes hold."""
    too_large = [seat for seat in seats if seat.used_bytes > OUTGROWN * seat.charge_bytes]
    rest_bytes = total_bytes - sum(seat.used_bytes for seat in too_large)
    over = [seat for seat in seats if seat not in too_large and seat.used_bytes > seat.charge_bytes]
    if rest_bytes > OVERRUN * budget_bytes and over:
        too_large.append(max(over, key=lambda seat: seat.used_bytes - seat.charge_bytes))
    return [seat.number for seat in too_large]


class Watch:
    """Looks at the pool's workers, and remembers the last look."""

    def __init__(self, budget_bytes: int, free_bytes: Callable[[], int] | None) -> None:
        self._budget_bytes = budget_bytes
        self._free_bytes = free_bytes
        self._census = Census()
        self._total_bytes: int | None = None
        self._explained = memory.oom_kills(Path("/"))
        self._kills: deque[tuple[float, int]] = deque()

    def look(self, workers: Sequence[Handle]) -> list[Handle]:
        """Note what each worker holds; returns those to end."""
        usage = self._census.take([worker.pid for worker in workers])
        for worker in workers:
            worker.saw(usage.trees[worker.pid])
        self._total_bytes = usage.total_bytes
        self._count_kills()
        suspects = self._outgrown(workers)
        if not suspects:
            return []
        for worker in suspects:  # nobody is ended on an estimate
            exact_bytes = self._census.exact(worker.pid)
            self._total_bytes += exact_bytes - worker.used_bytes
            worker.used_bytes = exact_bytes
        return self._outgrown(suspects)

    def headroom_bytes(self) -> int:
        """What workers may take beyond what they hold: of the budget, and of what the system can give now."""
        if self._total_bytes is None:
            self._total_bytes = self._census.take(()).total_bytes
        left_bytes = self._budget_bytes - self._total_bytes
        return left_bytes if self._free_bytes is None else min(left_bytes, self._free_bytes())

    def used_bytes(self) -> int:
        """What this process and all its descendants use."""
        self._total_bytes = self._census.take(()).total_bytes
        return self._total_bytes

    def system_killed(self) -> bool:
        """Whether a worker that has just died of SIGKILL was killed by the kernel for want of memory."""
        if memory.oom_kills(Path("/")) <= self._explained:
            return False
        self._explained += 1  # the next one may have been killed by somebody else
        return True

    def _count_kills(self) -> None:
        """The kernel's count of kills; one that nobody of ours has died of within `DYING_S` was another's."""
        now_s = time.monotonic()
        self._kills.append((now_s, memory.oom_kills(Path("/"))))
        while self._kills[0][0] < now_s - DYING_S:
            self._explained = max(self._explained, self._kills.popleft()[1])

    def _outgrown(self, workers: Sequence[Handle]) -> list[Handle]:
        numbers = outgrown([w.seat() for w in workers if not w.ending], self._total_bytes or 0, self._budget_bytes)
        return [worker for worker in workers if worker.number in numbers]
