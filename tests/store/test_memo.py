from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clipforge.store.memo import COARSE_MARGIN_NS, FINE_MARGIN_NS, StatMemo, margin_ns
from clipforge.store.statedb import StateDb

LATER_NS = 10 * COARSE_MARGIN_NS


@pytest.fixture
def memo(tmp_path: Path) -> Iterator[StatMemo]:
    with StateDb.open(tmp_path / "ledger.db") as db:
        yield StatMemo(db)


@pytest.fixture
def clip(tmp_path: Path, memo: StatMemo) -> Path:
    """A file that is remembered."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    memo.remember(path, path.stat(), "digest", began_ns=time.time_ns() + LATER_NS)
    assert memo.lookup(path) == "digest"
    return path


def test_unknown_and_missing(memo: StatMemo, tmp_path: Path) -> None:
    (tmp_path / "new.mp4").touch()
    assert memo.lookup(tmp_path / "new.mp4") is None
    assert memo.lookup(tmp_path / "missing.mp4") is None
    memo.remember(tmp_path / "missing.mp4", tmp_path.stat(), "digest")


def test_outlives_the_run(memo: StatMemo, clip: Path, tmp_path: Path) -> None:
    with StateDb.open(tmp_path / "ledger.db") as db:
        assert StatMemo(db).lookup(clip) == "digest"


def test_relative_and_absolute_paths(clip: Path, memo: StatMemo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    assert memo.lookup(Path("clip.mp4")) == "digest"
    assert memo.lookup(clip.parent / "x" / ".." / "clip.mp4") is None or (clip.parent / "x").exists()


def test_longer(clip: Path, memo: StatMemo) -> None:
    before = clip.stat()
    clip.write_bytes(b"longer")
    os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert memo.lookup(clip) is None


def test_newer(clip: Path, memo: StatMemo) -> None:
    os.utime(clip, ns=(0, clip.stat().st_mtime_ns + 1))
    assert memo.lookup(clip) is None


def test_changed_with_its_time_set_back(clip: Path, memo: StatMemo) -> None:
    """As ``cp -p`` and metadata editors do: same size, same modification time."""
    before = clip.stat()
    deadline = time.monotonic() + 10
    while clip.stat().st_ctime_ns == before.st_ctime_ns:  # until the file system's clock has ticked
        assert time.monotonic() < deadline
        clip.write_bytes(b"CLIP")
        os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (clip.stat().st_size, clip.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert memo.lookup(clip) is None


def test_another_file_in_its_place(clip: Path, memo: StatMemo) -> None:
    before = clip.stat()
    other = clip.with_name("other.mp4")
    other.write_bytes(b"CLIP")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(clip)
    assert memo.lookup(clip) is None


def test_changed_while_it_was_read(memo: StatMemo, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    before = path.stat()
    path.write_bytes(b"longer")
    memo.remember(path, before, "digest", began_ns=time.time_ns() + LATER_NS)
    assert memo.lookup(path) is None


def test_read_too_soon_after_a_change(memo: StatMemo, tmp_path: Path) -> None:
    """Another change in the same tick of the file system's clock would keep size and times."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    changed_ns = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    memo.remember(path, path.stat(), "digest", began_ns=changed_ns + margin_ns(changed_ns) - 1)
    assert memo.lookup(path) is None
    memo.remember(path, path.stat(), "digest", began_ns=changed_ns + margin_ns(changed_ns))
    assert memo.lookup(path) == "digest"


def test_file_from_the_future_is_not_trusted(memo: StatMemo, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    os.utime(path, ns=(0, time.time_ns() + 86_400 * 10**9))
    memo.remember(path, path.stat(), "digest")
    assert memo.lookup(path) is None


def test_margin_is_wide_where_times_may_be_coarse() -> None:
    assert margin_ns(1_700_000_000 * 10**9) == COARSE_MARGIN_NS
    assert margin_ns(1_700_000_000 * 10**9 + 10_000_000) == FINE_MARGIN_NS


def test_name_that_is_not_text(memo: StatMemo, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n'\"--.mp4"))
    path.write_bytes(b"clip")
    memo.remember(path, path.stat(), "digest", began_ns=time.time_ns() + LATER_NS)
    assert memo.lookup(path) == "digest"
