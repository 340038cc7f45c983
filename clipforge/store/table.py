"""The rows and value files of one cache folder, by way of diskcache; for `clipforge.store.cache` alone.

Two things are done here that diskcache would do less well: a read is a read (its "least recently used" turns each into
a write transaction), and eviction takes the rows that have to go (its own takes ten at a time, so one large item can
empty the cache). Importing this module imports diskcache: `cache` does so when a cache is opened.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import diskcache

from clipforge.store.blobs import Staged
from clipforge.store.damage import lenient
from clipforge.store.disk import SETTINGS, BytesDisk, Refused

BUSY_S = 20.0
"""How long an operation waits for another process's transaction."""

ORPHAN_AGE_S = 3600.0
"""A value file without a row is left alone for an hour: its row may be on its way."""

_MEND_SIZE = """
UPDATE Settings SET value = (SELECT IFNULL(SUM(size), 0) FROM Cache)
WHERE key = 'size' AND value <> (SELECT IFNULL(SUM(size), 0) FROM Cache)"""
_MEND_COUNT = """
UPDATE Settings SET value = (SELECT COUNT(*) FROM Cache)
WHERE key = 'count' AND value <> (SELECT COUNT(*) FROM Cache)"""

_STEP_S = 1e-6  # a float of today's epoch seconds resolves 2.4e-7


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands."""

    rowid: int
    name: str
    tag: str
    value: BinaryIO | None
    """To be read in blocks, before the next row; None where it was refused."""


class _Rows(diskcache.Cache):  # type: ignore[misc]  # diskcache ships no types
    """diskcache's cache, that does not leave its connection open where it cannot be made."""

    def __init__(self, folder: Path) -> None:
        try:
            super().__init__(str(folder), timeout=BUSY_S, disk=BytesDisk, **SETTINGS)
        except BaseException:
            self.close()
            raise


class Table:
    """The rows of one cache folder. Every method raises sqlite3.Error or OSError (TimeoutError: locked too long)."""

    def __init__(self, folder: Path) -> None:
        """Open, or make, the database. Give it only one that `fits`."""
        if os.path.expandvars(folder) != str(folder):
            # diskcache would go to another folder.
            raise OSError(None, "its path reads like an environment variable")
        with _translated():
            self._db = _Rows(folder)
            try:
                self._db._con.text_factory = lenient
                self._db._sql("CREATE INDEX IF NOT EXISTS Cache_access_time ON Cache (access_time)")
                self._db._sql("CREATE TABLE IF NOT EXISTS Counters (name TEXT PRIMARY KEY, value REAL NOT NULL)")
            except BaseException:
                self._db.close()
                raise
        self._folder = folder

    def close(self) -> None:
        self._db.close()

    def get(self, name: str) -> tuple[bytes, str] | None:
        """The value with its tag; None where there is no row, an empty value where the row was refused.

        Reading takes no lock and writes nothing, so it goes on working on a full disk.
        """
        with _translated():
            try:
                data, tag = self._db.get(name, tag=True)
            except Refused:
                return b"", ""
        return None if data is None else (data, str(tag))

    def open(self, name: str) -> tuple[BinaryIO | None, str] | None:
        """The value, to be read in blocks, with its tag; None where there is no row, no value where it was refused."""
        with _translated():
            rows = self._db._sql(
                "SELECT mode, filename, value, tag FROM Cache WHERE key = ? AND raw = 1", (name,)
            ).fetchall()
        if not rows:
            return None
        (mode, filename, value, tag) = rows[0]
        try:
            return self._db.disk.open_value(mode, filename, value), str(tag)
        except Refused:
            return None, ""

    def stage(self, source: BinaryIO, see: Callable[[bytes], None]) -> Staged:
        """Copy a file into the folder; `see` gets every block. `set` then makes it a value."""
        staged: Staged = self._db.disk.stage(source, see)
        return staged

    def set(self, name: str, data: bytes | Staged, tag: str) -> None:
        disk = self._db.disk
        try:
            with _translated():
                self._db.set(name, data, tag=tag)
        except BaseException:
            if disk.last_written:
                disk.remove(disk.last_written)
            raise

    def delete(self, name: str) -> None:
        with _translated():
            self._db.delete(name)

    def note(self, used: Sequence[str], counted: Mapping[str, float]) -> None:
        """Mark rows as used now, in this order, and add to the counters, in one transaction.

        "Now" is never before what was used last, so a wall clock that jumps does not change who is evicted first.
        """
        with self._transaction() as sql:
            last = sql("SELECT MAX(access_time) FROM Cache").fetchone()[0]
            now = max(time.time(), last + _STEP_S if isinstance(last, float) else 0.0)
            for i, name in enumerate(used):
                sql("UPDATE Cache SET access_time = ? WHERE key = ? AND raw = 1", (now + i * _STEP_S, name))
            for name, value in counted.items():
                sql(
                    "INSERT INTO Counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?",
                    (name, value, value),
                )

    def counters(self) -> dict[str, float]:
        with _translated():
            return dict(self._db._sql("SELECT name, value FROM Counters").fetchall())

    def forget_counters(self) -> None:
        with self._transaction() as sql:
            sql("DELETE FROM Counters")

    def volume(self) -> int:
        """Bytes of the database and of the value files."""
        with _translated():
            return int(self._db.volume())

    def evict(self, limit_bytes: int) -> int:
        """Remove what was not used for longest until `volume` is within the limit; how many rows went."""
        evicted = 0
        while (excess := self.volume() - limit_bytes) > 0:
            going, freed = [], 0
            with _translated():
                oldest = self._db._sql(
                    "SELECT rowid, filename, size + IFNULL(LENGTH(value), 0) FROM Cache ORDER BY access_time LIMIT 100"
                ).fetchall()
            for rowid, filename, size in oldest:
                if freed >= excess:
                    break
                going.append((rowid, filename))
                freed += size
            if not going:
                break
            self.remove(going)
            evicted += len(going)
        return evicted

    def remove(self, rows: Sequence[tuple[int, str | None]]) -> None:
        """Remove rows given as (rowid, name of the value file or None), and their value files after them."""
        with self._transaction() as sql:
            for rowid, _ in rows:
                sql("DELETE FROM Cache WHERE rowid = ?", (rowid,))
        for _, filename in rows:
            self._db.disk.remove(filename)

    def clear(self) -> int:
        with _translated():
            return int(self._db.clear())

    def tags(self) -> Iterator[str]:
        """The tag of every row."""
        with _translated():
            yield from (str(tag) for (tag,) in self._db._sql("SELECT tag FROM Cache"))

    def rows(self) -> Iterator[Row]:
        """Every row with its value, which closes with the next step. Rows may come and go between two steps."""
        rowid = -1
        while True:
            with _translated():
                found = self._db._sql(
                    "SELECT rowid, key, raw, tag, mode, filename, value FROM Cache"
                    " WHERE rowid > ? ORDER BY rowid LIMIT 20",
                    (rowid,),
                ).fetchall()
            if not found:
                return
            for rowid, key, raw, tag, mode, filename, value in found:
                try:
                    name, opened = self._db.disk.get(key, raw), self._db.disk.open_value(mode, filename, value)
                except Refused:  # noqa: PERF203  # a bad row must not end the loop
                    yield Row(rowid, "", str(tag), None)
                else:
                    with opened:
                        yield Row(rowid, name, str(tag), opened)

    def file_of(self, rowid: int) -> str | None:
        """The name of a row's value file, for `remove`."""
        with _translated():
            row = self._db._sql("SELECT filename FROM Cache WHERE rowid = ?", (rowid,)).fetchone()
        return row[0] if row else None

    def repair(self, *, orphan_age_s: float = ORPHAN_AGE_S) -> int:
        """Put the size and count right that diskcache keeps, remove value files that no row names; how many of both."""
        with self._transaction() as sql:
            mended: int = sql(_MEND_SIZE).rowcount + sql(_MEND_COUNT).rowcount
            named = {name for (name,) in sql("SELECT filename FROM Cache WHERE filename IS NOT NULL")}
        before = time.time() - orphan_age_s
        for path in self._folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val"):
            name = path.relative_to(self._folder).as_posix()
            if name not in named and path.lstat().st_mtime <= before:
                self._db.disk.remove(name)
                mended += 1
        return mended

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with _translated(), self._db.transact():
            yield self._db._sql


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except diskcache.Timeout as error:
        raise TimeoutError("the database is locked, full or read-only") from error
