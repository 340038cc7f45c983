"""The ledger of outputs: what we wrote where, so that nothing up to date is made again and no person's edit is lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from clipforge.errors import ClipUnreadable
from clipforge.store.keys import digest_file
from clipforge.store.memo import margin_ns
from clipforge.store.statedb import StateDb, Value


class OutputState(Enum):
    """What lies where an output goes."""

    ABSENT = "absent"
    OURS = "ours"
    """As we wrote it."""
    EDITED = "edited"
    """We wrote it, and somebody changed it since."""
    FOREIGN = "foreign"
    """Somebody else's."""


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """One output as it was written."""

    path: str
    digest: str
    """SHA-256 of the bytes written."""
    size: int
    mtime_ns: int
    inode: int
    clip: str
    source_digest: str
    """SHA-256 of the clip it was made from."""
    made: Mapping[str, object]
    """The options it was made with: plain JSON values (lists, not tuples)."""
    status: str
    cues: int
    media_s: float
    took_s: float
    written_at: int
    """Epoch seconds."""


_COLUMNS = "path, digest, size, mtime_ns, inode, clip, source_digest, made, status, cues, media_s, took_s, written_at"


class Ledger:
    """Outputs by where they lie: the folder with its symbolic links followed, then the name."""

    def __init__(self, db: StateDb) -> None:
        self._db = db
        self._folders: dict[str, str] = {}

    def get(self, path: Path) -> OutputRecord | None:
        """The record of an output, whatever has become of it since."""
        rows = self._db.ask(f"SELECT {_COLUMNS} FROM outputs WHERE place = ?", (self._place(path),))  # noqa: S608
        return _record(rows[0]) if rows else None

    def for_clip(self, clip: Path) -> list[OutputRecord]:
        """All outputs of a clip, by path."""
        rows = self._db.ask(
            f"SELECT {_COLUMNS} FROM outputs WHERE clip_place = ? ORDER BY path",  # noqa: S608
            (self._place(clip),),
        )
        return [record for row in rows if (record := _record(row))]

    def announce(self, path: Path, digest: str) -> None:
        """Say, before an output is written, what its digest will be.

        If the run dies between the writing and `put`, the output is known as ours all the same. Survives a power cut.
        """
        self._db.tell("INSERT OR REPLACE INTO announced VALUES (?, ?)", (self._place(path), digest), durable=True)

    def put(self, record: OutputRecord) -> None:
        """Remember an output that was written."""
        place = self._place(Path(record.path))
        values = (
            place,
            self._place(Path(record.clip)),
            os.fsencode(record.path),
            record.digest,
            record.size,
            record.mtime_ns,
            _signed(record.inode),
            os.fsencode(record.clip),
            record.source_digest,
            json.dumps(dict(record.made)),
            record.status,
            record.cues,
            record.media_s,
            record.took_s,
            record.written_at,
            0,
        )
        self._db.tell(f"INSERT OR REPLACE INTO outputs VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
        self._db.tell("DELETE FROM announced WHERE place = ?", (place,))

    def forget(self, path: Path) -> None:
        place = self._place(path)
        self._db.tell("DELETE FROM outputs WHERE place = ?", (place,))
        self._db.tell("DELETE FROM announced WHERE place = ?", (place,))

    def adopt(self, path: Path, record: OutputRecord) -> bool:
        """Whether the file at `path` is what `record` says was written elsewhere; from now on it is known as ours."""
        try:
            found = path.stat()
        except OSError:
            return False
        if found.st_size != record.size or _digest(path) != record.digest:
            return False
        place = str(path.absolute())
        self.put(replace(record, path=place, mtime_ns=found.st_mtime_ns, inode=found.st_ino))
        return True

    def writing(self) -> AbstractContextManager[None]:
        """Hold this while an output's state is looked at, and the output written and noted: then two runs that write
        the same one never take each other's for an edit."""
        return self._db.alone()

    def is_ours(self, path: Path) -> bool:
        """Whether a file lies there that we wrote and nobody changed."""
        return self.state(path) is OutputState.OURS

    def state(self, path: Path) -> OutputState:
        """What lies at `path`. Told by stat; by digest where stat cannot tell."""
        try:
            found = path.stat()
        except OSError:
            # os.path, because pathlib raises where the name is too long.
            return OutputState.FOREIGN if os.path.islink(path) else OutputState.ABSENT  # noqa: PTH114
        place = self._place(path)
        known = self._db.ask("SELECT digest, size, mtime_ns, inode, settled FROM outputs WHERE place = ?", (place,))
        facts = (found.st_size, found.st_mtime_ns, _signed(found.st_ino))
        if known and known[0][1:] == (*facts, 1):
            return OutputState.OURS
        announced = self._db.ask("SELECT digest FROM announced WHERE place = ?", (place,))
        if not known and not announced:
            return OutputState.FOREIGN
        looked_ns = time.time_ns()
        digest = _digest(path)
        if known and digest == known[0][0]:
            # From now on stat tells, unless the file is so young that a change could still get the same times.
            settled = int(found.st_mtime_ns + margin_ns(found.st_mtime_ns) < looked_ns)
            if settled:
                self._db.tell(
                    "UPDATE outputs SET size = ?, mtime_ns = ?, inode = ?, settled = 1 WHERE place = ? AND digest = ?",
                    (*facts, place, digest),
                )
            return OutputState.OURS
        if announced and digest == announced[0][0]:
            return OutputState.OURS
        return OutputState.EDITED if known else OutputState.FOREIGN

    def _place(self, path: Path) -> bytes:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            # Once for each folder: a run does not write into a folder that was replaced meanwhile (`write_atomic`).
            self._folders[folder] = os.path.realpath(folder)
        return os.fsencode(f"{self._folders[folder]}/{name}")


def _record(row: tuple[Value, ...]) -> OutputRecord | None:
    """None where a row does not hold what a record holds: it is as if we had not written the output."""
    path, digest, size, mtime_ns, inode, clip, source_digest, made, status, cues, media_s, took_s, written_at = row
    try:
        options = json.loads(str(made))
        if not isinstance(options, dict) or not isinstance(path, bytes) or not isinstance(clip, bytes):
            return None
        return OutputRecord(
            path=os.fsdecode(path),
            digest=str(digest),
            size=int(size or 0),
            mtime_ns=int(mtime_ns or 0),
            inode=int(inode or 0) % 2**64,
            clip=os.fsdecode(clip),
            source_digest=str(source_digest),
            made=options,
            status=str(status),
            cues=int(cues or 0),
            media_s=float(media_s or 0),
            took_s=float(took_s or 0),
            written_at=int(written_at or 0),
        )
    except (ValueError, OverflowError):
        return None


def _digest(path: Path) -> str | None:
    try:
        return digest_file(path)
    except ClipUnreadable:
        return None


def _signed(n: int) -> int:
    return n - 2**64 if n >= 2**63 else n
