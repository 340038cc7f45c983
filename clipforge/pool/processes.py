"""Processes as the system shows them: what they use, and how a whole tree of them is ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

SHARED_FOR_S = 10.0
"""How long a process's share of libraries is taken to stay what it was: asking for it means walking its page tables,
30 ms for one that holds 880 MiB, where its resident size costs 0.03 ms."""


def used_bytes(process: psutil.Process) -> int:
    """What one process uses: PSS, else USS, else RSS, as the system gives it; 0 once it is gone.

    PSS shares out pages that several processes map (libraries, mostly), so a sum over processes counts each page once.
    """
    import psutil

    try:
        try:
            full = process.memory_full_info()
        except psutil.AccessDenied:
            return int(process.memory_info().rss)
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", 0) or getattr(full, "uss", 0) or full.rss)


@dataclass(slots=True)
class Tree:
    """A worker and everything that it has started."""

    used_bytes: int = 0
    children_bytes: int = 0
    """Of these, what is not the worker's own."""
    shared_bytes: int = 0
    """Of the worker's resident size, what others have to answer for."""


@dataclass(slots=True)
class Usage:
    """One look at the memory of this process and its descendants."""

    own_bytes: int
    trees: dict[int, Tree]
    """By the worker's pid."""
    strays_bytes: int
    """Of descendants that belong to no worker asked for: those that are ending, multiprocessing's own."""

    @property
    def total_bytes(self) -> int:
        return self.own_bytes + self.strays_bytes + sum(tree.used_bytes for tree in self.trees.values())


@dataclass(slots=True)
class Census:
    """Looks at memory, cheaply enough for several times a second."""

    _shared: dict[psutil.Process, tuple[int, float]] = field(default_factory=dict)
    """Of a process: resident bytes that it does not answer for, and until when that is taken for true."""

    def take(self, pids: Collection[int]) -> Usage:
        """What we use and, by worker, what the trees under ``pids`` use."""
        import psutil

        me = psutil.Process()
        family = {process.pid: process for process in me.children(recursive=True)}
        usage = Usage(self._used(me), {pid: Tree() for pid in pids}, 0)
        for pid, process in family.items():
            used = self._used(process)
            root = _root(pid, family, usage.trees)
            if root is None:
                usage.strays_bytes += used
                continue
            tree = usage.trees[root]
            tree.used_bytes += used
            if pid == root:
                tree.shared_bytes = self._shared.get(process, (0, 0.0))[0]
            else:
                tree.children_bytes += used
        known = {me, *family.values()}
        self._shared = {process: fact for process, fact in self._shared.items() if process in known}
        return usage

    def exact(self, pid: int) -> int:
        """What a worker and its children use, nothing taken from memory."""
        import psutil

        with suppress(psutil.Error):
            root = psutil.Process(pid)
            return sum(used_bytes(process) for process in (root, *root.children(recursive=True)))
        return 0

    def _used(self, process: psutil.Process) -> int:
        import psutil

        try:
            resident = int(process.memory_info().rss)
        except psutil.Error:
            return 0
        shared, until_s = self._shared.get(process, (0, 0.0))
        if time.monotonic() >= until_s or shared > resident:
            shared = max(0, resident - used_bytes(process))
            self._shared[process] = shared, time.monotonic() + SHARED_FOR_S
        return resident - shared


def kill_tree(pid: int) -> None:
    """SIGKILL to a living worker, its process group, and any descendant that has left the group."""
    import psutil

    strays: list[psutil.Process] = []
    with suppress(psutil.Error):
        strays = psutil.Process(pid).children(recursive=True)
    kill_group(pid)
    for stray in strays:
        with suppress(psutil.Error):  # psutil checks that the number still means the same process
            stray.kill()


def kill_group(pid: int) -> None:
    """SIGKILL to what is left of the group that ``pid`` leads or has led until now."""
    with suppress(ProcessLookupError, PermissionError):  # macOS: not permitted where only a zombie is left
        os.killpg(pid, signal.SIGKILL)


def _root(pid: int, family: dict[int, psutil.Process], roots: Collection[int]) -> int | None:
    """The worker under which a process stands."""
    import psutil

    while pid not in roots:
        if pid not in family:
            return None
        try:
            pid = int(family[pid].ppid())
        except psutil.Error:
            return None
    return pid
