"""The cache: results under their keys, on disk, within a size limit, and never in the way of a clip.

Each value carries its SHA-256, bound to its key; what does not match is a miss and goes. A broken database is set aside
and begun anew; a disk that is full or read-only is passed by. The user learns of either through `Cache.notices`, and
the clip is captioned all the same.

For one thread of each process, any number of processes, and not for network file systems: SQLite's locks do not hold
there. Hits, misses and the order of use are written in batches: a killed run forgets at most the last ones.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clipforge.errors import gib
from clipforge.store import damage, entries
from clipforge.store.blobs import ValueUnreadable, is_intact, restore
from clipforge.store.entries import CacheStats, Entry, NullCache, ResultCache, StoredFile, VerifyReport
from clipforge.store.locks import locked
from clipforge.store.rooms import private_folder
from clipforge.store.usage import Usage

if TYPE_CHECKING:
    from clipforge.store.table import Table

__all__ = ["Cache", "CacheStats", "Entry", "NullCache", "ResultCache", "StoredFile", "VerifyReport"]

DEFAULT_LIMIT_BYTES = 20 * 2**30
MIN_LIMIT_BYTES = 2**20
"""A smaller limit is taken for this one: an empty database alone has some 50 KB."""
LARGEST_SHARE = 0.5
"""The part of the limit that one item may take: a larger one would empty the cache of all the rest."""
MAX_REPLACED = 2
"""How often one run begins a new database before it goes on without."""
DATABASE = "cache.db"
WORDS, MANIFEST = "words", "manifest"
"""The kinds of results that are kept."""

T = TypeVar("T")


class Cache:
    """Results on disk. Made by `Cache.open`; no method raises for what the disk or the database does."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.path = folder
        self.limit_bytes = max(limit_bytes, MIN_LIMIT_BYTES)
        self.notices: list[str] = []
        """What the user should know, one line each, each once."""
        self._table: Table | None = None
        self._readonly = False
        self._replaced = 0
        self._identity: tuple[int, int] | None = None
        self._repaired = False
        self._usage = Usage()

    @property
    def keeps(self) -> bool:
        """Whether what is put can be got later, by other runs, too."""
        return self._table is not None and not self._readonly

    @classmethod
    def open(cls, folder: Path, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> Cache:
        """The cache in `folder`, which is made (0700) where there is none. Look at `notices` afterwards."""
        cache = cls(folder.absolute(), limit_bytes)
        cache._table = cache._guarded(cache._open_table, None)
        return cache

    def get(self, kind: str, key: str) -> Entry | None:
        """What was put under this kind and key; None where there is nothing, or nothing that can be trusted."""
        name = f"{kind}/{key}"
        found = self._asked(lambda table: table.get(name), None)
        entry = entries.unpack(name, *found) if found else None
        self._count(name, entry.work_s if entry else None, damaged=found is not None and entry is None)
        return entry

    def put(self, kind: str, key: str, data: dict[str, Any] | list[Any], *, work_s: float) -> None:
        """Keep a result with the seconds of work that made it. What was used longest ago goes when space is short."""
        name = f"{kind}/{key}"
        payload, tag = entries.pack(name, data, work_s)
        self._put(name, len(payload), lambda table: table.set(name, payload, tag))

    def get_file(self, kind: str, key: str, to: Path) -> StoredFile | None:
        """Restore what `put_file` kept to ``to``, which must not exist; its folder must. None, and nothing at ``to``,
        where there is nothing, or nothing that can be trusted. Raises OSError where ``to`` cannot be written."""
        name = f"{kind}/{key}"
        found = self._asked(lambda table: table.open(name), None)
        stored = restore(name, *found, to) if found else None
        self._count(name, stored.work_s if stored else None, damaged=found is not None and stored is None)
        return stored

    def put_file(self, kind: str, key: str, file: Path, *, work_s: float) -> None:
        """Keep a copy of a file, which is never whole in memory. Raises OSError where ``file`` cannot be read."""
        name = f"{kind}/{key}"
        with file.open("rb", buffering=0) as source:

            def keep(table: Table) -> None:
                digest = entries.value_digest(name, work_s)
                staged = table.stage(source, digest.update)
                table.set(name, staged, entries.tag_of(name, work_s, digest))

            try:
                self._put(name, os.fstat(source.fileno()).st_size, keep)
            except ValueUnreadable as error:
                raise OSError(None, str(error), str(file)) from error

    def stats(self) -> CacheStats:
        """Reads the tag of every row: for `cache stats`, not for every clip."""
        self._flush()
        kept: Counter[str] = Counter()
        work_kept_s = 0.0
        tags: list[str] = self._asked(lambda table: list(table.tags()), [])
        for tag in tags:
            kind, work_s, _ = entries.untag(tag)
            kept[kind] += 1
            work_kept_s += work_s
        counters: dict[str, float] = self._asked(lambda table: table.counters(), {})
        return CacheStats(
            entries=dict(sorted(kept.items())),
            bytes=self._asked(lambda table: table.volume(), 0),
            limit_bytes=self.limit_bytes,
            hits=int(counters.get("hits", 0)),
            misses=int(counters.get("misses", 0)),
            damaged=int(counters.get("damaged", 0)),
            work_kept_s=work_kept_s,
            work_saved_s=counters.get("saved_s", 0.0),
        )

    def clear(self) -> int:
        """Remove everything, databases that were set aside and the counters too; how many entries there were."""
        self._usage.take()

        def clear(table: Table) -> int:
            for old in damage.broken(self.path / DATABASE):
                damage.remove(old)
            removed = table.clear()
            table.forget_counters()
            table.repair(orphan_age_s=0)
            return removed

        return self._asked(clear, 0)

    def verify(self) -> VerifyReport:
        """Check every digest and the database itself; remove what is bad, mend what can be mended."""
        self._flush()
        mended = int(self._asked(lambda table: not self._is_sound(thorough=True), False))
        if mended:
            self._replace()
        checked = 0
        bad: list[int] = []

        def check(table: Table) -> int:
            nonlocal checked
            for row in table.rows():
                checked += 1
                if not is_intact(row.name, row.value, row.tag):
                    bad.append(row.rowid)
            table.remove([(rowid, table.file_of(rowid)) for rowid in bad])
            return len(bad)

        removed = self._asked(check, 0)
        mended += self._asked(lambda table: table.repair(), 0)
        return VerifyReport(checked, len(bad), removed, mended)

    def close(self) -> None:
        """Write down what was counted, and let the database go. The cache is then like one that is passed by."""
        self._flush()
        if self._table:
            self._guarded(self._table.close, None)
            self._table = None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _put(self, name: str, size: int, keep: Callable[[Table], None]) -> None:
        if size > self.limit_bytes * LARGEST_SHARE:
            kind = name.partition("/")[0]
            self._say(f"{gib(size)} of {kind} are too large to keep within a cache of {gib(self.limit_bytes)}")
            return

        def keep_within_limit(table: Table) -> None:
            keep(table)
            self._usage.touch(name)
            if table.volume() > self.limit_bytes:
                self._flush()
                if not self._repaired:
                    self._repaired = True
                    table.repair()  # what killed runs left takes room, too
                table.evict(self.limit_bytes)

        if not self._readonly:
            self._asked(keep_within_limit, None, writing=True)
        self._flush_when_due()

    def _count(self, name: str, work_s: float | None, *, damaged: bool) -> None:
        """A look into the cache that saved so many seconds, or, where they are None, found nothing to be trusted."""
        if work_s is not None:
            self._usage.hit(name, work_s)
        else:
            self._usage.miss(name, damaged=damaged)
            if damaged:
                self._asked(lambda table: table.delete(name), None)
        self._flush_when_due()

    def _flush_when_due(self) -> None:
        if self._usage.is_due:
            self._flush()

    def _flush(self) -> None:
        used, counted = self._usage.take()
        if not self._readonly and (used or any(counted.values())):
            self._asked(lambda table: table.note(used, counted), None, writing=True)

    def _asked(self, question: Callable[[Table], T], otherwise: T, *, writing: bool = False) -> T:
        """The answer of the table, or `otherwise` where there is none to ask."""
        if (table := self._table) is None:
            return otherwise
        return self._guarded(lambda: question(table), otherwise, writing=writing)

    def _guarded(self, action: Callable[[], T], otherwise: T, *, writing: bool = False) -> T:
        """The boundary: whatever the disk and the database do ends here, as a notice and `otherwise`."""
        try:
            return action()
        except damage.FAILURES as error:
            if damage.says_broken(error) and self._table and self._replaced < MAX_REPLACED:
                self._replace()
            elif writing:
                self._readonly = True
                self._say(f"new results are not kept: the cache in {self.path} cannot be written ({_why(error)})")
            else:
                useless, self._table = self._table, None
                if useless:
                    self._guarded(useless.close, None)
                self._say(f"going on without the cache in {self.path} ({_why(error)})")
            return otherwise

    def _replace(self) -> None:
        """Set the database aside that was found broken while it was in use, and go on with a new one.

        Unless another process has done so already. A check of every page has to agree; the second time it need not.
        """
        broken, self._table = self._table, None
        self._replaced += 1
        if broken:
            self._guarded(broken.close, None)
        self._table = self._guarded(lambda: self._open_table(doubtful=True), None)

    def _open_table(self, *, doubtful: bool = False) -> Table:
        from clipforge.store.table import Table

        private_folder(self.path)
        database = self.path / DATABASE
        with locked(self.path / f"{DATABASE}.lock"):
            new = not database.exists()
            condemned = doubtful and self._replaced > 1 and damage.identity(database) == self._identity
            if not new and (condemned or not self._is_sound(thorough=doubtful)):
                self._set_aside()
            try:
                table = Table(self.path)
            except damage.FAILURES as error:
                if new:
                    damage.remove(database)  # or the empty file would be taken for damage next time
                if new or not damage.says_broken(error):
                    raise
                self._set_aside()
                table = Table(self.path)
            self._identity = damage.identity(database)
            return table

    def _is_sound(self, *, thorough: bool) -> bool:
        from clipforge.store.disk import fits

        return damage.sound(self.path / DATABASE, fits, thorough=thorough)

    def _set_aside(self) -> None:
        aside = damage.set_aside(self.path / DATABASE)
        for folder in self.path.glob("[0-9a-f][0-9a-f]"):
            shutil.rmtree(folder, ignore_errors=True)  # values that only the broken database could name
        self._say(f"the cache's database was damaged; it is set aside as {aside}, and a new one begun")

    def _say(self, notice: str) -> None:
        if notice not in self.notices:
            self.notices.append(notice)


def _why(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
