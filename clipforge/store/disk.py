"""diskcache's disk made safe, and the settings that diskcache is given.

What diskcache does by itself and is not let do here: unpickle what it finds (CVE-2025-69872), read or remove the file
that a row names wherever it lies, follow settings that it finds in the database. Importing this module imports
diskcache.
"""

from __future__ import annotations

import io
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW

from clipforge.store.blobs import Staged, copy

_VALUE_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")

SETTINGS = {
    "statistics": 0,
    "tag_index": 0,
    "eviction_policy": "none",  # `Table.evict` does it: diskcache would turn every read into a write
    "size_limit": 2**62,
    "cull_limit": 0,
    "sqlite_auto_vacuum": 1,  # FULL: the file shrinks when rows go
    "sqlite_cache_size": 2**11,
    "sqlite_journal_mode": "wal",
    "sqlite_mmap_size": 0,  # a mapped database that is truncated by another process kills this one (SIGBUS)
    "sqlite_synchronous": 1,  # NORMAL: a power cut loses the last rows, never the database
    "disk_min_file_size": 2**15,
    "disk_pickle_protocol": 5,
}
_META = {"count", "size", "hits", "misses"}
_COLUMNS = {"rowid", "key", "raw", "store_time", "expire_time", "access_time", "access_count", "tag", "size", "mode"}
_COLUMNS |= {"filename", "value"}


class Refused(Exception):
    """A row that was not written by this module, or whose value file is gone."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Keys are text, values are bytes, value files lie where `filename` puts them: anything else is refused."""

    last_written: str | None = None

    def put(self, key: object) -> tuple[str, bool]:
        if type(key) is not str:
            raise TypeError(f"not a cache key: {key!r}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if type(key) is not str or not raw:
            raise Refused("the row's key is not text")
        return key

    def store(self, value: object, read: bool, key: object = None) -> tuple[int, int, str | None, object]:
        if isinstance(value, Staged):
            self.last_written = value.name
            return value.size, MODE_BINARY, value.name, None
        if type(value) is not bytes or read:
            raise TypeError("the cache keeps bytes")
        self.last_written = None
        if len(value) < self.min_file_size:
            return 0, MODE_RAW, None, sqlite3.Binary(value)
        self.last_written = self._in_new_file(lambda path: path.write_bytes(value))
        return len(value), MODE_BINARY, self.last_written, None

    def stage(self, source: BinaryIO, see: Callable[[bytes], None]) -> Staged:
        """Copy a file into a new value file. Raises OSError, `ValueUnreadable`."""
        size = 0

        def fill(path: Path) -> None:
            nonlocal size
            size = copy(source, path, see)

        return Staged(self._in_new_file(fill), size)

    def _in_new_file(self, fill: Callable[[Path], object]) -> str:
        """The name of a new value file that `fill` has written; nothing is left of it where that fails."""
        name, full_path = self.filename()
        path = Path(full_path)
        try:
            for attempt in range(10):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                try:
                    fill(path)
                    break
                except FileNotFoundError:
                    # Another process removed the folder, empty as it was.
                    if attempt == 9:
                        raise
        except BaseException:
            self.remove(name)
            raise
        return str(name)

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> bytes:
        if read:
            raise Refused("values are read by `open_value`")
        with self.open_value(mode, filename, value) as file:
            try:
                return file.read()
            except OSError as error:
                raise Refused(f"the row's value file: {error.strerror}") from error

    def open_value(self, mode: object, filename: object, value: object) -> BinaryIO:
        """A row's value, to be read in blocks."""
        if mode == MODE_RAW and type(value) is bytes:
            return io.BytesIO(value)
        if mode != MODE_BINARY or not _ours(filename):
            raise Refused(f"the row's mode is {mode!r}")
        try:
            return open(Path(self._directory, str(filename)), "rb", opener=_no_link)
        except OSError as error:
            raise Refused(f"the row's value file: {error.strerror}") from error

    def remove(self, file_path: object) -> None:
        if _ours(file_path):
            super().remove(file_path)


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _ours(filename: object) -> bool:
    return type(filename) is str and _VALUE_FILE.fullmatch(filename) is not None


def fits(connection: sqlite3.Connection) -> bool:
    """Whether a database may be given to diskcache: its tables, or none, and only settings that it can take.

    diskcache runs what it finds under ``sqlite_…`` as pragmas and sets the rest as attributes of its own.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "Cache" in tables and {row[1] for row in connection.execute("PRAGMA table_info(Cache)")} != _COLUMNS:
        return False
    if "Settings" not in tables:
        return not tables
    for name, value in connection.execute("SELECT key, value FROM Settings"):
        if name not in SETTINGS and name not in _META:
            return False
        if type(value) is not int and not (type(value) is str and re.fullmatch("[a-z-]{1,40}", value)):
            return False
    return True
