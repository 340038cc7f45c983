"""Cgroups with a memory limit, where this machine lets us make one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

REMOVED_S = 10.0
"""For the kernel to take leave of the group's last process."""


@dataclass(frozen=True)
class Group:
    """A cgroup that can be entered."""

    folder: Path

    def enter(self) -> None:
        """Put this process into it; what it starts stays in it. For ``preexec_fn``."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def kills(self) -> int:
        """Processes in it that the kernel has killed for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                lines = (self.folder / name).read_text().splitlines()
                return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
        raise AssertionError("the group does not tell")


@contextmanager
def limited(limit_bytes: int) -> Iterator[Group]:
    """A new group with that limit. Skips the test where there can be none."""
    for parent, names in _parents():
        group = Group(parent / f"clipforge-test-{os.getpid()}")
        try:
            group.folder.mkdir()
        except OSError:
            continue
        try:
            try:
                for name in names:
                    (group.folder / name).write_text(str(limit_bytes))
            except OSError:
                continue
            yield group
            return
        finally:
            _remove(group.folder)
    pytest.skip("no cgroup with a memory limit can be made here")


def _parents() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Where groups may be made, and the files that limit memory there."""
    mounted = Path("/sys/fs/cgroup")
    for line in Path("/proc/self/cgroup").read_text().splitlines() if Path("/proc/self/cgroup").exists() else ():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            for parent in (mounted / "memory" / path.strip("/"), mounted / "memory"):
                yield parent, ("memory.limit_in_bytes",)
        elif not controllers:
            for parent in (mounted / path.strip("/"), mounted):
                yield parent, ("memory.max",)


def _remove(folder: Path) -> None:
    until_s = time.monotonic() + REMOVED_S
    while folder.exists():
        assert time.monotonic() < until_s, f"{folder} still has processes in it"
        with suppress(OSError):
            folder.rmdir()
        time.sleep(0.01)
