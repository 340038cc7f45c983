"""How much memory there is for us: the limit, the budget made of it, and what is free right now.

The limit is the least of: physical memory; ``memory.max`` and ``memory.high`` of our cgroup and of every group above
it (v2), ``memory.limit_in_bytes`` likewise (v1); what Slurm granted. Both cgroup versions are read, because hybrid
trees exist. ``memory.low`` is a reservation, not a limit. What the user asked for is the budget itself; without it the
budget is the limit less a margin, and it is never more than that.

Everything but `this_machine` and `free_now` is a function of a tree of files and its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from clipforge.errors import BadSetting
from clipforge.pool.cgroups import Group, entry, groups, number

MARGIN = 0.20
"""Left to the rest of the machine, to what estimates miss, and to the page cache that keeps reading fast."""

_UNITS = {"": 1, "b": 1} | {
    prefix + suffix: base**power
    for power, prefix in enumerate("kmgt", start=1)
    for suffix, base in (("", 1024), ("ib", 1024), ("b", 1000))
}
_SIZE = re.compile(r"(?P<number>[0-9]{1,18}(?:\.[0-9]{1,9})?)\s*(?P<unit>%|[a-z]*)")
_WANTED = "a size like 6GiB, 6000M or 75%"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that all processes of this run can have before something kills them."""

    bytes: int
    source: str
    """``physical memory``, ``memory.max of /docker/3f2a``, ``SLURM_MEM_PER_NODE``."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the run allows itself."""

    bytes: int
    source: str
    """Reads well before "allows 2.0 GiB": ``--max-memory``, ``physical memory less 20 %``."""


@dataclass(frozen=True, slots=True)
class _Version:
    """Where a cgroup version keeps its figures."""

    limits: tuple[str, ...]
    current: str
    inactive: str
    """The line of ``memory.stat`` that counts file pages which the kernel gives up first, descendants included."""
    events: str
    """The file whose line ``oom_kill`` counts the processes that the kernel has killed for want of memory."""


_V1 = _Version(("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control")
_V2 = _Version(("memory.max", "memory.high"), "memory.current", "inactive_file", "memory.events")


def _version(group: Group) -> _Version:
    return _V2 if group.unified else _V1


def _limits(root: Path) -> Iterator[tuple[Group, Limit]]:
    for group in groups(root, "memory"):
        for file in _version(group).limits:
            found = number(group.folder / file)
            if found is not None:
                yield group, Limit(found, f"{file} of {group.name}")


def _used(group: Group) -> int:
    """Bytes that a limit counts and that the kernel cannot simply drop."""
    inactive = entry(group.folder / "memory.stat", _version(group).inactive) or 0
    return max(0, (number(group.folder / _version(group).current) or 0) - inactive)


def find_limit(root: Path, total_bytes: int, environ: Mapping[str, str]) -> Limit:
    """The least of all limits; ``root`` is ``/`` or a tree that looks like it, ``total_bytes`` the physical memory.

    A limit above physical memory binds nothing, so v1's 9223372036854771712 for "none" needs no rule of its own.
    """
    found = [Limit(total_bytes, "physical memory")]
    found += [limit for _, limit in _limits(root)]
    found += _slurm(environ)
    return min(found, key=lambda limit: limit.bytes)


def budget(limit: Limit, asked: str | None, origin: str = "--max-memory") -> Budget:
    """What the user asked for, or else the limit less `MARGIN`; never more than the latter.

    ``asked`` is as in `parse_size`, a percentage being of the limit; ``origin`` is where it was said.
    """
    most = int(limit.bytes * (1 - MARGIN))
    if asked is not None:
        wanted = parse_size(asked, limit.bytes, origin)
        if wanted <= most:
            return Budget(wanted, origin)
    return Budget(most, f"{limit.source} less {MARGIN:.0%}".replace("%", " %"))


def parse_size(text: str, whole_bytes: int, origin: str = "--max-memory") -> int:
    """Bytes of ``6GiB``, ``6000M``, ``75%`` (of ``whole_bytes``) or ``6442450944``. K, M, G, T and KiB … count by 1024,
    KB … by 1000. Raises `BadSetting` on anything else, zero and more than 100 % included."""
    match = _SIZE.fullmatch(text.strip().lower())
    size = 0
    if match and match["unit"] in _UNITS:
        size = int(Fraction(match["number"]) * _UNITS[match["unit"]])
    elif match and match["unit"] == "%" and Fraction(match["number"]) <= 100:
        size = int(Fraction(match["number"]) * whole_bytes / 100)
    if not size:
        raise BadSetting("max_memory", text, origin, _WANTED)
    return size


def available(root: Path, free_bytes: int) -> int:
    """Bytes that can be had now: the least of ``free_bytes`` (the kernel's MemAvailable) and, for every limit on the
    way up, limit - (current - inactive_file)."""
    rooms = [limit.bytes - _used(group) for group, limit in _limits(root)]
    return max(0, min([free_bytes, *rooms]))


def oom_kills(root: Path) -> int:
    """How many processes the kernel has killed for want of memory: in our cgroups, or where those do not tell, on the
    whole machine. Only a rise means anything."""
    counts = [entry(group.folder / _version(group).events, "oom_kill") for group in groups(root, "memory")]
    told = [count for count in counts if count is not None]
    return sum(told) if told else entry(root / "proc/vmstat", "oom_kill") or 0


def this_machine(environ: Mapping[str, str]) -> Limit:
    """`find_limit` of the machine we run on."""
    import psutil

    return find_limit(Path("/"), psutil.virtual_memory().total, environ)


def free_now() -> int:
    """`available` on the machine we run on."""
    import psutil

    return available(Path("/"), psutil.virtual_memory().available)


def _slurm(environ: Mapping[str, str]) -> Iterator[Limit]:
    """What Slurm granted on this node; its figures are in MiB, and 0 means all of the node's memory."""
    per_each = (
        ("SLURM_MEM_PER_NODE", ()),
        ("SLURM_MEM_PER_CPU", ("SLURM_CPUS_ON_NODE", "SLURM_CPUS_PER_TASK")),
        ("SLURM_MEM_PER_GPU", ("SLURM_GPUS_ON_NODE",)),
    )
    for name, counts in per_each:
        match = re.fullmatch(r"([0-9]+)([KMGT]?)", environ.get(name, ""))
        if match is None or int(match[1]) == 0:
            continue
        each = int(match[1]) * _UNITS[(match[2] or "M").lower()]
        count = next((int(environ[key]) for key in counts if environ.get(key, "").isdecimal()), 1)
        yield Limit(each * max(1, count), name)
