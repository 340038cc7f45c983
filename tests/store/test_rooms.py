from __future__ import annotations

import stat
from pathlib import Path

import pytest

from clipforge.errors import WorkFolderUnusable
from clipforge.store.rooms import CacheFolder, private_folder, sweep_runs
from tests.store import processes


def test_layout(tmp_path: Path) -> None:
    root = tmp_path / "a" / "root"
    folder = CacheFolder(root)
    assert not root.exists()
    assert folder.prepare() is None
    assert folder.prepare() is None
    assert sorted(path.name for path in root.iterdir()) == ["cache", "locks", "logs", "spool"]
    assert {folder.cache, folder.locks, folder.logs, folder.spool} == set(root.iterdir())
    for path in (root, *root.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_root_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    why = CacheFolder(tmp_path / "file" / "root").prepare()
    assert why
    assert "not a directory" in why


def test_open_folders_are_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_spool_folder_goes_with_the_run(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "root")
    with folder.spool_folder() as one, folder.spool_folder() as other:
        assert one != other
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
        (one / "deep").mkdir()
        (one / "deep" / "samples").write_bytes(b"samples")
        assert sweep_runs(folder.spool) == 0
    assert list(folder.spool.iterdir()) == []


def test_spool_folder_goes_with_a_failing_run(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path)
    with pytest.raises(ZeroDivisionError), folder.spool_folder():
        raise ZeroDivisionError
    assert list(folder.spool.iterdir()) == []


RUN = """
import sys
from pathlib import Path
from clipforge.store.rooms import CacheFolder
with CacheFolder(Path(sys.argv[1])).spool_folder() as spool:
    (spool / "samples").write_bytes(b"samples")
    print(spool, flush=True)
    sys.stdin.read()
"""


def test_folders_of_dead_runs_are_swept(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "root")
    living, dead = processes.start(RUN, folder.root), processes.start(RUN, folder.root)
    assert living.stdout
    assert dead.stdout
    kept, left = Path(living.stdout.readline().strip()), Path(dead.stdout.readline().strip())
    processes.kill(dead)
    assert left.exists()
    not_ours = folder.spool / "something-else"
    not_ours.mkdir()
    with folder.spool_folder():
        assert not left.exists()
        assert (kept / "samples").read_bytes() == b"samples"
        assert not_ours.exists()
    processes.finish(living)
    assert not kept.exists()


def test_sweep_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "clipforge-run-1-aaaa").symlink_to("victim")
    (tmp_path / "clipforge-run-1-file").touch()
    assert sweep_runs(tmp_path) == 0
    assert (tmp_path / "victim").exists()


def test_spool_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = CacheFolder(tmp_path / "file" / "root")
    with pytest.raises(WorkFolderUnusable, match="not a directory"), folder.spool_folder():
        pass
    with pytest.raises(WorkFolderUnusable), folder.spool_folder(otherwise=tmp_path / "none"):
        pass
    (tmp_path / "temp").mkdir()
    with folder.spool_folder(otherwise=tmp_path / "temp") as spool:
        assert spool.parent == tmp_path / "temp"
    assert list((tmp_path / "temp").iterdir()) == []


def test_runs_begin_at_once(tmp_path: Path) -> None:
    """Each sweeps as it begins: none may take another's new folder for a dead one's."""
    code = """
import sys
from pathlib import Path
from clipforge.store.rooms import CacheFolder
for i in range(60):
    with CacheFolder(Path(sys.argv[1])).spool_folder() as spool:
        (spool / "samples").write_bytes(b"samples")
        assert (spool / "samples").read_bytes() == b"samples"
"""
    for run in [processes.start(code, tmp_path) for _ in range(3)]:
        processes.finish(run)
    assert list((tmp_path / "spool").iterdir()) == []
