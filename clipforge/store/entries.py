"""What the cache gives and keeps: its records, and how a result becomes bytes that can be trusted when read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept result."""

    data: dict[str, Any] | list[Any]
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

    def get(self, kind: str, key: str) -> Entry | None: ...

    def put(self, kind: str, key: str, data: dict[str, Any] | list[Any], *, work_s: float) -> None: ...

    def close(self) -> None: ...


@dataclass
class NullCache:
    """No cache: nothing is read, nothing is kept."""

    notices: list[str] = field(default_factory=list)

    def get(self, kind: str, key: str) -> Entry | None:
        return None

    def put(self, kind: str, key: str, data: dict[str, Any] | list[Any], *, work_s: float) -> None:
        pass

    def close(self) -> None:
        pass


def pack(name: str, data: dict[str, Any] | list[Any], work_s: float) -> tuple[bytes, str]:
    """The value and its tag: kind, seconds of work, digest over name, seconds and value."""
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    work = f"{work_s:.3f}"
    return payload, f"{name.partition('/')[0]} {work} {_digest(name, work, payload)}"


def unpack(name: str, payload: bytes, tag: str) -> Entry | None:
    """The inverse of `pack`, or None where anything is not as it was written."""
    kind, _, rest = tag.partition(" ")
    work, _, digest = rest.partition(" ")
    if kind != name.partition("/")[0] or digest != _digest(name, work, payload):
        return None
    try:
        data = json.loads(payload.decode("utf-8", "surrogatepass"))
        return Entry(data, float(work)) if isinstance(data, (dict, list)) else None
    except ValueError:
        return None


def untag(tag: str) -> tuple[str, float, str]:
    try:
        kind, work, digest = tag.split(" ")
        return kind, float(work), digest
    except ValueError:
        return "?", 0.0, ""


def _digest(name: str, work: str, payload: bytes) -> str:
    return hashlib.sha256(f"{name} {work}\n".encode("utf-8", "surrogateescape") + payload).hexdigest()
