"""Row 13: two runs on one folder at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.faults.rows import times
from tests.faults.runs import are_whole, folder_of, leftovers, start

NAMES = ("captain", "kitchen", "storm")


def test_once_each(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    runs = [start(home, folder) for _ in range(2)]
    for run in runs:
        err = run.rest()
        assert run.code == 0, err
        assert "locked" not in err
        assert sorted(run.ends()) == [f"{name}.mp4" for name in NAMES]
        assert not any("ledger" in e["message"] or "cache in" in e["message"] for e in run.of("notice"))
    ends = sorted(status for run in runs for status in run.ends().values())
    assert ends == ["captioned"] * len(NAMES) + ["up to date"] * len(NAMES), "written once"
    assert sum(run.windows_transcribed() for run in runs) == len(NAMES), "transcribed once"
    assert are_whole(folder)
    assert leftovers(folder) == []


@pytest.mark.parametrize("number", range(max(1, times(13) // 20)))
def test_one_takes_over_when_the_other_dies(home: Path, tmp_path: Path, number: int) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    first = start(home, folder)
    first.until(lambda e: e["event"] == "clip_progress" and e["stage"] == "transcribing")
    second = start(home, folder)
    second.until(lambda e: e["event"] == "notice" and "another run is at work" in e["message"])
    first.process.kill()
    err = second.rest()
    first.rest()
    assert second.code == 0, err
    assert sorted(second.ends()) == [f"{name}.mp4" for name in NAMES]
    assert set(second.ends().values()) <= {"captioned", "up to date"}
    assert are_whole(folder)


@pytest.mark.parametrize("number", range(max(1, times(13) // 20)))
def test_the_same_sound_in_two_folders(home: Path, tmp_path: Path, number: int) -> None:
    """Two runs over clips that are not the same files, and share their sound: a window is transcribed once, too."""
    folders = [folder_of(tmp_path / name, *NAMES) for name in ("one", "two")]
    for path in folders[1].iterdir():
        with path.open("ab") as clip:
            clip.write(b"\x00\x00\x00\x10free12345678")  # a box that says nothing: another file with the same sound
    runs = [start(home, folder) for folder in folders]
    for run in runs:
        err = run.rest()
        assert run.code == 0, err
        assert set(run.ends().values()) == {"captioned"}
    assert sum(run.windows_transcribed() for run in runs) == len(NAMES)
    stats = subprocess.run(
        [sys.executable, "-m", "clipforge", "cache", "stats", "--json"],
        env=environment(home, {}),
        capture_output=True,
        check=True,
    )
    assert json.loads(stats.stdout)["entries"]["words"] == len(NAMES)
