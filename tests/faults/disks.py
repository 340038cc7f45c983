"""Small disks, full ones, and what root may do taken away."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(at: Path, size_bytes: int) -> Iterator[Path]:
    """A disk of that size at ``at``; the test is skipped where it cannot be had (not root, no right to mount)."""
    at.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", at], capture_output=True)
    if made.returncode:
        pytest.skip("this container may not mount a small disk")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def fill(disk: Path) -> Path:
    """Use up all the room there is; delete the file that is returned to have it back."""
    filler = disk / "filler.bin"
    with filler.open("wb", buffering=0) as file:
        for block in (b"x" * 65536, b"x" * 512, b"x"):
            with suppress(OSError):
                while True:
                    file.write(block)
    return filler


def files_limited_to(size_bytes: int) -> Callable[[], None]:
    """For ``preexec_fn``: no file of the process may become larger."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))


def permissions_bind() -> None:
    """For ``preexec_fn``: the process may not write what its permissions forbid, though root runs it. Linux."""
    pr_capbset_drop, overrides = 24, (1, 2)  # linux/prctl.h; linux/capability.h: DAC_OVERRIDE, DAC_READ_SEARCH
    if os.geteuid() == 0:
        for capability in overrides:
            if ctypes.CDLL(None).prctl(pr_capbset_drop, capability, 0, 0, 0):
                raise OSError("this container does not let root give up its powers")
