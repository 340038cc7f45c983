"""What a disk, a crash or a stranger does to a cache: a miss or a new database, never a wrong word or their code."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.store.cache import DATABASE, Cache, Entry, VerifyReport
from tests.store import processes

SMALL, LARGE = ["small"], ["x" * 100_000]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache with ten small entries in the database and one large one in a file."""
    with Cache.open(tmp_path / "cache") as cache:
        for i in range(10):
            cache.put("words", f"{i}", [*SMALL, i, "y" * 2000], work_s=1)
        cache.put("manifest", "large", LARGE, work_s=1)
    return tmp_path / "cache"


@contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        yield connection
        connection.commit()


def value_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.val")
    return path


def missed(folder: Path, kind: str, key: str) -> None:
    """The entry is a miss that is counted, its row goes, and nothing else is touched."""
    with Cache.open(folder) as cache:
        before = cache.stats()
        assert cache.get(kind, key) is None
        after = cache.stats()
        assert (after.misses, after.damaged) == (before.misses + 1, before.damaged + 1)
        assert sum(after.entries.values()) == sum(before.entries.values()) - 1
        cache.put(kind, key, ["again"], work_s=1)
        assert cache.get(kind, key)
        assert cache.notices == []


def begun_anew(folder: Path) -> None:
    """The database was set aside with a notice, and the cache works."""
    with Cache.open(folder) as cache:
        assert cache.get("words", "1") is None
        assert cache.get("manifest", "large") is None
        cache.put("words", "1", SMALL, work_s=1)
        assert cache.get("words", "1")
        (notice,) = cache.notices
        assert f"{DATABASE}.broken-1" in notice
        assert cache.verify() == VerifyReport(1, 0, 0, 0)
    assert (folder / f"{DATABASE}.broken-1").exists()
    assert list(folder.rglob("*.val")) == []
    with Cache.open(folder) as cache:
        assert cache.get("words", "1")
        assert cache.notices == []


@pytest.mark.parametrize("place", [0, 50_000, 100_003])
def test_bit_flip_in_a_value_file(folder: Path, place: int) -> None:
    data = bytearray(value_file(folder).read_bytes())
    data[place] ^= 1
    value_file(folder).write_bytes(data)
    missed(folder, "manifest", "large")
    assert len(list(folder.rglob("*.val"))) == 0


def test_truncated_value_file(folder: Path) -> None:
    os.truncate(value_file(folder), 5_000)
    missed(folder, "manifest", "large")


def test_missing_value_file(folder: Path) -> None:
    value_file(folder).unlink()
    missed(folder, "manifest", "large")


def test_value_file_that_is_a_folder(folder: Path) -> None:
    path = value_file(folder)
    path.unlink()
    path.mkdir()
    missed(folder, "manifest", "large")


def test_bit_flip_in_a_value_in_the_database(folder: Path) -> None:
    with database(folder) as db:
        ((value,),) = db.execute("SELECT value FROM Cache WHERE key = 'words/3'")
        db.execute("UPDATE Cache SET value = ? WHERE key = 'words/3'", (value.replace(b"small", b"smalm"),))
    missed(folder, "words", "3")


def test_changed_seconds_of_work(folder: Path) -> None:
    with database(folder) as db:
        db.execute("UPDATE Cache SET tag = replace(tag, '1.000', '9.000') WHERE key = 'words/3'")
    missed(folder, "words", "3")


def test_value_under_another_key(folder: Path) -> None:
    with database(folder) as db:
        db.execute("DELETE FROM Cache WHERE key = 'words/4'")
        db.execute("UPDATE Cache SET key = 'words/4' WHERE key = 'words/3'")
    missed(folder, "words", "4")


def test_bit_flips_in_the_file_under_a_value(folder: Path) -> None:
    """One bit in the page that holds an entry's text, as a bad disk would flip it."""
    data = bytearray((folder / DATABASE).read_bytes())
    place = data.index(b'["small",3,"yyy') + 20
    data[place] ^= 1
    (folder / DATABASE).write_bytes(data)
    missed(folder, "words", "3")


def test_tag_that_is_no_text_any_more(folder: Path) -> None:
    with database(folder) as db:
        db.execute("UPDATE Cache SET tag = CAST(x'ff' || tag AS TEXT) WHERE key = 'words/3'")
    missed(folder, "words", "3")
    with Cache.open(folder) as cache:
        assert cache.stats().entries == {"manifest": 1, "words": 10}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine") / "cache"
    with Cache.open(folder) as cache:
        for i in range(10):
            cache.put("words", f"{i}", [*SMALL, i, "y" * 500], work_s=1)
            cache.get("words", f"{i}")
    return folder


@settings(deadline=None, max_examples=40)
@given(
    flips=st.lists(st.tuples(st.integers(0, 4095) | st.integers(0, 2**20), st.integers(0, 7)), min_size=1, max_size=4)
)
def test_any_flipped_bits(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    """Whatever bits flip in the database: right words or none, and a cache that works in the end."""
    folder = tmp_path_factory.mktemp("flipped") / "cache"
    shutil.copytree(pristine, folder)
    data = bytearray((folder / DATABASE).read_bytes())
    for place, bit in flips:
        data[place % len(data)] ^= 1 << bit
    (folder / DATABASE).write_bytes(data)
    with Cache.open(folder) as cache:
        for i in range(10):
            entry = cache.get("words", f"{i}")
            assert entry in (None, Entry([*SMALL, i, "y" * 500], 1.0))
        for i in range(3):
            cache.put("words", "new", [i], work_s=1)
        cache.stats()
        cache.verify()
        assert cache.verify().bad == 0
        cache.put("words", "last", SMALL, work_s=1)
        assert cache.get("words", "last")


@pytest.mark.parametrize("size", [0, 1, 99, 100, 511, 1000, 4096, 5000, 40_000])
def test_truncated_database(folder: Path, size: int) -> None:
    assert (folder / DATABASE).stat().st_size > 40_000
    os.truncate(folder / DATABASE, size)
    begun_anew(folder)


@pytest.mark.parametrize(
    "garbage", [b"not a database, but text\n" * 1000, b"\0" * 8192, os.urandom(8192)], ids=["text", "zeros", "noise"]
)
def test_garbage_for_a_database(folder: Path, garbage: bytes) -> None:
    (folder / DATABASE).write_bytes(garbage)
    begun_anew(folder)


def test_another_programs_database(folder: Path) -> None:
    (folder / DATABASE).unlink()
    with database(folder) as db:
        db.execute("CREATE TABLE Settings (id INTEGER, name TEXT)")
        db.execute("CREATE TABLE Bookmarks (url TEXT)")
    begun_anew(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("disk_unknown", 1),
        ("get", "text"),
        ("sqlite_synchronous", "1; ATTACH 'x' AS y"),
        ("sqlite_temp_store_directory", "x"),
    ],
)
def test_planted_settings(folder: Path, name: str, value: object) -> None:
    with database(folder) as db:
        db.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, value))
    begun_anew(folder)


def test_damage_that_shows_only_in_use(folder: Path) -> None:
    """The first page is sound, so opening finds nothing: the pages behind it are not."""
    with (folder / DATABASE).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(b"\xaa" * (size - 4096))
    with Cache.open(folder) as cache:
        for i in range(10):
            assert cache.get("words", f"{i}") is None
        cache.put("words", "1", SMALL, work_s=1)
        assert cache.get("words", "1")
        assert len(cache.notices) == 1
        assert "set aside" in cache.notices[0]


def test_damage_that_no_check_finds(folder: Path) -> None:
    """A trigger that names a table which is not there: the pages are sound, yet nothing can be put."""
    with database(folder) as db:
        db.execute("CREATE TRIGGER broken AFTER INSERT ON Cache BEGIN UPDATE Sedtings SET value = 1; END")
    with Cache.open(folder) as cache:
        for _ in range(3):
            cache.put("words", "new", SMALL, work_s=1)
        assert cache.get("words", "new")
        (notice,) = cache.notices
        assert "set aside" in notice


def test_database_that_vanishes_in_use(folder: Path) -> None:
    with Cache.open(folder) as cache:
        (folder / DATABASE).unlink()
        cache.get("words", "1")
        cache.put("words", "2", SMALL, work_s=1)
        cache.verify()
        cache.stats()


def test_no_more_than_three_broken_databases_stay(folder: Path) -> None:
    for _ in range(5):
        (folder / DATABASE).write_bytes(b"garbage" * 1000)
        Cache.open(folder).close()
    assert sorted(path.name for path in folder.glob("*.broken-*")) == [f"{DATABASE}.broken-{n}" for n in (3, 4, 5)]
    with Cache.open(folder) as cache:
        cache.clear()
    assert list(folder.glob("*.broken-*")) == []


OPENER = """
import sys
from pathlib import Path
from clipforge.store.cache import Cache
with Cache.open(Path(sys.argv[1])) as cache:
    cache.put("words", sys.argv[2], ["new"], work_s=1)
    assert cache.get("words", sys.argv[2])
    print(len(cache.notices))
"""


def test_processes_find_the_damage_at_once(folder: Path) -> None:
    """One sets the database aside, the others go on with the new one."""
    (folder / DATABASE).write_bytes(b"garbage" * 1000)
    openers = [processes.start(OPENER, folder, me) for me in "abc"]
    assert sorted(int(processes.finish(opener)) for opener in openers) == [0, 0, 1]
    with Cache.open(folder) as cache:
        assert cache.stats().entries == {"words": 3}
    assert len(list(folder.glob("*.broken-*"))) == 1


class Canary:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("mode", [4, 3, 2, 1, 0, 99])
@pytest.mark.parametrize("in_file", [False, True])
def test_planted_pickle_runs_nothing(folder: Path, tmp_path: Path, mode: int, in_file: bool) -> None:
    canary = tmp_path / "canary"
    data = pickle.dumps(Canary(canary))
    if in_file:
        value_file(folder).write_bytes(data)
    with database(folder) as db:
        if in_file:
            db.execute("UPDATE Cache SET mode = ? WHERE key = 'manifest/large'", (mode,))
        else:
            db.execute(
                "UPDATE Cache SET mode = ?, value = ?, filename = NULL WHERE key = 'manifest/large'", (mode, data)
            )
    missed(folder, "manifest", "large")
    assert not canary.exists()
    # So that a canary that cannot sing does not make this test pass:
    pickle.loads(data)  # noqa: S301
    assert canary.exists()


def test_planted_pickled_key_runs_nothing(folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    with database(folder) as db:
        db.execute(
            "INSERT INTO Cache (key, raw, access_time, size, mode, value) VALUES (?, 0, 0, 0, 4, ?)",
            (pickle.dumps(Canary(canary)), pickle.dumps(Canary(canary))),
        )
    with Cache.open(folder) as cache:
        assert cache.stats().entries == {"?": 1, "manifest": 1, "words": 10}
        assert cache.verify() == VerifyReport(checked=12, bad=1, removed=1, repaired=0)
        assert cache.clear() == 11
    assert not canary.exists()


@pytest.mark.parametrize("absolute", [False, True])
def test_planted_file_name_reads_and_removes_nothing(folder: Path, tmp_path: Path, absolute: bool) -> None:
    victim = tmp_path / "victim.txt"
    value_file(folder).rename(victim)  # the very bytes, so that only the place speaks against it
    before = victim.read_bytes()
    with database(folder) as db:
        name = str(victim) if absolute else "../victim.txt"
        db.execute("UPDATE Cache SET filename = ? WHERE key = 'manifest/large'", (name,))
    missed(folder, "manifest", "large")
    assert victim.read_bytes() == before


def test_verify_removes_what_is_bad_and_mends_the_rest(folder: Path) -> None:
    value_file(folder).write_bytes(b"[1]")
    orphan = folder / "ab" / "cd" / f"{'0' * 28}.val"
    young = folder / "ab" / "cd" / f"{'1' * 28}.val"
    orphan.parent.mkdir(parents=True)
    orphan.touch()
    young.touch()
    os.utime(orphan, (1, 1))
    with database(folder) as db:
        db.execute("UPDATE Cache SET value = x'5b5d' WHERE key IN ('words/3', 'words/4')")
        db.execute("UPDATE Settings SET value = 7 WHERE key = 'count'")
    with Cache.open(folder) as cache:
        assert cache.verify() == VerifyReport(checked=11, bad=3, removed=3, repaired=2)
        assert cache.verify() == VerifyReport(checked=8, bad=0, removed=0, repaired=0)
        assert [i for i in range(10) if cache.get("words", f"{i}")] == [0, 1, 2, 5, 6, 7, 8, 9]
    assert not orphan.exists()
    assert young.exists()


def test_verify_begins_a_broken_database_anew(folder: Path) -> None:
    with Cache.open(folder) as cache:
        assert cache.get("words", "1")
    with (folder / DATABASE).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(size - 4096 * 3)
        file.write(b"\xaa" * 4096 * 3)
    with Cache.open(folder) as cache:
        report = cache.verify()
        assert report.repaired == 1
        assert report.checked == 0
        assert "set aside" in cache.notices[0]
