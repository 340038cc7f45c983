from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from clipforge.errors import OutputFailed
from clipforge.store.files import Folders, folder_id, sweep, write_atomic
from tests.store import processes


def only(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("data", [b"", b"text\n", bytes(range(256)) * 20_000])
def test_writes_and_replaces(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "clip.srt"
    for _ in range(2):
        assert os.path.samestat(write_atomic(path, data), path.stat())
        assert path.read_bytes() == data
    assert write_atomic(path, b"other") == path.stat()
    assert path.read_bytes() == b"other"
    assert only(tmp_path) == ["clip.srt"]


def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomic(Path("clip.srt"), b"text")
    assert only(tmp_path) == ["clip.srt"]


@pytest.mark.parametrize("name", ["x" * 255, "-rf", "a b'\"\n*.srt", "🎬.srt", os.fsdecode(b"\xff.srt")])
def test_any_name(tmp_path: Path, name: str) -> None:
    write_atomic(tmp_path / name, b"text")
    assert only(tmp_path) == [name]


def test_permissions(tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    mask = os.umask(0o027)
    try:
        write_atomic(path, b"text")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write_atomic(path, b"text")
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(mask)


def test_owner_is_kept_by_root(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = tmp_path / "clip.srt"
    path.touch()
    os.chown(path, processes.NOBODY, processes.NOBODY)
    write_atomic(path, b"text")
    assert (path.stat().st_uid, path.stat().st_gid) == (processes.NOBODY, processes.NOBODY)


def refused(path: Path, why: str) -> None:
    with pytest.raises(OutputFailed, match=why) as caught:
        write_atomic(path, b"text")
    assert caught.value.path == path


def test_name_too_long(tmp_path: Path) -> None:
    refused(tmp_path / ("x" * 256), "name is too long")
    assert only(tmp_path) == []


def test_no_folder(tmp_path: Path) -> None:
    refused(tmp_path / "none" / "clip.srt", "folder does not exist")
    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "clip.srt", "not a folder")


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "folder", "not a regular file")
    refused(tmp_path / "pipe", "not a regular file")
    assert only(tmp_path) == ["folder", "pipe"]


def test_read_only_folder() -> None:
    with processes.ordinary_user() as folder:
        folder.chmod(0o500)
        refused(folder / "clip.srt", "permission denied")
        folder.chmod(0o700)
        assert only(folder) == []


FULL = """
import resource, sys
from pathlib import Path
from clipforge.errors import OutputFailed
from clipforge.store.files import write_atomic
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_atomic(Path(sys.argv[1]), b"x" * 10_001)
except OutputFailed as error:
    print(error)
write_atomic(Path(sys.argv[1]), b"x" * 10_000)
"""


def test_disk_full(tmp_path: Path) -> None:
    """What was there stays as it was, and no part of the new file is left behind."""
    path = tmp_path / "clip.srt"
    path.write_bytes(b"before")
    told = processes.run(FULL.rpartition("write_atomic")[0], path)
    assert "could not write" in told
    assert "larger than the system allows" in told
    assert path.read_bytes() == b"before"
    assert only(tmp_path) == ["clip.srt"]
    processes.run(FULL, path)
    assert path.stat().st_size == 10_000


def test_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "victim").write_bytes(b"before")
    (tmp_path / "out" / "clip.srt").symlink_to(tmp_path / "victim")
    (tmp_path / "out" / "dangling.srt").symlink_to("../new")
    refused(tmp_path / "out" / "clip.srt", "symbolic link to .*victim")
    refused(tmp_path / "out" / "dangling.srt", "symbolic link to")
    assert (tmp_path / "victim").read_bytes() == b"before"
    assert only(tmp_path) == ["out", "victim"]


def test_link_within_the_folder(tmp_path: Path) -> None:
    (tmp_path / "link.srt").symlink_to("clip.srt")
    write_atomic(tmp_path / "link.srt", b"text")
    assert (tmp_path / "clip.srt").read_bytes() == b"text"
    assert (tmp_path / "link.srt").is_symlink()


def test_folder_that_is_a_link(tmp_path: Path) -> None:
    """Given so by the user, it is theirs to choose."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link" / "clip.srt", b"text", folder=folder_id(tmp_path / "link"))
    assert (tmp_path / "real" / "clip.srt").read_bytes() == b"text"


def test_folder_replaced_during_the_run(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    known = folder_id(out)
    write_atomic(out / "a.srt", b"text", folder=known)
    out.rename(tmp_path / "moved")
    out.symlink_to(elsewhere)
    with pytest.raises(OutputFailed, match="folder was replaced"):
        write_atomic(out / "b.srt", b"text", folder=known)
    assert only(elsewhere) == []


def test_folders_are_made_once_needed(tmp_path: Path) -> None:
    folders = Folders()
    path = tmp_path / "a" / "b" / "clip.srt"
    folders.look(path.parent)
    assert only(tmp_path) == []
    assert folders.ready(path) == folder_id(path.parent)
    assert folders.ready(path) == folder_id(path.parent)
    assert folders.ready(tmp_path / "other" / "clip.srt") == folder_id(tmp_path / "other")


def test_folders_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = Folders()
    for path in (Path("clip.srt"), Path("out/day/clip.srt"), Path("../up/clip.srt")):
        folders.look(path.parent)
        assert folders.ready(path) == folder_id(path.parent)
    assert (tmp_path.parent / "up").is_dir()


def test_a_folder_that_another_run_makes_is_taken(tmp_path: Path) -> None:
    folders = Folders()
    folders.look(tmp_path / "out" / "day")
    (tmp_path / "out").mkdir()
    assert folders.ready(tmp_path / "out" / "day" / "clip.srt") == folder_id(tmp_path / "out" / "day")


@pytest.mark.parametrize("there_before", [True, False])
def test_a_link_in_the_place_of_a_folder(tmp_path: Path, there_before: bool) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (elsewhere / "day").mkdir(parents=True)
    if there_before:
        (out / "day").mkdir(parents=True)
    folders = Folders()
    folders.look(out / "day")
    if there_before:
        out.rename(tmp_path / "moved")
    out.symlink_to(elsewhere)
    folders.look(out / "day")
    with pytest.raises(OutputFailed, match=r"replaced while|become a symbolic link"):
        folders.ready(out / "day" / "clip.srt")
    with pytest.raises(OutputFailed, match=r"replaced while|become a symbolic link"):
        folders.ready(out / "day" / "clip.srt")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folders = Folders()
    folders.look(tmp_path / "out")
    (tmp_path / "out").rmdir()
    with pytest.raises(OutputFailed, match="does not exist"):
        folders.ready(tmp_path / "out" / "clip.srt")


WRITER = """
import sys, threading
from pathlib import Path
from clipforge.store import files
def stuck(fd): print("writing", flush=True); sys.stdin.read()
files.os.fsync = stuck
files.write_atomic(Path(sys.argv[1]), b"text")
"""


def test_sweep_removes_what_the_dead_left(tmp_path: Path) -> None:
    """Two processes stand still in the middle of writing; one of them is killed."""
    living, dead = (processes.start(WRITER, tmp_path / f"{name}.srt") for name in ("living", "dead"))
    for writer in (living, dead):
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
    (tmp_path / ".clipforge-notes.txt").touch()
    (tmp_path / ".clipforge-1-folder.tmp").mkdir()
    (tmp_path / ".clipforge-1-link.tmp").symlink_to("dead.srt")
    assert len(list(tmp_path.glob(".clipforge-*-????????.tmp"))) == 2
    processes.kill(dead)
    assert sweep(tmp_path) == 1
    assert sweep(tmp_path) == 0
    assert living.stdin
    processes.finish(living)
    assert (tmp_path / "living.srt").read_bytes() == b"text"
    assert only(tmp_path) == [".clipforge-1-folder.tmp", ".clipforge-1-link.tmp", ".clipforge-notes.txt", "living.srt"]


def test_sweep_while_others_write(tmp_path: Path) -> None:
    """A temporary file that is swept between its making and its lock is made again."""
    code = """
import sys
from pathlib import Path
from clipforge.store.files import write_atomic
for i in range(60):
    write_atomic(Path(sys.argv[1]) / f"{i % 7}.srt", b"%d" % i)
"""
    writer = processes.start(code, tmp_path)
    while writer.poll() is None:
        sweep(tmp_path)
    processes.finish(writer)
    assert only(tmp_path) == [f"{i}.srt" for i in range(7)]


def test_sweep_of_no_folder(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == 0
    assert only(tmp_path) == []


def test_interrupted_writing_leaves_nothing(tmp_path: Path) -> None:
    code = """
import signal, sys
from pathlib import Path
from clipforge.store import files
def stuck(fd): print("writing", flush=True); sys.stdin.read()
files.os.fsync = stuck
try:
    files.write_atomic(Path(sys.argv[1]), b"text")
except KeyboardInterrupt:
    pass
"""
    writer = processes.start(code, tmp_path / "clip.srt")
    assert writer.stdout
    assert writer.stdout.readline() == "writing\n"
    writer.send_signal(signal.SIGINT)
    processes.finish(writer)
    assert only(tmp_path) == []
