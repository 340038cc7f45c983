"""SQLite databases that can be damaged: telling damage from bad surroundings, and setting the damaged aside.

Damage (truncated, overwritten, empty, another program's file) is mended by beginning a new database. Surroundings (disk
full, read-only, locked) are not: the database is left as it is, and its user goes on without it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

KEPT_BROKEN = 3
"""How many databases that were set aside stay beside the new one."""

FAILURES = (OSError, sqlite3.Error, sqlite3.Warning, UnicodeError)
"""All that working with a database can raise. UnicodeError: sqlite3 quotes names from the database in its messages."""

_SMALLEST_BYTES = 512  # one page, the smallest there are; SQLite takes less for a database that is empty

_SCHEMA_DAMAGE = (
    "no such",
    "no column",
    "columns but",
    "malformed",
    "not a database",
    "file format",
    "syntax error",
    "decode",
)


def says_broken(error: BaseException) -> bool:
    """Whether an error speaks of the database itself, and not of a full disk, a missing permission or a lock.

    By class and text: ``sqlite_errorcode`` came with Python 3.11.
    """
    if isinstance(error, sqlite3.OperationalError):
        return any(text in str(error) for text in _SCHEMA_DAMAGE)
    return isinstance(error, (sqlite3.DatabaseError, UnicodeError)) or type(error) is sqlite3.Warning


def sound(db: Path, fits: Callable[[sqlite3.Connection], bool], *, thorough: bool = False) -> bool:
    """Whether an existing database can be opened and `fits` accepts its schema; `thorough` reads every page.

    Hold the lock under which the database is made: an empty file is taken for damage, and a database is an empty
    file in the moment it is made. Raises sqlite3.OperationalError where the surroundings do not let it look.
    """
    if db.stat().st_size < _SMALLEST_BYTES:
        return False
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=rw", uri=True, timeout=20)) as connection:
            if not fits(connection) or not _takes_writes(connection, db):
                return False
            return not thorough or connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
    except FAILURES as error:
        if says_broken(error):
            return False
        raise


def _takes_writes(connection: sqlite3.Connection, db: Path) -> bool:
    """False where SQLite will not write a file that may be written: its header says (by a flipped bit, say) that a
    later SQLite made it. Nothing reaches the disk."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {int(version)}")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "readonly" in str(error) and os.access(db, os.W_OK, effective_ids=True):
            return False
        raise
    return True


def identity(db: Path) -> tuple[int, int] | None:
    """Device and inode of the file that is the database now; None where there is none."""
    try:
        found = db.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def lenient(text: bytes) -> str:
    """For ``text_factory``: text with a flipped bit is other text, not an error that stops the whole query."""
    return text.decode("utf-8", "replace")


def set_aside(db: Path) -> Path:
    """Rename the database and its log to the next free ``….broken-N``; the oldest go beyond `KEPT_BROKEN`."""
    number = max(broken(db).values(), default=0) + 1
    aside = db.with_name(f"{db.name}.broken-{number}")
    db.rename(aside)
    with suppress(FileNotFoundError):
        db.with_name(f"{db.name}-wal").rename(f"{aside}-wal")
    db.with_name(f"{db.name}-shm").unlink(missing_ok=True)
    for old in sorted(broken(db).items(), key=lambda item: item[1])[:-KEPT_BROKEN]:
        remove(old[0])
    return aside


def broken(db: Path) -> dict[Path, int]:
    """The databases that were set aside, with their numbers."""
    found = db.parent.glob(f"{db.name}.broken-*")
    numbers = ((path, path.name.rpartition("-")[2]) for path in found)
    return {path: int(number) for path, number in numbers if number.isdecimal()}


def remove(db: Path) -> None:
    """Delete a database with its log and index."""
    for suffix in ("", "-wal", "-shm"):
        db.with_name(f"{db.name}{suffix}").unlink(missing_ok=True)
