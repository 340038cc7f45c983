"""Files in the cache: streamed in and out, checked on the way, and never shared with what was restored."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from clipforge.store.cache import DATABASE, MIN_LIMIT_BYTES, Cache, NullCache, StoredFile, VerifyReport
from tests.store import processes

DATA = os.urandom(3_000_001)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def folder(tmp_path: Path, video: Path) -> Path:
    with Cache.open(tmp_path / "cache") as cache:
        cache.put_file("render", "ab", video, work_s=12.5)
        assert cache.notices == []
    return tmp_path / "cache"


def value_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.val")
    return path


def test_a_file_comes_back(folder: Path, tmp_path: Path) -> None:
    with Cache.open(folder) as cache:
        assert cache.get_file("render", "ab", tmp_path / "back.mp4") == StoredFile(len(DATA), 12.5)
        assert (tmp_path / "back.mp4").read_bytes() == DATA
        assert cache.get_file("render", "cd", tmp_path / "none.mp4") is None
        assert not (tmp_path / "none.mp4").exists()
        stats = cache.stats()
        assert (stats.entries, stats.hits, stats.misses, stats.work_saved_s) == ({"render": 1}, 1, 1, 12.5)
        assert stats.bytes > len(DATA)
        assert cache.verify() == VerifyReport(1, 0, 0, 0)


@pytest.mark.parametrize("data", [b"", b"x"])
def test_small_files_too(tmp_path: Path, video: Path, data: bytes) -> None:
    video.write_bytes(data)
    with Cache.open(tmp_path / "cache") as cache:
        cache.put_file("render", "ab", video, work_s=1)
        assert cache.get_file("render", "ab", tmp_path / "back") == StoredFile(len(data), 1)
        assert (tmp_path / "back").read_bytes() == data


def test_whoever_edits_a_restored_file_edits_no_other(folder: Path, tmp_path: Path) -> None:
    with Cache.open(folder) as cache:
        for name in ("one.mp4", "other.mp4"):
            assert cache.get_file("render", "ab", tmp_path / name)
        with (tmp_path / "one.mp4").open("r+b") as file:
            file.write(b"edited")
        assert (tmp_path / "other.mp4").read_bytes() == DATA
        assert cache.verify().bad == 0


def test_a_second_put_replaces_the_first(folder: Path, video: Path, tmp_path: Path) -> None:
    video.write_bytes(b"other")
    with Cache.open(folder) as cache:
        cache.put_file("render", "ab", video, work_s=1)
        assert cache.get_file("render", "ab", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == b"other"
    assert value_file(folder).stat().st_size == 5


@pytest.mark.parametrize("place", [0, 1_500_000, 3_000_000])
def test_a_flipped_bit_is_a_miss_and_nothing_is_restored(folder: Path, tmp_path: Path, place: int) -> None:
    data = bytearray(DATA)
    data[place] ^= 1
    value_file(folder).write_bytes(data)
    with Cache.open(folder) as cache:
        assert cache.get_file("render", "ab", tmp_path / "back") is None
        assert not (tmp_path / "back").exists()
        assert cache.stats().damaged == 1
        assert cache.stats().entries == {}
    assert list(folder.rglob("*.val")) == []


def test_verify_finds_a_flipped_bit(folder: Path) -> None:
    data = bytearray(DATA)
    data[-1] ^= 1
    value_file(folder).write_bytes(data)
    with Cache.open(folder) as cache:
        assert cache.verify() == VerifyReport(1, 1, 1, 0)
        assert cache.verify() == VerifyReport(0, 0, 0, 0)


def test_a_value_file_that_is_a_link_elsewhere(folder: Path, tmp_path: Path, video: Path) -> None:
    path = value_file(folder)
    path.unlink()
    path.symlink_to(video)
    with Cache.open(folder) as cache:
        assert cache.get_file("render", "ab", tmp_path / "back") is None
    assert video.read_bytes() == DATA


def test_a_row_that_names_another_file(folder: Path, tmp_path: Path, video: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute("UPDATE Cache SET filename = '../video.mp4'")
        db.commit()
    with Cache.open(folder) as cache:
        assert cache.get_file("render", "ab", tmp_path / "back") is None
    assert video.read_bytes() == DATA


def test_where_the_copy_cannot_be_written_the_caller_hears_of_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"before")
    with Cache.open(folder) as cache:
        with pytest.raises(FileExistsError):
            cache.get_file("render", "ab", tmp_path / "there")
        with pytest.raises(FileNotFoundError):
            cache.get_file("render", "ab", tmp_path / "none" / "back")
        assert cache.get_file("render", "ab", tmp_path / "back")
    assert (tmp_path / "there").read_bytes() == b"before"


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with Cache.open(tmp_path / "cache") as cache:
        with pytest.raises(FileNotFoundError):
            cache.put_file("render", "ab", tmp_path / "none", work_s=1)
        assert cache.notices == []


def test_more_than_half_the_limit_is_not_kept(tmp_path: Path, video: Path) -> None:
    with Cache.open(tmp_path / "cache", limit_bytes=MIN_LIMIT_BYTES) as cache:
        cache.put("words", "ab", ["kept"], work_s=1)
        cache.put_file("render", "ab", video, work_s=1)
        (notice,) = cache.notices
        assert "too large" in notice
        assert cache.get("words", "ab")
    assert list((tmp_path / "cache").rglob("*.val")) == []


def test_what_a_killed_run_left_is_found_room_for(tmp_path: Path, video: Path) -> None:
    limit = 10 * 2**20
    with Cache.open(tmp_path / "cache", limit_bytes=limit) as cache:
        cache.put("words", "ab", ["kept"], work_s=1)
    orphan = tmp_path / "cache" / "ab" / "cd" / ("e" * 28 + ".val")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(DATA)
    os.utime(orphan, (0, 0))
    with Cache.open(tmp_path / "cache", limit_bytes=limit) as cache:
        for i in range(4):
            cache.put_file("render", f"{i}", video, work_s=1)
    assert not orphan.exists()


FULL = """
import resource, sys
from pathlib import Path
from clipforge.store.cache import Cache
with Cache.open(Path(sys.argv[1])) as cache:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    cache.put_file("render", "cd", Path(sys.argv[2]), work_s=1)
    print(cache.notices)
"""


def test_disk_full(folder: Path, video: Path) -> None:
    before = value_file(folder)
    assert "new results are not kept" in processes.run(FULL, folder, video)
    assert value_file(folder) == before, "nothing is left of what did not fit"


LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from clipforge.store.cache import Cache
folder, source, back = map(Path, sys.argv[1:])
with source.open("wb") as file:
    file.truncate(400_000_000)
with Cache.open(folder) as cache:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cache.put_file("render", "ab", source, work_s=1)
    assert cache.get_file("render", "ab", back)
    assert cache.verify().bad == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak)
"""


def test_memory_does_not_depend_on_the_size(tmp_path: Path) -> None:
    grown = int(processes.run(LITTLE_MEMORY, tmp_path / "cache", tmp_path / "source", tmp_path / "back"))
    assert grown * (1 if os.uname().sysname == "Darwin" else 1024) < 50_000_000


def test_null_cache(tmp_path: Path, video: Path) -> None:
    cache = NullCache()
    cache.put_file("render", "ab", video, work_s=1)
    assert cache.get_file("render", "ab", tmp_path / "back") is None
    assert not cache.keeps
