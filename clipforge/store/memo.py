"""The stat memo: the digest of a file that has not changed, without reading it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from clipforge.store.statedb import StateDb

FINE_MARGIN_NS = 50_000_000
"""How old a file's time must be to be trusted where the file system keeps fractions of a second. They come in steps of
10 ms at most: a kernel that ticks 100 times a second, exFAT."""
COARSE_MARGIN_NS = 2_100_000_000
"""The same where it may keep whole seconds only (HFS+) or every other one (FAT)."""


def margin_ns(changed_ns: int) -> int:
    """The longest time after `changed_ns` in which another change could get that same time."""
    return COARSE_MARGIN_NS if changed_ns % 1_000_000_000 == 0 else FINE_MARGIN_NS


class StatMemo:
    """Digests by path, trusted while size, times, inode and device are what they were.

    Times are the modification time and, because tools set that back to what it was, the change time. A file that
    changed just before it was read is not remembered, because it could change once more and keep its times (git's
    "racily clean" entries).
    """

    def __init__(self, db: StateDb) -> None:
        self._db = db

    def lookup(self, path: Path) -> str | None:
        """SHA-256 of the file, or None where it has to be read."""
        try:
            found = path.stat()
        except OSError:
            return None
        known = self._db.ask(
            "SELECT device, inode, size, mtime_ns, ctime_ns, digest FROM digests WHERE path = ?", (_place(path),)
        )
        return str(known[0][-1]) if known and known[0][:-1] == _facts(found) else None

    def remember(self, path: Path, stat: os.stat_result, digest: str, *, began_ns: int | None = None) -> None:
        """Keep the digest of a file whose `stat` was taken before it was read.

        `began_ns`: when reading began (`time.time_ns`); without it, now, which trusts that nobody changed the file
        in the instant between its last change and the reading. A file that has changed since, or had changed
        too shortly before, is not remembered.
        """
        began_ns = time.time_ns() if began_ns is None else began_ns
        changed_ns = max(stat.st_mtime_ns, stat.st_ctime_ns)
        try:
            now = path.stat()
        except OSError:
            return
        if _facts(now) != _facts(stat) or changed_ns + margin_ns(changed_ns) > began_ns:
            return
        self._db.tell(
            "INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?, ?)", (_place(path), *_facts(stat), digest)
        )


def _place(path: Path) -> bytes:
    # Bytes, because a file's name need not be text.
    return os.fsencode(os.path.abspath(path))  # noqa: PTH100  # without ".." and without touching the disk


def _facts(stat: os.stat_result) -> tuple[int, ...]:
    # Signed, as SQLite's integers are.
    return tuple(
        n - 2**64 if n >= 2**63 else n
        for n in (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    )
