"""What jobs have taken at their peak on this machine: kept between runs, to charge the next ones by.

One small JSON file in the cache folder, ``{"schema": 1, "peaks": {key: [bytes, …]}}``, the last few peaks of each kind
of job. A file that cannot be read is an empty one, and one that cannot be written is forgotten: all that is lost is
what the table of `clipforge.engines.cost` stands in for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from clipforge.errors import OutputFailed
from clipforge.store.files import write_atomic
from clipforge.store.locks import locked
from clipforge.store.rooms import private_folder

SCHEMA = 1

KEPT = 16
"""Peaks kept of each kind: a few runs, so that what no longer happens is forgotten."""

OF_EACH_RUN = 4
"""Of these, the most that one run adds: its largest. A long run must not push out all that others have seen."""

MANY = 8
"""Peaks among which the largest one is taken for a freak if it stands alone, and is left out."""

KINDS = 200
"""Kinds kept; those seen least recently go first. A user has a handful, made anew with each version of a library."""

ENOUGH = 4
"""Jobs after which a kind may be charged less than by the table; more needs no more than one."""

MARGIN = 1.1
"""Clips differ: more is charged than was seen."""

LEAST = 1 / 1.5
"""Of the table, which was measured on the densest speech. A worker is ended when it holds half again as much as it was
charged, so that by this one that stays within the table never is, however sparse the speech was that was seen."""


def charge_bytes(table_bytes: int, peaks: Sequence[int]) -> int:
    """What to charge: the table's figure, replaced by what was seen.

    A single freak does no lasting harm: of `MANY` peaks or more the largest is left out.
    """
    if not peaks:
        return table_bytes
    least = table_bytes if len(peaks) < ENOUGH else int(LEAST * table_bytes)
    return max(int(MARGIN * _largest(peaks)[0]), least)


class Costs:
    """The peaks of every kind of job, by a key from `clipforge.store.keys`."""

    def __init__(self, file: Path | None) -> None:
        """``file``: None keeps nothing."""
        self._file = file
        self._known = _read(file) if file is not None else {}
        self._new: dict[str, list[int]] = {}

    def peaks(self, key: str) -> list[int]:
        """Bytes, those of the latest run last; empty where no earlier run had such a job."""
        return self._known.get(key, [])

    def saw(self, key: str, peak_bytes: int) -> None:
        """Note what a job took. Kept on disk by `save`."""
        self._new.setdefault(key, []).append(peak_bytes)

    def save(self) -> None:
        """Add what was seen to what is on disk, where other runs may have added in the meantime. Never raises."""
        if self._file is None or not self._new:
            return
        with suppress(OSError, OutputFailed, TimeoutError):
            private_folder(self._file.parent)
            with locked(self._file.with_name(f"{self._file.name}.lock")):
                known = _read(self._file)
                for key, peaks in self._new.items():
                    # To the end of the file, because seen last.
                    known[key] = [*known.pop(key, ()), *_largest(peaks)[:OF_EACH_RUN]][-KEPT:]
                known = dict(list(known.items())[-KINDS:])
                write_atomic(self._file, json.dumps({"schema": SCHEMA, "peaks": known}).encode("ascii"))
            self._known, self._new = known, {}


def _largest(peaks: Sequence[int]) -> list[int]:
    """The largest first, without a freak."""
    return sorted(peaks, reverse=True)[1 if len(peaks) >= MANY else 0 :]


def _read(file: Path) -> dict[str, list[int]]:
    try:
        found = json.loads(file.read_bytes())
        if found["schema"] != SCHEMA:
            return {}
        return {str(key): [_bytes(peak) for peak in peaks] for key, peaks in found["peaks"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _bytes(peak: object) -> int:
    if not isinstance(peak, int) or isinstance(peak, bool) or not 0 < peak < 2**50:
        raise ValueError(f"no size: {peak!r}")
    return peak
