"""Writing an output whole or not at all, into the folder that was meant.

A file is written under a temporary name in its own folder, ``.clipforge-PID-….tmp``, and renamed when it is complete
and on the disk. The writer holds a flock on the temporary file, so `sweep` knows the dead from the living: by a pid it
could not, across containers that share a folder. Names of that shape belong to this module.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from clipforge.errors import OutputFailed
from clipforge.store.locks import still_there, try_lock

TEMP_PREFIX, TEMP_SUFFIX = ".clipforge-", ".tmp"

_WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENAMETOOLONG: "the file name is too long",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder is not a folder",
    errno.EISDIR: "it is a folder",
}

FolderId = tuple[int, int]
"""Device and inode of a folder."""


def folder_id(folder: Path) -> FolderId:
    """What a folder is known by while a run lasts, for `write_atomic`. Raises OSError."""
    found = folder.stat()
    return found.st_dev, found.st_ino


class Folders:
    """The folders that a run writes into, known from the moment it first looks at them.

    A link that the user had there is the user's choice. One that takes a folder's place while we work is not, nor is
    one where we are about to make a folder: what lies behind it is somebody else's.
    """

    def __init__(self) -> None:
        self._known: dict[Path, FolderId] = {}
        self._looked: set[Path] = set()

    def look(self, folder: Path) -> None:
        """Remember what is there now: the folder, or where there is none the nearest one above it. The first look
        counts. Never raises: what is wrong with a folder shows when it is needed."""
        if folder not in self._looked:
            self._looked.add(folder)
            with suppress(OSError):
                there = _nearest(folder)
                self._known.setdefault(there, folder_id(there))

    def ready(self, path: Path) -> FolderId:
        """Make the folder of ``path`` where there is none, and say what it is known by. Raises `OutputFailed`."""
        folder = path.parent
        self.look(folder)
        known = next((there for there in (folder, *folder.parents) if there in self._known), _nearest(folder))
        try:
            if folder_id(known) != self._known.get(known):
                raise OutputFailed(path, "its folder was replaced while we worked")
            for below in reversed([folder, *folder.parents][: len(folder.relative_to(known).parts)]):
                with suppress(FileExistsError):  # another run's, or somebody's link
                    below.mkdir()
                if below.is_symlink():
                    raise OutputFailed(path, f"{below} has become a symbolic link while we worked")
                self._known[below] = folder_id(below)
        except OSError as error:
            raise _failed(path, error) from error
        return self._known[folder]


def write_atomic(path: Path, data: bytes, *, folder: FolderId | None = None) -> os.stat_result:
    """Write `data` to `path`, complete or not at all, over what is there; the stat of what was written.

    Keeps the permissions (and, for root, the owner) of a file that it replaces. `folder` is what the parent was
    known by when the run began. Raises `OutputFailed`: also where the parent is another folder by now, where `path`
    is a symbolic link out of its folder, and where it is anything but a regular file.
    """
    try:
        fd = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _failed(path, error) from error
    try:
        found = os.fstat(fd)
        if folder is not None and (found.st_dev, found.st_ino) != folder:
            raise OutputFailed(path, "its folder was replaced while we worked")
        return _write_in(fd, _name_in_folder(path), path, data)
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        os.close(fd)


def sweep(folder: Path) -> int:
    """Remove the temporary files in `folder` (not below it) that dead processes left; how many."""
    swept = 0
    with suppress(OSError), os.scandir(folder) as entries:
        # Not glob: this looks at every file beside every clip, at each start.
        names = [e.name for e in entries if e.name.startswith(TEMP_PREFIX) and e.name.endswith(TEMP_SUFFIX)]
        for path in (folder / name for name in names):
            with suppress(OSError):
                fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                try:
                    if try_lock(fd) and still_there(fd, path):
                        path.unlink()
                        swept += 1
                finally:
                    os.close(fd)
    return swept


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    while not os.path.lexists(folder) and folder != folder.parent:  # a dangling link is there, too
        folder = folder.parent
    return folder


def _name_in_folder(path: Path) -> str:
    """The name to write under: that of `path`, or where it is a link to a file beside it, of that file."""
    if not path.is_symlink():
        return path.name
    target = Path(os.path.realpath(path))
    if target.parent != Path(os.path.realpath(path.parent)):
        raise OutputFailed(path, f"it is a symbolic link to {target}")
    return target.name


def _write_in(folder: int, name: str, path: Path, data: bytes) -> os.stat_result:
    """Write under a temporary name in the folder open as `folder`, whatever its path leads to by now."""
    try:
        replaced = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        replaced = None
    if replaced and not stat.S_ISREG(replaced.st_mode):
        raise OutputFailed(path, "something is there that is not a regular file")
    temp, fd = _new_temp(folder)
    try:
        if replaced:
            _adopt(fd, replaced)
        with open(fd, "wb", buffering=0, closefd=False) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        os.fsync(fd)
        os.replace(temp, name, src_dir_fd=folder, dst_dir_fd=folder)
        with suppress(OSError):  # not every file system can
            os.fsync(folder)
        return os.fstat(fd)
    except BaseException:
        with suppress(OSError):
            os.unlink(temp, dir_fd=folder)
        raise
    finally:
        os.close(fd)


def _new_temp(folder: int) -> tuple[str, int]:
    """A new temporary file, locked: its name and descriptor."""
    while True:
        temp = f"{TEMP_PREFIX}{os.getpid()}-{os.urandom(4).hex()}{TEMP_SUFFIX}"
        fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=folder)
        try:
            if try_lock(fd) and os.path.samestat(os.stat(temp, dir_fd=folder), os.fstat(fd)):
                return temp, fd
        except FileNotFoundError:
            pass  # a sweep took it for a dead process's before it was locked
        except OSError:
            return temp, fd  # no locks on this file system; then no sweep either
        os.close(fd)


def _adopt(fd: int, replaced: os.stat_result) -> None:
    if replaced.st_uid != os.fstat(fd).st_uid or replaced.st_gid != os.fstat(fd).st_gid:
        with suppress(PermissionError):
            os.fchown(fd, replaced.st_uid, replaced.st_gid)
    os.fchmod(fd, replaced.st_mode & 0o777)


def _failed(path: Path, error: OSError) -> OutputFailed:
    return OutputFailed(path, _WHY.get(error.errno or 0) or (error.strerror or str(error)).lower())
