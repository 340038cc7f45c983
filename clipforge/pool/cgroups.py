"""The cgroups that this process is in, and the numbers in their files. Both versions, because hybrid trees exist.

Everything here is a function of a tree of files: ``/``, or one that looks like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Group:
    """A cgroup that we are in."""

    folder: Path
    name: str
    """``/user.slice/run-7.scope``."""
    unified: bool
    """Version 2."""


def groups(root: Path, controller: str) -> Iterator[Group]:
    """Every group that we are in, from our own upwards, in each hierarchy that can have this controller."""
    mounts = _mounts(root, controller)
    for line in lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        for unified, mount_point, below in mounts:
            if unified != (not controllers):
                continue
            # A container may see its own group as the mount's root, while our path counts from the host's.
            inside = path[len(below) :] if below != "/" and f"{path}/".startswith(f"{below}/") else path
            parts = [part for part in inside.split("/") if part]
            if ".." in parts:  # outside of our namespace: only the mount itself can be seen
                parts = []
            for depth in range(len(parts), -1, -1):
                name = "/" + "/".join(parts[:depth])
                yield Group(root / mount_point.lstrip("/") / name.lstrip("/"), name, unified)


def lines(file: Path) -> list[str]:
    """Of a file; none where it cannot be read."""
    try:
        return file.read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []


def number(file: Path) -> int | None:
    """What a file holds, where that is a plain number: ``max`` is none."""
    text = "".join(lines(file)).strip()
    return int(text) if text.isdecimal() else None


def entry(file: Path, name: str) -> int | None:
    """The number on the line of a file that begins with ``name``."""
    found = (line.split()[1] for line in lines(file) if line.startswith(f"{name} "))
    return next((int(text) for text in found if text.isdecimal()), None)


def _mounts(root: Path, controller: str) -> list[tuple[bool, str, str]]:
    """Of each cgroup mount that can have the controller: whether version 2, mount point, the group that is its root."""
    found = []
    for line in lines(root / "proc/self/mountinfo"):
        # id parent major:minor root mount-point options [tag…] - type source super-options: see proc_pid_mountinfo(5)
        mount, _, kind = line.partition(" - ")
        below, mount_point = (_unescaped(text) for text in mount.split()[3:5])
        fs_type, _, options = [*kind.split(), "", ""][:3]
        if fs_type == "cgroup2" or (fs_type == "cgroup" and controller in options.split(",")):
            found.append((fs_type == "cgroup2", mount_point, below))
    return found or [(True, "/sys/fs/cgroup", "/"), (False, f"/sys/fs/cgroup/{controller}", "/")]


def _unescaped(text: str) -> str:
    """mountinfo writes a space as ``\\040``."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
