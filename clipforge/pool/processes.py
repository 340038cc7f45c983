"""Processes as the system shows them: what they use, and how a whole tree of them is ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil


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


def used_by_tree(pids: Collection[int]) -> tuple[int, dict[int, int]]:
    """Bytes used by this process and all its descendants, and of these by the tree under each of ``pids``."""
    import psutil

    me = psutil.Process()
    family = {process.pid: process for process in me.children(recursive=True)}
    by_root = dict.fromkeys(pids, 0)
    total = used_bytes(me)
    for process in family.values():
        used = used_bytes(process)
        total += used
        root: int | None = process.pid
        while root is not None and root not in by_root:
            root = _parent(family[root]) if root in family else None
        if root is not None:
            by_root[root] += used
    return total, by_root


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


def _parent(process: psutil.Process) -> int | None:
    import psutil

    try:
        return int(process.ppid())
    except psutil.Error:
        return None
