"""What the cache gives and keeps: its records, and how a result becomes bytes that can be trusted when read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hashlib import _Hash


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept result."""

    data: dict[str, Any] | list[Any]
    work_s: float
    """Seconds of work that made it, and that are saved now."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A kept file, as it was restored."""

    size: int
    work_s: float
    """Seconds of work that made it, and that are saved now."""


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What the cache holds, and what it did since it was made or cleared."""

    entries: dict[str, int]
    """By kind."""
    bytes: int
    limit_bytes: int
    hits: int
    misses: int
    damaged: int
    """Entries that did not match their digest when they were read; each is also a miss."""
    work_kept_s: float
    """Seconds of work that made all that is kept now."""
    work_saved_s: float
    """Seconds of work that hits spared."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `Cache.verify` found."""

    checked: int
    bad: int
    """Entries that do not match their digest, or were not written by ClipForge."""
    removed: int
    repaired: int
    """Damage beside the entries: a broken database, wrong totals, value files without an entry."""


class ResultCache(Protocol):
    """What the pipeline needs of a cache."""

    notices: list[str]

    @property
    def keeps(self) -> bool:
        """Whether what is put can be got later, by other runs, too."""
        ...

    def get(self, kind: str, key: str) -> Entry | None: ...

    def put(self, kind: str, key: str, data: dict[str, Any] | list[Any], *, work_s: float) -> None: ...

    def get_file(self, kind: str, key: str, to: Path) -> StoredFile | None: ...

    def put_file(self, kind: str, key: str, file: Path, *, work_s: float) -> None: ...

    def close(self) -> None: ...


@dataclass
class NullCache:
    """No cache: nothing is read, nothing is kept."""

    notices: list[str] = field(default_factory=list)
    keeps: bool = False

    def get(self, kind: str, key: str) -> Entry | None:
        return None

    def put(self, kind: str, key: str, data: dict[str, Any] | list[Any], *, work_s: float) -> None:
        pass

    def get_file(self, kind: str, key: str, to: Path) -> StoredFile | None:
        return None

    def put_file(self, kind: str, key: str, file: Path, *, work_s: float) -> None:
        pass

    def close(self) -> None:
        pass


def pack(name: str, data: dict[str, Any] | list[Any], work_s: float) -> tuple[bytes, str]:
    """The value and its tag: kind, seconds of work, digest over name, seconds and value."""
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    digest = value_digest(name, work_s)
    digest.update(payload)
    return payload, tag_of(name, work_s, digest)


def unpack(name: str, payload: bytes, tag: str) -> Entry | None:
    """The inverse of `pack`, or None where anything is not as it was written."""
    if not is_whole(name, tag, [payload]):
        return None
    try:
        data = json.loads(payload.decode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    return Entry(data, untag(tag)[1]) if isinstance(data, (dict, list)) else None


def value_digest(name: str, work_s: float) -> _Hash:
    """The digest of a value that is kept under ``name``, before the first of its bytes."""
    return hashlib.sha256(f"{name} {work_s:.3f}\n".encode("utf-8", "surrogateescape"))


def tag_of(name: str, work_s: float, digest: _Hash) -> str:
    """What is kept beside a value, once the digest has seen all of it."""
    return f"{name.partition('/')[0]} {work_s:.3f} {digest.hexdigest()}"


def is_whole(name: str, tag: str, blocks: Iterable[bytes]) -> bool:
    """Whether name, tag and value are as they were written."""
    work_s = untag(tag)[1]
    digest = value_digest(name, work_s)
    for block in blocks:
        digest.update(block)
    return tag == tag_of(name, work_s, digest)


def untag(tag: str) -> tuple[str, float, str]:
    try:
        kind, work, digest = tag.split(" ")
        return kind, float(work), digest
    except ValueError:
        return "?", 0.0, ""
