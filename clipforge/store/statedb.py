"""The small database under the stat memo and the ledger: SQLite by itself, because its import costs little.

One file, write-ahead logging, any number of processes. Nothing here raises for what the disk or the database does:
what cannot be read is unknown, what cannot be written is forgotten, and `StateDb.notices` says so once. Unknown outputs
count as foreign and are kept, so losing this file costs work, never a user's text. Hence it does not lie among the
caches, which people delete. Not for network file systems.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from clipforge.store import damage
from clipforge.store.locks import locked
from clipforge.store.rooms import private_folder

SCHEMA = 1
LEDGER = "ledger.db"
"""The name of the file."""

_TABLES = {
    "digests": "path BLOB PRIMARY KEY, device INT, inode INT, size INT, mtime_ns INT, ctime_ns INT, digest TEXT",
    "outputs": (
        "place BLOB PRIMARY KEY, clip_place BLOB, path BLOB, digest TEXT, size INT, mtime_ns INT, inode INT, clip BLOB,"
        " source_digest TEXT, made TEXT, status TEXT, cues INT, media_s REAL, took_s REAL, written_at INT, settled INT"
    ),
    "announced": "place BLOB PRIMARY KEY, digest TEXT",
}
_BUSY_S = 20.0
_MAX_REPLACED = 2
_PATIENCE_S = 5.0
"""How long a run waits for another one's writing of one output, which takes milliseconds, before it writes anyway."""

Value = None | int | float | str | bytes


class StateDb:
    """Made by `StateDb.open`. For one thread of each process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notices: list[str] = []
        """What the user should know, one line each."""
        self._connection: sqlite3.Connection | None = None
        self._replaced = 0
        self._unwritable = False

    @classmethod
    def open(cls, path: Path, *, moved_from: Path | None = None) -> StateDb:
        """The database at `path`, made where there is none; its folder too (0700).

        What is found at `moved_from`, where an earlier version kept it, is taken over.
        """
        db = cls(path.absolute())
        db._open()
        if moved_from is not None and moved_from.is_file():
            db._take_over(moved_from)
        return db

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other run does the same meanwhile; where locks cannot be had, it is not waited for."""
        with ExitStack() as stack:
            with suppress(OSError):
                stack.enter_context(locked(self.path.with_name("outputs.lock"), wait_s=_PATIENCE_S))
            yield

    def ask(self, query: str, values: tuple[Value, ...] = ()) -> list[tuple[Value, ...]]:
        """The rows that answer a query; none where they cannot be read."""
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except damage.FAILURES as error:
            self._failed(error, "read")
            return []

    def tell(self, statement: str, values: tuple[Value, ...], *, durable: bool = False) -> None:
        """Write one row. `durable`: before this returns, it survives a power cut (else it may be lost in one)."""
        if self._connection is None or self._unwritable:
            return
        try:
            if durable:
                self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(statement, values)
            if durable:
                self._connection.execute("PRAGMA synchronous = NORMAL")
        except damage.FAILURES as error:
            self._failed(error, "written")

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> StateDb:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open(self, *, thorough: bool = False) -> None:
        try:
            private_folder(self.path.parent)
            with locked(self.path.with_name(f"{self.path.name}.lock")):
                new = not self.path.exists()
                if not new and not damage.sound(self.path, _fits, thorough=thorough):
                    aside = damage.set_aside(self.path)
                    self.notices.append(f"the ledger was damaged; it is set aside as {aside}, and a new one begun")
                    new = True
                self._connection = _connect(self.path, new=new)
        except damage.FAILURES as error:
            self._failed(error, "opened")

    def _take_over(self, old: Path) -> None:
        """Add what another database knows and this one does not; then remove that one."""
        if self._connection is None:
            return
        try:
            with locked(old.with_name(f"{old.name}.lock")):
                if not damage.sound(old, _fits):
                    return
                self._connection.execute("ATTACH ? AS old", (str(old),))
                try:
                    self._connection.execute("BEGIN IMMEDIATE")
                    for name in _TABLES:
                        self._connection.execute(f"INSERT OR IGNORE INTO main.{name} SELECT * FROM old.{name}")  # noqa: S608
                    self._connection.execute("COMMIT")
                finally:
                    self._connection.rollback()
                    self._connection.execute("DETACH old")
                damage.remove(old)
            old.with_name(f"{old.name}.lock").unlink(missing_ok=True)
        except damage.FAILURES as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
            self.notices.append(f"what {old} knows of earlier outputs could not be taken over ({why})")

    def _failed(self, error: Exception, what: str) -> None:
        if damage.says_broken(error) and self._connection and self._replaced < _MAX_REPLACED:
            self._replaced += 1
            self.close()
            self._open(thorough=True)
            return
        if what == "written":
            self._unwritable = True
        else:
            self.close()
        why = (getattr(error, "strerror", None) or str(error)).lower()
        self.notices.append(f"the ledger {self.path} cannot be {what} ({why}); going on without it")


def _connect(path: Path, *, new: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    connection.text_factory = damage.lenient
    try:
        if new:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for name, columns in _TABLES.items():
                connection.execute(f"CREATE TABLE {name} ({columns})")
            connection.execute("CREATE INDEX outputs_of_clip ON outputs (clip_place)")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
            connection.execute("COMMIT")
        connection.execute("PRAGMA synchronous = NORMAL")
    except damage.FAILURES:
        connection.close()
        if new:
            damage.remove(path)  # or the empty file would be taken for damage next time
        raise
    return connection


def _fits(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA user_version").fetchone() != (SCHEMA,):
        return False
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    return made == {name: f"CREATE TABLE {name} ({columns})" for name, columns in _TABLES.items()}
