"""The examples do what they show: a film for the first try, a script over a folder, a pipeline that publishes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clipforge.media.probe import probe
from tests.clips import make_clip, speech

Run = Callable[..., "subprocess.CompletedProcess[str]"]

EXAMPLES = Path(__file__).parents[1] / "examples"

if not (shutil.which("sh") and shutil.which("make")):
    pytest.skip("the examples are for machines with a shell and make", allow_module_level=True)


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Run a command in `tmp_path` with ``clipforge`` on its PATH."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "clipforge").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m clipforge "$@"\n')
    (tools / "clipforge").chmod(0o755)
    env = {"HOME": str(home), "PATH": f"{tools}:/usr/bin:/bin", "LANG": "C.UTF-8"}

    def in_folder(*command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240, check=False)

    return in_folder


def test_the_film_for_the_first_try() -> None:
    film = EXAMPLES / "harbour-tour.mp4"
    facts = probe(film)
    assert film.stat().st_size < 400 * 1000
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (1280, 720)
    assert 18_000 <= facts.duration_ms <= 24_000
    assert len(list((EXAMPLES / "clips").iterdir())) == 3


def test_the_script_over_a_folder(run: Run, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    make_clip(clips / "it's good.mp4", speech("captain"))
    done = run(EXAMPLES / "caption-folder.sh", "clips", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "1 captioned" in done.stdout
    assert (tmp_path / "out" / "it's good.srt").exists()
    (clips / "bad\nname.mp4").write_text("no film")
    done = run(EXAMPLES / "caption-folder.sh", "clips", "-o", "out")
    assert done.returncode == 1
    assert "1 up to date" in done.stdout
    assert "1 failed" in done.stdout
    assert "not a media file" in done.stdout
    assert run(EXAMPLES / "caption-folder.sh").returncode == 2


def test_the_pipeline_publishes_all_or_nothing(run: Run, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    make_clip(clips / "one.mp4", speech("captain"))
    publish = ("make", "-f", EXAMPLES / "Makefile", "publish", "CLIPS=clips", "SITE=public")
    done = run(*publish)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "public").iterdir()) == ["one.mp4", "one.srt", "one.vtt"]
    (clips / "two.mp4").write_text("no film")
    assert run(*publish).returncode == 2
    assert sorted(p.name for p in (tmp_path / "public").iterdir()) == ["one.mp4", "one.srt", "one.vtt"]
