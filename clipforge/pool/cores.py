"""How many cores there are for us: those that this process may run on, and no more than its cgroups' share of time.

A container that may use two cores' time on a machine of sixty-four sees them all; sixty-four workers would each get a
thirty-second of one.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from clipforge.pool.cgroups import Group, groups, lines


def usable_cores(root: Path = Path("/")) -> int:
    """At least 1. ``root``: of the tree that holds ``proc`` and ``sys``."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        allowed = os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(share) for share in shares(root))]))


def shares(root: Path) -> list[float]:
    """Cores' worth of time that each of our cgroups allows; none for those without a limit."""
    found = (_quota(group) for group in groups(root, "cpu"))
    return [quota / period for quota, period in found if quota > 0 and period > 0]


def _quota(group: Group) -> tuple[int, int]:
    """Microseconds of work in a period, and of that period; 0 where there is no limit."""
    if group.unified:
        text = " ".join(lines(group.folder / "cpu.max"))
    else:
        text = " ".join(" ".join(lines(group.folder / f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
    quota, _, period = text.partition(" ")
    return (int(quota), int(period)) if quota.isdecimal() and period.isdecimal() else (0, 0)
