"""Surroundings in which there can be no cache: it is passed by with one notice, and nothing fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clipforge.store.cache import DATABASE, Cache, CacheStats, VerifyReport
from tests.store import processes


def passed_by(cache: Cache) -> str:
    """The one notice of a cache that does nothing."""
    for i in range(300):
        cache.put("words", f"{i}", ["a"], work_s=1)
        assert cache.get("words", f"{i}") is None
    assert cache.stats() == CacheStats({}, 0, cache.limit_bytes, 0, 0, 0, 0.0, 0.0)
    assert cache.verify() == VerifyReport(0, 0, 0, 0)
    assert cache.clear() == 0
    cache.close()
    (notice,) = cache.notices
    return notice


def test_folder_below_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "not a directory" in passed_by(Cache.open(tmp_path / "file" / "cache"))


def test_database_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cache" / DATABASE).mkdir(parents=True)
    assert "unable to open" in passed_by(Cache.open(tmp_path / "cache"))


def test_path_that_reads_like_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELSEWHERE", str(tmp_path / "elsewhere"))
    assert "variable" in passed_by(Cache.open(tmp_path / "$ELSEWHERE"))


def test_folder_of_another_user() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    with processes.ordinary_user() as folder:
        os.seteuid(0)
        (folder / "cache").mkdir(mode=0o777)
        (folder / "cache").chmod(0o777)
        os.seteuid(processes.NOBODY)
        assert "another user" in passed_by(Cache.open(folder / "cache"))


def test_new_cache_in_a_read_only_folder() -> None:
    import clipforge.store.table  # noqa: F401  # read as root: an ordinary user may not reach the library

    with processes.ordinary_user() as folder:
        folder.chmod(0o500)
        assert "permission denied" in passed_by(Cache.open(folder / "cache"))
        folder.chmod(0o700)


def test_filled_cache_in_a_read_only_folder() -> None:
    import clipforge.store.table  # noqa: F401  # as above

    with processes.ordinary_user() as folder:
        path = folder / "cache"
        with Cache.open(path) as cache:
            cache.put("words", "a", ["a"], work_s=1)
        for file in path.iterdir():
            file.chmod(0o400)
        path.chmod(0o500)
        cache = Cache.open(path)
        cache.put("words", "b", ["b"], work_s=1)
        cache.get("words", "a")
        cache.close()
        assert len(cache.notices) == 1
        path.chmod(0o700)


FULL = """
import resource, sys
from pathlib import Path
from clipforge.store.cache import Cache
folder, limit, before = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "before"
if before:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
cache = Cache.open(folder)
cache.put("words", "first", ["first"], work_s=1)
if not before:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
for i in range(100):
    cache.put("words", f"{i}", ["x" * int(sys.argv[4])], work_s=1)
print(sum(cache.get("words", f"{i}") is not None for i in range(100)))
print(cache.get("words", "first"))
cache.stats()
cache.verify()
cache.close()
print(len(cache.notices), *cache.notices)
"""


@pytest.mark.parametrize("limit", [0, 1, 100, 4096, 10_000, 30_000])
def test_disk_full_when_the_cache_is_made(tmp_path: Path, limit: int) -> None:
    """A file-size limit stands for the full disk: SQLite's writes fail as they do there."""
    kept, first, notice = processes.run(FULL, tmp_path / "cache", limit, "before", 2000).splitlines()
    assert (kept, first) == ("0", "None")
    assert notice.startswith("1 going on without the cache")
    with Cache.open(tmp_path / "cache") as cache:
        cache.put("words", "a", ["a"], work_s=1)
        assert cache.get("words", "a")
        assert cache.notices == []


@pytest.mark.parametrize("length", [2_000, 300_000])
def test_disk_full_in_use(tmp_path: Path, length: int) -> None:
    """What is there can still be read, what is new is not kept, and no part of a value stays behind."""
    kept, first, notice = processes.run(FULL, tmp_path / "cache", 200_000, "after", length).splitlines()
    assert int(kept) < 100
    assert "first" in first
    assert notice.startswith("1 new results are not kept")
    with Cache.open(tmp_path / "cache") as cache:
        assert cache.get("words", "first")
        assert cache.verify().bad == 0
        assert cache.notices == []
        assert list((tmp_path / "cache").rglob("*.val")) == []
