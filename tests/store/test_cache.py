from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.store.cache import DATABASE, MIN_LIMIT_BYTES, Cache, Entry, NullCache, ResultCache
from tests.store import processes

LIMIT = MIN_LIMIT_BYTES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def filled(folder: Path, count: int, *, kilobytes: int = 1) -> Cache:
    cache = Cache.open(folder, limit_bytes=LIMIT)
    for i in range(count):
        cache.put("words", f"{i:x}", {"n": i, "pad": "x" * kilobytes * 1024}, work_s=1)
    return cache


def kept(cache: Cache, count: int) -> list[int]:
    return [i for i in range(count) if cache.get("words", f"{i:x}")]


def test_what_is_put_can_be_got(folder: Path) -> None:
    with Cache.open(folder) as cache:
        cache.put("words", "ab", {"words": [["Grüße", 0, 300, None]]}, work_s=2.5)
        assert cache.get("words", "ab") == Entry({"words": [["Grüße", 0, 300, None]]}, 2.5)
        assert cache.get("words", "cd") is None
        assert cache.get("manifest", "ab") is None
        assert cache.notices == []
    with Cache.open(folder) as cache:
        assert cache.get("words", "ab") == Entry({"words": [["Grüße", 0, 300, None]]}, 2.5)


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    with Cache.open(tmp_path_factory.mktemp("shared") / "cache") as cache:
        yield cache


@settings(deadline=None)
@given(data=st.lists(JSON) | st.dictionaries(st.text(), JSON))
def test_data_comes_back_as_it_was(shared_cache: Cache, data: Any) -> None:
    shared_cache.put("words", "ab", data, work_s=1)
    entry = shared_cache.get("words", "ab")
    assert entry
    assert entry.data == data


def test_a_second_put_replaces_the_first(folder: Path) -> None:
    with Cache.open(folder) as cache:
        cache.put("words", "ab", ["x" * 100_000], work_s=1)
        cache.put("words", "ab", ["short"], work_s=2)
        assert cache.get("words", "ab") == Entry(["short"], 2.0)
        assert list(folder.rglob("*.val")) == []


def test_large_values_lie_in_files(folder: Path) -> None:
    with Cache.open(folder) as cache:
        cache.put("manifest", "ab", ["x" * 100_000, "\r\n"], work_s=1)
        assert len(list(folder.rglob("*.val"))) == 1
        entry = cache.get("manifest", "ab")
        assert entry
        assert entry.data == ["x" * 100_000, "\r\n"]


def test_only_the_user_can_enter(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    Cache.open(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_stats_outlive_the_run(folder: Path) -> None:
    for _ in range(2):
        with Cache.open(folder) as cache:
            cache.put("words", "a", ["a"], work_s=2)
            cache.put("words", "b", ["b"], work_s=3)
            cache.put("manifest", "a", ["a"], work_s=0.5)
            assert cache.get("words", "a")
            assert cache.get("words", "a")
            assert not cache.get("words", "c")
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        stats = cache.stats()
    assert stats.entries == {"manifest": 1, "words": 2}
    assert (stats.hits, stats.misses, stats.damaged) == (4, 2, 0)
    assert (stats.work_kept_s, stats.work_saved_s) == (5.5, 8.0)
    assert stats.limit_bytes == LIMIT
    assert 0 < stats.bytes < LIMIT


def test_counts_are_written_without_a_close(folder: Path) -> None:
    cache = Cache.open(folder)
    for i in range(600):
        cache.get("words", f"{i:x}")
    with Cache.open(folder) as other:
        assert other.stats().misses == 512
    cache.close()


def test_clear(folder: Path) -> None:
    with Cache.open(folder) as cache:
        cache.put("words", "a", ["a"], work_s=2)
        cache.put("words", "b", ["b" * 100_000], work_s=2)
        cache.get("words", "a")
        assert cache.clear() == 2
        assert cache.get("words", "a") is None
        cache.put("words", "a", ["a"], work_s=2)
        assert cache.get("words", "a")
        assert list(folder.rglob("*.val")) == []
        stats = cache.stats()
    assert (stats.entries, stats.hits, stats.misses) == ({"words": 1}, 1, 1)


def test_limit_holds_and_the_oldest_go(folder: Path) -> None:
    with filled(folder, 300, kilobytes=8) as cache:
        assert cache.stats().bytes <= LIMIT
        there = kept(cache, 300)
        assert there == list(range(there[0], 300))
        assert len(there) > 60


def test_what_is_used_stays(folder: Path) -> None:
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        for i in range(300):
            cache.put("words", f"{i:x}", ["x" * 8192], work_s=1)
            assert cache.get("words", "0")
        there = kept(cache, 300)
        assert there == [0, *range(there[1], 300)]
        assert len(there) < 200


def test_order_of_use_outlives_the_run(folder: Path) -> None:
    with filled(folder, 80, kilobytes=8):
        pass
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        assert cache.get("words", "0")
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        for i in range(100, 160):
            cache.put("words", f"{i:x}", ["x" * 8192], work_s=1)
        assert cache.get("words", "0")
        assert not cache.get("words", "1")


def test_one_large_item_does_not_empty_the_cache(folder: Path) -> None:
    with filled(folder, 50) as cache:
        cache.put("manifest", "large", ["x" * (LIMIT + 1)], work_s=9)
        cache.put("manifest", "half", ["x" * (LIMIT // 2 + 1)], work_s=9)
        assert cache.get("manifest", "large") is None
        assert cache.get("manifest", "half") is None
        assert kept(cache, 50) == list(range(50))
        assert len(cache.notices) == 1
        assert "too large" in cache.notices[0]


def test_a_large_item_makes_only_the_room_it_needs(folder: Path) -> None:
    with filled(folder, 20, kilobytes=40) as cache:
        cache.put("manifest", "large", ["x" * (LIMIT // 2 - 100)], work_s=9)
        assert cache.get("manifest", "large")
        there = kept(cache, 20)
        assert there == list(range(there[0], 20))
        assert 9 <= len(there) < 13


def test_a_clock_that_was_a_day_ahead_evicts_nothing_early(folder: Path) -> None:
    """As after a run at a time when the clock was wrong: what came later must still count as newer."""
    with filled(folder, 80, kilobytes=8):
        pass
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("UPDATE Cache SET access_time = access_time + 86400")
        database.commit()
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        for i in range(100, 140):
            cache.put("words", f"{i:x}", ["x" * 8192], work_s=1)
        assert kept(cache, 200)[-40:] == list(range(100, 140))


def test_nothing_expires(folder: Path) -> None:
    with filled(folder, 3):
        pass
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("UPDATE Cache SET access_time = 1, store_time = 1")
        database.commit()
        assert database.execute("SELECT COUNT(*) FROM Cache WHERE expire_time IS NOT NULL").fetchone() == (0,)
    with Cache.open(folder, limit_bytes=LIMIT) as cache:
        assert kept(cache, 3) == [0, 1, 2]


def test_null_cache_keeps_nothing() -> None:
    cache: ResultCache = NullCache()
    cache.put("words", "a", ["a"], work_s=1)
    assert cache.get("words", "a") is None
    assert cache.notices == []
    cache.close()


WRITER = """
import sys
from pathlib import Path
from clipforge.store.cache import Cache
me, count = sys.argv[2], int(sys.argv[3])
with Cache.open(Path(sys.argv[1])) as cache:
    for i in range(count):
        cache.put("words", f"{i:x}", {"n": i, "pad": "x" * (40_000 if i % 5 == 0 else 2_000)}, work_s=1)
        cache.put("words", f"{me}-{i:x}", {"n": i}, work_s=1)
        entry = cache.get("words", f"{i:x}")
        assert entry and entry.data["n"] == i, (i, entry)
    assert cache.notices == [], cache.notices
"""


def test_processes_write_at_once(folder: Path) -> None:
    """They also all make the database: none may take it for damaged while another is at it."""
    writers = [processes.start(WRITER, folder, me, 40) for me in "abcd"]
    for writer in writers:
        processes.finish(writer)
    with Cache.open(folder) as cache:
        assert kept(cache, 40) == list(range(40))
        assert cache.stats().entries == {"words": 200}
        report = cache.verify()
        assert (report.checked, report.bad, report.repaired) == (200, 0, 0)
    assert len(list(folder.rglob("*.val"))) == 8


FOREVER = """
import itertools, sys
from pathlib import Path
from clipforge.store.cache import Cache
cache = Cache.open(Path(sys.argv[1]))
for i in itertools.count():
    cache.put("words", f"{i:x}", {"n": i, "pad": "x" * (40_000 if i % 2 else 2_000)}, work_s=1)
    print(i, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_put(folder: Path) -> None:
    writer = processes.start(FOREVER, folder)
    assert writer.stdout
    done = [int(writer.stdout.readline()) for _ in range(25)]
    processes.kill(writer)
    with Cache.open(folder) as cache:
        assert kept(cache, 25) == done
        assert cache.verify().bad == 0
        assert cache.notices == []
