from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from clipforge.errors import ToolMissing, WorkerOverdue
from clipforge.media import ffmpeg
from tests.clips import FFMPEG

ENDLESS = ["-re", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-f", "s16le", "pipe:1"]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def nothing_of(path: Path) -> list[str]:
    """Arguments that decode a clip and throw the result away."""
    return ffmpeg.arguments(path, ffmpeg.clip_input().output("-", format="null"))


def test_the_build_that_comes_along(tmp_path: Path) -> None:
    assert ffmpeg.find(None) == ffmpeg.find("") == ffmpeg.find(str(tmp_path)) == FFMPEG


def test_the_environment_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ffmpeg").symlink_to(FFMPEG)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ffmpeg.find(None) == ffmpeg.find("") == FFMPEG


def test_one_on_the_search_path_comes_first(tmp_path: Path) -> None:
    (tmp_path / "ffmpeg").symlink_to(FFMPEG)
    search_path = os.pathsep.join(["/nowhere", str(tmp_path)])
    assert ffmpeg.find(search_path, ("filter:subtitles", "encoder:libx264")) == tmp_path / "ffmpeg"


@pytest.mark.parametrize("text", ["exit 1", "echo this is something else", "kill -9 $$"])
def test_one_that_does_not_work_is_passed_over(tmp_path: Path, text: str) -> None:
    script(tmp_path / "ffmpeg", text)
    assert ffmpeg.find(str(tmp_path)) == FFMPEG


def test_one_that_lacks_what_is_needed_is_passed_over(tmp_path: Path) -> None:
    script(tmp_path / "ffmpeg", f'case "$*" in *-filters*) echo;; *) exec "{FFMPEG}" "$@";; esac')
    assert ffmpeg.find(str(tmp_path)) == tmp_path / "ffmpeg"
    assert ffmpeg.find(str(tmp_path), ("filter:subtitles",)) == FFMPEG


def test_nothing_has_what_is_needed() -> None:
    with pytest.raises(ToolMissing, match="imageio-ffmpeg has no encoder none_such") as caught:
        ffmpeg.find(None, ("encoder:none_such",))
    assert caught.value.remedy


def test_output_and_exit_code() -> None:
    arguments = ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "10", "-f", "s16le", "pipe:1"]
    with ffmpeg.running(FFMPEG, arguments, ffmpeg.Limits(30)) as child:
        assert sum(len(block) for block in child.blocks()) == 10 * 16_000 * 2
        assert child.exit_code() == 0
        assert child.complaints() == []


def test_complaints_are_its_last_words(tmp_path: Path) -> None:
    with ffmpeg.running(FFMPEG, nothing_of(tmp_path / "gone"), ffmpeg.Limits(30)) as child:
        assert list(child.blocks()) == []
        assert child.exit_code() > 0
        assert any("No such file or directory" in line for line in child.complaints())
        assert not any("0x" in line for line in child.complaints())


def test_complaints_are_bounded(tmp_path: Path) -> None:
    chatty = script(tmp_path / "chatty", 'i=0; while [ $i -lt 20000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 3')
    with ffmpeg.running(chatty, [], ffmpeg.Limits(60)) as child:
        assert list(child.blocks()) == []
        assert child.exit_code() == 3
        assert child.complaints()[-1] == "line 19999"
        assert len(child.complaints()) < 1000


@pytest.mark.parametrize(
    ("limits", "what"),
    [(ffmpeg.Limits(0.5), "ffmpeg did not end"), (ffmpeg.Limits(60, idle_s=0.5), "the next step of ffmpeg")],
)
def test_limits(tmp_path: Path, limits: ffmpeg.Limits, what: str) -> None:
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it
    stuck = nothing_of(tmp_path / "pipe")
    with ffmpeg.running(FFMPEG, ENDLESS if limits.idle_s > 1 else stuck, limits) as child:
        with pytest.raises(WorkerOverdue, match=what):
            list(child.blocks())
        assert psutil.pid_exists(child.pid)
    assert not psutil.pid_exists(child.pid)


def test_a_child_and_its_own_children_die_however_the_block_is_left(tmp_path: Path) -> None:
    parent = script(tmp_path / "parent", f'"{FFMPEG}" "$@" & wait')
    family: list[psutil.Process] = []

    def interrupted() -> None:
        with ffmpeg.running(parent, ENDLESS, ffmpeg.Limits(30)) as child:
            next(child.blocks())
            family.extend([psutil.Process(child.pid), *psutil.Process(child.pid).children()])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(family) == 2
    _, alive = psutil.wait_procs(family, timeout=5)
    # In a container without an init, nobody reaps an orphan.
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    with (
        pytest.raises(ToolMissing, match="cannot be started"),
        ffmpeg.running(tmp_path / "none", [], ffmpeg.Limits(1)),
    ):
        pass


def test_listening_uses_the_build_that_comes_along(tmp_path: Path) -> None:
    other = tmp_path / "ffmpeg"
    other.symlink_to(FFMPEG)
    assert ffmpeg.find(str(tmp_path)) == other
    assert ffmpeg.find_for_listening(str(tmp_path)) == FFMPEG
