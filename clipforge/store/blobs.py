"""Large values: files that go into the cache and come out of it in blocks, never whole in memory.

A value comes out as a copy of its own: a clone where the file system shares blocks between files (Btrfs, XFS on
Linux), else block by block. Never as a hard link: whoever edits such a file in place would edit the
cache, and with it every other output that was made from the same value.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clipforge.store.entries import StoredFile, is_whole, tag_of, untag, value_digest

BLOCK_BYTES = 2**20
"""How much of a file is in memory at a time."""

_FICLONE = 0x40049409  # linux/fs.h


@dataclass(frozen=True, slots=True)
class Staged:
    """A value file that lies in the cache's folder already, and has no row yet."""

    name: str
    size: int


class ValueUnreadable(Exception):
    """A value file that cannot be read to its end."""


def copy(source: BinaryIO, to: Path, see: Callable[[bytes], None]) -> int:
    """Copy the file open as ``source`` to the new file ``to`` (0600); ``see`` gets every block; how many bytes.

    Nothing is left at ``to`` where it fails. Raises `ValueUnreadable` for the source, OSError for the copy.
    """
    size = 0
    fd = os.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(fd, "r+b", buffering=0, closefd=False) as copied:
            cloned = _cloned(source.fileno(), fd)
            for block in _readable(copied if cloned else source):
                see(block)
                size += len(block)
                if not cloned:
                    _write_all(copied, block)
    except BaseException:
        with suppress(OSError):
            to.unlink()
        raise
    finally:
        os.close(fd)
    return size


def _readable(file: BinaryIO) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK_BYTES):
            yield block
    except OSError as error:
        raise ValueUnreadable(error.strerror or str(error)) from error


def _write_all(file: BinaryIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


def _cloned(source: int, to: int) -> bool:
    """Whether the file system made ``to`` share the blocks of ``source``. What is copied then stands still."""
    try:
        fcntl.ioctl(to, _FICLONE, source)
    except OSError:  # another file system, or one that cannot, or no Linux
        return False
    return True


def restore(name: str, value: BinaryIO | None, tag: str, to: Path) -> StoredFile | None:
    """Copy a kept value to the new file ``to``; None, and nothing there, unless it is as it was written. Raises OSError
    where ``to`` cannot be written."""
    if value is None:
        return None
    work_s = untag(tag)[1]
    digest = value_digest(name, work_s)
    with value, suppress(ValueUnreadable):
        size = copy(value, to, digest.update)
        if tag == tag_of(name, work_s, digest):
            return StoredFile(size, work_s)
        to.unlink()
    return None


def is_intact(name: str, value: BinaryIO | None, tag: str) -> bool:
    """Whether a kept value is as it was written."""
    try:
        return value is not None and is_whole(name, tag, _readable(value))
    except ValueUnreadable:
        return False
