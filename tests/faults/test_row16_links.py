"""Row 16: links where an output belongs, there before the run or put there while it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.runs import caption, folder_of, start


def test_an_output_that_points_elsewhere(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")
    (folder / "captain.srt").symlink_to(precious)
    run, err = caption(home, folder, "--overwrite")
    assert run.code == 1, err
    assert "symbolic link" in run.clip("captain.mp4")["message"]
    assert precious.read_text() == "precious"
    assert (folder / "captain.srt").is_symlink()


@pytest.mark.parametrize("there_before", [True, False])
def test_an_output_folder_that_becomes_a_link(home: Path, tmp_path: Path, attempt: int, there_before: bool) -> None:
    folder = folder_of(tmp_path / "clips", "captain", "kitchen")
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if there_before:
        out.mkdir()
    run = start(home, folder, "-o", out)
    run.until(lambda e: e["event"] == "clip_progress" and e["stage"] == "reading")
    if there_before:
        out.rename(tmp_path / "moved")
    out.symlink_to(elsewhere)
    err = run.rest()
    assert run.code == 1, err
    assert set(run.ends().values()) == {"failed"}
    assert all(e["error"] == "OutputFailed" for e in run.of("clip_finished"))
    assert list(elsewhere.iterdir()) == []


def test_a_folder_in_the_mirrored_tree_that_becomes_a_link(home: Path, tmp_path: Path, attempt: int) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    folder_of(clips / "day", "captain")
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    run = start(home, clips, "-o", out)
    run.until(lambda e: e["event"] == "clip_progress" and e["stage"] == "reading")
    (out / "day").symlink_to(elsewhere)
    err = run.rest()
    assert run.code == 1, err
    assert list(elsewhere.iterdir()) == []


def test_a_link_that_the_user_had_there(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "out").symlink_to(real)
    run, err = caption(home, folder, "-o", tmp_path / "out")
    assert run.code == 0, err
    assert [p.name for p in real.iterdir()] == ["captain.srt"]
