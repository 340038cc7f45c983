"""Locks between processes: flock, which the kernel lets go when their holder dies, however it dies.

Not for network file systems. Locks hold against other processes and against other locks of this one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.005


@contextmanager
def locked(path: Path, wait_s: float = 10.0) -> Iterator[None]:
    """Hold the lock file `path`, which is made where there is none and stays.

    Raises OSError where it cannot be made, TimeoutError (an OSError) where another holds it longer than `wait_s`.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + wait_s
        while not try_lock(fd):
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process holds {path.name}")
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(fd)


def try_lock(fd: int) -> bool:
    """Take the lock of an open file or folder, unless another has it. It goes with the descriptor."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def still_there(fd: int, path: Path) -> bool:
    """Whether `path` is the very file that `fd` has open."""
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False


@dataclass
class Claim:
    """Work that this process has taken on. Let go with `release`, by leaving the ``with``, or by dying."""

    path: Path
    _fd: int | None

    def release(self) -> None:
        if self._fd is not None:
            # In this order: who opens the file before it goes sees after its own flock that the file has gone.
            self.path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Claim:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


class Claims:
    """Which work is being done by which living process, so that two runs over one folder do each thing once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> Claim | None:
        """The claim, or None while a living process (this one included) holds it. Never waits.

        `name` is a key: hex digits. After a claim is won, look into the cache once more: its last holder may just
        have finished. Where locks cannot be made the claim is given all the same: work may then be done twice.
        """
        path = self._folder / f"{name}.lock"
        while True:
            try:
                fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            except OSError:
                return Claim(path, None)
            try:
                won = try_lock(fd)
            except OSError:
                os.close(fd)
                return Claim(path, None)
            if won and still_there(fd, path):
                return Claim(path, fd)
            os.close(fd)
            if not won:
                return None

    def sweep(self) -> int:
        """Remove the lock files that dead processes left; how many."""
        swept = 0
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in self._folder.glob("*.lock"):
                if claim := self.take(path.name.removesuffix(".lock")):
                    claim.release()
                    swept += 1
        return swept
