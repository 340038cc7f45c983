"""By what cached things are known: SHA-256 digests of bytes, of files, and of facts.

All of it can run in a worker process: the functions are importable and return plain text.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

from clipforge.errors import ClipUnreadable

KEY_SCHEMA = 1
"""Part of every key: raise it when the meaning of keys or of kept values changes, and everything is made anew."""

READ_BYTES = 2**20
"""How much of a file is in memory at a time."""


def key(kind: str, facts: Mapping[str, object]) -> str:
    """SHA-256 (hex) of the facts in one canonical form: the same whatever the order of the facts.

    Facts are None, bool, int, finite float, str, and lists, tuples and mappings (with str keys) of these. Numbers
    that are equal make the same key (``5``, ``5.0``); a bool is not a number; a tuple is a list. Raises TypeError or
    ValueError on anything else: a fact that cannot be written down exactly would make keys that collide.
    """
    canonical = json.dumps([KEY_SCHEMA, kind, _plain(facts)], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return digest_bytes(canonical.encode("ascii"))


def _plain(fact: object) -> object:
    if isinstance(fact, float):
        if not math.isfinite(fact):
            raise ValueError(f"not a fact for a key: {fact!r}")
        # -0.0 and 5.0 print unlike 0 and 5, to which they are equal.
        return int(fact) if fact.is_integer() else float(fact)
    if fact is None or isinstance(fact, (bool, int, str)):
        return fact
    if isinstance(fact, (list, tuple)):
        return [_plain(item) for item in fact]
    if isinstance(fact, Mapping):
        for name in fact:
            if not isinstance(name, str):
                # json would write 1 and "1" alike.
                raise TypeError(f"not a name for a key's fact: {name!r}")
        return {name: _plain(item) for name, item in fact.items()}
    raise TypeError(f"not a fact for a key: {fact!r}")


def digest_bytes(data: bytes | bytearray | memoryview) -> str:
    """SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path, report: Callable[[float], None] | None = None) -> str:
    """SHA-256 of the file's content, in hex; memory does not depend on its size.

    `report` is told how far it is, 0 to 1, after each `READ_BYTES`. Raises `ClipUnreadable`.
    """
    digest = hashlib.sha256()
    buffer = bytearray(READ_BYTES)
    window = memoryview(buffer)
    try:
        with path.open("rb", buffering=0) as file:
            total = max(1, file.seek(0, 2))
            done = file.seek(0)
            while count := file.readinto(buffer):
                digest.update(window[:count])
                done += count
                if report:
                    report(min(1.0, done / total))
    except OSError as error:
        raise ClipUnreadable(path, (error.strerror or str(error)).lower()) from error
    return digest.hexdigest()
