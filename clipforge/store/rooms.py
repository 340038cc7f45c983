"""Where things lie below the two folders that the caller gives.

::

    cache root/      ~/.cache/clipforge: 0700, as is all below; may be deleted at any time
      cache/         results under their keys
      locks/         who does what just now
      spool/         a private folder for each living run, gone with it
      logs/
      costs.json     what jobs have taken at their peak on this machine
    state root/      ~/.local/state/clipforge: 0700
      ledger.db      what was written where, and the digests of files: never evicted

Not for network file systems: neither SQLite's locks nor flock hold there. The clips may lie on one.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clipforge.errors import WorkFolderUnusable
from clipforge.store.locks import Claims, still_there, try_lock

_RUN_PREFIX = "clipforge-run-"


@dataclass(frozen=True)
class CacheFolder:
    """The layout below the cache's root. Making it makes nothing on disk."""

    root: Path

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def costs(self) -> Path:
        return self.root / "costs.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def prepare(self) -> str | None:
        """Make the folders; the reason where that cannot be done (their users then pass them by)."""
        try:
            for folder in (self.root, self.cache, self.locks, self.spool, self.logs):
                private_folder(folder)
        except OSError as error:
            return f"{self.root}: {(error.strerror or str(error)).lower()}"
        return None

    def claims(self) -> Claims:
        """What living runs are at work on. See `Claims.take`."""
        return Claims(self.locks / "claims")

    @contextmanager
    def spool_folder(self, *, otherwise: Path | None = None) -> Iterator[Path]:
        """A private folder for this run, removed at its end. Those of dead runs are removed first, in `otherwise`, too.

        Where ``root/spool`` cannot be written, the folder is made in `otherwise` (the system's temporary folder,
        say). Raises `WorkFolderUnusable` where neither can.
        """
        try:
            private_folder(self.spool)
            path, lock = _new_run_folder(self.spool)
        except OSError as error:
            if otherwise is None:
                raise WorkFolderUnusable(self.spool, (error.strerror or str(error)).lower()) from error
            try:
                path, lock = _new_run_folder(otherwise)
            except OSError as second:
                raise WorkFolderUnusable(otherwise, (second.strerror or str(second)).lower()) from second
        try:
            for parent in (self.spool, otherwise):
                if parent is not None:
                    sweep_runs(parent)
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def private_folder(folder: Path) -> None:
    """Make a folder that only this user can enter, or see to it that an existing one is such. Raises OSError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(None, "it belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def sweep_runs(parent: Path) -> int:
    """Remove the run folders of dead runs of this user; how many. A living run holds a flock on its folder."""
    swept = 0
    for path in parent.glob(f"{_RUN_PREFIX}*"):
        with suppress(OSError):
            if path.lstat().st_uid != os.geteuid():
                continue
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if try_lock(fd) and still_there(fd, path):
                    shutil.rmtree(path)
                    swept += 1
            finally:
                os.close(fd)
    return swept


def _new_run_folder(parent: Path) -> tuple[Path, int]:
    """A new folder and the descriptor that holds its lock."""
    while True:
        path = parent / f"{_RUN_PREFIX}{os.getpid()}-{os.urandom(4).hex()}"
        path.mkdir(mode=0o700)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue  # a sweep took it for a dead run's before it was locked
        if try_lock(fd) and still_there(fd, path):
            return path, fd
        os.close(fd)
