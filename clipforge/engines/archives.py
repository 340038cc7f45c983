"""The files of a model out of a tar or zip archive, and nothing else.

Only files with the names of a model's parts are taken, all from one folder of the archive, and each is written under
its plain name: nothing in an archive says where on this machine anything goes. An archive that holds anything odd is
refused as a whole.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

MOST_MEMBERS = 1000
MOST_BYTES = 12 * 2**30
"""Of all members together, as declared and as they come out: a hub snapshot with its README, its weights twice."""
_MOST_AT_ONCE = 16 << 20
"""No part of an archive beside the files' contents is longer; a forged header could ask for any amount of memory."""
_BLOCK = 1 << 20


class BadArchive(ValueError):
    """The archive cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class _Member:
    path: str
    size_bytes: int
    open: Callable[[], IO[bytes] | None]


def unpack(archive: Path, folder: Path, wanted: Collection[str], on_bytes: Callable[[int], None]) -> None:
    """Puts the files named in ``wanted`` into ``folder``. ``on_bytes`` gets the bytes written so far.

    Raises `BadArchive`; OSError where a disk fails.
    """
    try:
        with _members(archive) as members:
            _take(members, folder, wanted, on_bytes)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile) as error:
        raise BadArchive(f"the archive is damaged: {error}") from error
    except (NotImplementedError, RuntimeError) as error:  # zipfile: an unknown compression, or encryption
        raise BadArchive(f"the archive cannot be read: {error}") from error


def _take(members: Iterator[_Member], folder: Path, wanted: Collection[str], on_bytes: Callable[[int], None]) -> None:
    home: PurePosixPath | None = None
    declared = written = 0
    for number, member in enumerate(members, 1):
        path = _plain(member.path)
        declared += member.size_bytes
        if number > MOST_MEMBERS or declared > MOST_BYTES:
            raise BadArchive(f"the archive holds more than a model: {number} members, {declared} bytes up to {path}")
        if path.name not in wanted:
            continue
        if home not in (None, path.parent):
            raise BadArchive(f"the archive holds two models: {home} and {path.parent}")
        home = path.parent
        source = member.open()
        if source is None:
            raise BadArchive(f"the archive holds something else than a file as {path}")
        if (folder / path.name).exists():
            raise BadArchive(f"the archive holds {path} twice")
        with source, (folder / path.name).open("wb") as target:
            while block := source.read(_BLOCK):
                written += len(block)
                if written > MOST_BYTES:
                    raise BadArchive("the archive unpacks to more than it declares")
                target.write(block)
                on_bytes(written)
    if home is None:
        raise BadArchive(f"the archive holds none of {', '.join(sorted(wanted))}")


def _plain(text: str) -> PurePosixPath:
    """The path of a member, if it stays inside. Raises `BadArchive`."""
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in text.partition("/")[0] or "\0" in text:
        raise BadArchive(f"the archive wants to write outside its folder: {text!r}")
    return path


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[_Member]]:
    """The files of an archive, folders left out. Raises `BadArchive` for links, devices and the like."""
    with archive.open("rb") as raw:
        start = raw.read(6)
        raw.seek(0)
        if start.startswith(b"PK"):
            with zipfile.ZipFile(raw) as packed:
                yield _of_zip(packed)
            return
        with _Guard(_decompressed(raw, start)) as guard, tarfile.open(fileobj=cast(Any, guard), mode="r:") as tar:
            yield _of_tar(tar)


def _decompressed(raw: IO[bytes], start: bytes) -> IO[bytes]:
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if start.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(raw))
    if start.startswith(b"\xfd7zXZ"):
        return cast(IO[bytes], lzma.LZMAFile(raw))
    return raw


def _of_tar(tar: tarfile.TarFile) -> Iterator[_Member]:
    for info in tar:
        if info.isdir():
            _plain(info.name)
            continue
        if not info.isreg():
            what = "a link" if info.islnk() or info.issym() else "something that is no file"
            raise BadArchive(f"the archive holds {what}: {info.name!r}")
        yield _Member(info.name, info.size, lambda info=info: tar.extractfile(info))  # type: ignore[misc]  # of a default


def _of_zip(packed: zipfile.ZipFile) -> Iterator[_Member]:
    for info in packed.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir():
            _plain(info.filename)
            continue
        if kind not in (0, stat.S_IFREG):
            raise BadArchive(f"the archive holds a link, or something that is no file: {info.filename!r}")
        yield _Member(info.filename, info.file_size, lambda info=info: packed.open(info))  # type: ignore[misc]  # of a default


class _Guard:
    """What a tar reader sees of a file: no more at once than a header has, no more in all than a model has."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self.tell = inner.tell

    def __enter__(self) -> _Guard:
        return self

    def __exit__(self, *_: object) -> None:
        self._inner.close()

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset > MOST_BYTES + MOST_MEMBERS * _MOST_AT_ONCE:
            raise BadArchive("the archive unpacks to more than any model")
        return self._inner.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_AT_ONCE:
            raise BadArchive("the archive has a header that is no header")
        return self._inner.read(size)
