"""What is remembered between runs, opened together: the ledger and memo at once, the cache when it is first asked."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from pathlib import Path

from clipforge.pipeline.request import Request
from clipforge.pool.memory import parse_size
from clipforge.settings import Settings
from clipforge.store.cache import Cache, NullCache, ResultCache
from clipforge.store.costs import Costs
from clipforge.store.keys import digest_file
from clipforge.store.ledger import Ledger
from clipforge.store.locks import Claims
from clipforge.store.memo import StatMemo
from clipforge.store.rooms import CacheFolder, private_folder
from clipforge.store.statedb import LEDGER, StateDb


class Stores:
    """Made by `Stores.open`; closes with the ``with`` that holds it."""

    def __init__(self, folder: CacheFolder, db: StateDb, settings: Settings) -> None:
        self.folder = folder
        self._settings = settings
        self._db = db
        self.ledger = Ledger(self._db)
        self.memo = StatMemo(self._db)

    @classmethod
    def open(cls, request: Request) -> Stores:
        """The stores of a run. Raises `BadSetting` for a cache limit that is no size; never for a broken disk."""
        parse_cache_limit(request.settings)
        machine = request.machine
        db = StateDb.open(machine.state_root / LEDGER, moved_from=machine.cache_root / LEDGER)
        return cls(CacheFolder(machine.cache_root), db, request.settings)

    @cached_property
    def cache(self) -> ResultCache:
        """Opened on first use: a run in which everything is up to date never loads it."""
        if not self._settings.cache:
            return NullCache()
        return Cache.open(self.folder.cache, limit_bytes=parse_cache_limit(self._settings))

    @cached_property
    def costs(self) -> Costs:
        """What jobs have taken on this machine."""
        return Costs(self.folder.costs if self._settings.cache else None)

    def digest(self, file: Path) -> str:
        """SHA-256 of a file, from the memo where its stat is what it was. Raises `ClipUnreadable`."""
        known = self.memo.lookup(file)
        if known is None:
            found = file.stat()
            known = digest_file(file)
            self.memo.remember(file, found, known)
        return known

    def claims(self) -> Claims:
        """What other runs that share this cache are at work on."""
        with suppress(OSError):  # without locks, work may be done twice
            private_folder(self.folder.locks)
        return self.folder.claims()

    def spool(self) -> AbstractContextManager[Path]:
        """A private folder for this run's decoded audio."""
        return self.folder.spool_folder(otherwise=Path(tempfile.gettempdir()))

    def notices(self) -> list[str]:
        """What the stores have to say to the user: damage, a full disk."""
        opened = [*self._db.notices, *(self.cache.notices if "cache" in self.__dict__ else ())]
        return list(dict.fromkeys(opened))

    def __enter__(self) -> Stores:
        return self

    def __exit__(self, *_: object) -> None:
        if "costs" in self.__dict__:
            self.costs.save()
        if "cache" in self.__dict__:
            self.cache.close()
        self._db.close()


def parse_cache_limit(settings: Settings) -> int:
    """Bytes that the cache may take."""
    return parse_size(settings.cache_limit, 0, "--cache-limit")
