"""Row 12: file names that programs trip over."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.runs import caption, made, text_of
from tests.media.names import HOSTILE

NAMES = (*HOSTILE, "a..b.mp4", "a.srt,drawtext=textfile=secret.txt.mp4", "$(touch ran); `touch ran`.mp4", "~.mp4")


def test_right_output_and_nothing_else(home: Path, tmp_path: Path, attempt: int) -> None:
    folder, out = tmp_path / "clips", tmp_path / "out"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(made("captain"), folder / name)
    (folder / "secret.txt").write_text("secret")
    run, err = caption(home, ".", "-o", out, cwd=folder)
    assert run.code == 0, err
    assert len(run.ends()) == len(NAMES)
    assert set(run.ends().values()) == {"captioned"}
    assert sorted(p.name for p in out.iterdir()) == sorted(f"{name.removesuffix('.mp4')}.srt" for name in NAMES)
    assert len({text_of(p) for p in out.iterdir()}) == 1
    assert sorted(p.name for p in folder.iterdir()) == sorted((*NAMES, "secret.txt"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clips", "out"]


def test_named_on_the_command_line(home: Path, tmp_path: Path, attempt: int) -> None:
    """A leading dash after ``--``, and a path that goes up: the output lies beside the clip all the same."""
    folder = tmp_path / "clips"
    (folder / "below").mkdir(parents=True)
    for name in ("-y.mp4", "up.mp4"):
        shutil.copy(made("captain"), folder / name)
    run = caption_names(home, folder / "below", "../-y.mp4", "--", "../up.mp4")
    assert run == {"-y.mp4": "captioned", "up.mp4": "captioned"}
    assert sorted(p.name for p in folder.iterdir()) == ["-y.mp4", "-y.srt", "below", "up.mp4", "up.srt"]
    assert list((folder / "below").iterdir()) == []


def caption_names(home: Path, cwd: Path, *arguments: str) -> dict[str, str]:
    run, err = caption(home, *arguments, cwd=cwd)
    assert run.code == 0, f"{run.events} {err}"
    return run.ends()
