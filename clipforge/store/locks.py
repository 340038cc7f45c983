"""Locks between processes, which the kernel lets go when their holder dies, however it dies.

Not for network file systems. Locks hold against other processes and against other locks of this one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class Claims:
    """Which work is being done by which living process, so that two runs over one folder do each thing once.

    Each claim is a lock on one byte of one file, far beyond its end: any number of claims costs one descriptor, and a
    process that dies, however it dies, leaves nothing to be cleaned up. Where no lock can be made, claims are given
    all the same: work may then be done twice.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._fd: int | None = None
        self._mine: set[str] = set()

    def take(self, name: str) -> bool:
        """Take the work on, unless a living process (this one included) has done so. Never waits.

        Afterwards look into the cache once more: its last holder may just have finished.
        """
        if name in self._mine or not self._lock(name):
            return False
        self._mine.add(name)
        return True

    def holds(self, name: str) -> bool:
        """Whether this process has taken it on."""
        return name in self._mine

    def is_free(self, name: str) -> bool:
        """Whether nobody is at work on it now, so that `take` is worth another try."""
        if not self.take(name):
            return False
        self.release(name)
        return True

    def release(self, name: str) -> None:
        """Let go of what this process has taken on; nothing where it has not."""
        if name in self._mine:
            self._mine.discard(name)
            if self._fd is not None:
                with suppress(OSError):
                    _lock_byte(self._fd, _place(name), fcntl.F_UNLCK)

    def close(self) -> None:
        """Let go of everything."""
        self._mine.clear()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _lock(self, name: str) -> bool:
        try:
            if self._fd is None:
                self._fd = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError:
            return True
        try:
            _lock_byte(self._fd, _place(name), fcntl.F_WRLCK)
        except OSError as error:
            return error.errno not in (errno.EAGAIN, errno.EACCES)  # POSIX allows either for a lock in the way
        return True


def _place(name: str) -> int:
    """A byte of its own for each name: offsets go up to 2**63, so two names do not meet."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2


def _lock_byte(fd: int, place: int, kind: int) -> None:
    """Lock or unlock one byte. Raises OSError."""
    if hasattr(fcntl, "F_OFD_SETLK"):
        # Linux: a lock of this open file, which closing another descriptor of the same file does not undo.
        fcntl.fcntl(fd, fcntl.F_OFD_SETLK, struct.pack("hhqqi", kind, os.SEEK_SET, place, 1, 0))
    else:
        mode = fcntl.LOCK_UN if kind == fcntl.F_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB
        fcntl.lockf(fd, mode, 1, place)
