from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clipforge.errors import ClipUnreadable
from clipforge.media.samples import read_window


def test_reads_that_stretch_only(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    np.array([0, 16384, -32768, 32767, 5], "<i2").tofile(spool)
    window = read_window(spool, 1, 4)
    assert window.dtype == np.float32
    assert window.tolist() == [0.5, -1.0, 32767 / 32768]


def test_a_spool_that_is_too_short_or_gone(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_bytes(bytes(20))
    with pytest.raises(ClipUnreadable, match="2 of 4 samples from 8"):
        read_window(spool, 8, 12)
    with pytest.raises(ClipUnreadable, match="cannot read the spool"):
        read_window(tmp_path / "gone", 0, 4)
