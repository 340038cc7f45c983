"""The spool: a clip's sound as a headerless file of 16 kHz mono s16le, read a window at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clipforge.errors import ClipUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
SAMPLE_BYTES = 2  # s16le


def read_window(spool: Path, window_start: int, window_end: int) -> NDArray[np.float32]:
    """The samples from ``window_start`` up to ``window_end`` (positions at 16 kHz), and nothing else of the spool.

    Returns shape (window_end - window_start,), float32, -1 to 1. Raises `ClipUnreadable` where the spool is gone or
    ends too early.
    """
    import numpy as np

    count = window_end - window_start
    try:
        raw = np.fromfile(spool, dtype="<i2", count=count, offset=window_start * SAMPLE_BYTES)
    except OSError as e:
        raise ClipUnreadable(spool, f"cannot read the spool: {e.strerror or e}") from e
    if len(raw) != count:
        raise ClipUnreadable(spool, f"the spool holds {len(raw)} of {count} samples from {window_start}")
    return raw.astype(np.float32) / 32768.0
