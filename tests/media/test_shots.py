"""Shot changes: found to the frame; fades, flashes and motion are none."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.errors import EngineFailed, NotMedia, PictureUnreadable
from clipforge.media.shots import FLASH_S, CutFinder, Look, ShotsJob, picture_bytes, shots_of
from tests import clips
from tests.clips import FFMPEG, make_clip, speech

SIZE = "size=160x90"
HARBOUR, CAVE, BARS, CELLS = (
    f"testsrc2={SIZE}",
    f"mandelbrot={SIZE}:end_scale=0.1:maxiter=200",
    f"smptehdbars={SIZE}",
    f"gradients={SIZE}:c0=red:c1=yellow:seed=3",
)
"""Four pictures, two of which move."""


def film(
    path: Path, *shots: tuple[str, float], rate: str = "25", more: str = "null", out: tuple[str, ...] = ()
) -> Path:
    """Shots one after the other, each a source and its seconds; ``more``: filters over the whole."""
    inputs: list[str] = []
    for source, seconds in shots:
        inputs += ["-f", "lavfi", "-t", str(seconds), "-i", f"{source}:rate={rate}"]
    places = "".join(f"[{number}:v]" for number in range(len(shots)))
    graph = f"{places}concat=n={len(shots)}:v=1:a=0,{more},format=yuv420p[o]"
    clips.ffmpeg(*inputs, "-filter_complex", graph, "-map", "[o]", "-preset", "ultrafast", *out, path)
    return path


def found(clip: Path, reports: list[float] | None = None) -> list[float]:
    """Seconds of all shot changes."""
    reports = [] if reports is None else reports
    return [at / 1000 for at in shots_of(ShotsJob(clip, FFMPEG, 6000), reports.append).times_ms]


@pytest.mark.parametrize(("rate", "name"), [("25", "a.mp4"), ("30000/1001", "a.mkv"), ("60", "a.mov")])
def test_hard_cuts_are_found_within_a_frame(tmp_path: Path, rate: str, name: str) -> None:
    clip = film(tmp_path / name, (HARBOUR, 1.2), (CAVE, 0.6), (BARS, 2), (CELLS, 1), rate=rate)
    reports: list[float] = []
    frame_s = 1 / eval(rate)  # noqa: S307
    assert found(clip, reports) == [pytest.approx(at, abs=frame_s) for at in (1.2, 1.8, 3.8)]
    assert reports == sorted(reports)
    assert reports[-1] <= 1.0


def test_a_frame_is_meant_to_the_millisecond(tmp_path: Path) -> None:
    assert found(film(tmp_path / "a.mp4", (HARBOUR, 1.2), (BARS, 2))) == [1.2]


@pytest.mark.parametrize(
    "more",
    [
        "fade=out:st=1:d=1,fade=in:st=2.4:d=0.8",
        "fade=out:st=1:d=0.5:c=white",
        "fade=in:st=0:d=1.5",
        "crop=80:45:x='40+30*sin(3*t)':y=20",
    ],
    ids=["to black and back", "to white", "from black", "camera"],
)
def test_fades_and_motion_are_no_cuts(tmp_path: Path, more: str) -> None:
    assert found(film(tmp_path / "a.mp4", (HARBOUR, 4), more=more)) == []


def test_a_dissolve_is_no_cut(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    shots = [arg for source in (HARBOUR, BARS) for arg in ("-f", "lavfi", "-t", "3", "-i", f"{source}:rate=25")]
    graph = "[0][1]xfade=duration=1:offset=1.5,format=yuv420p"
    clips.ffmpeg(*shots, "-filter_complex", graph, "-preset", "ultrafast", clip)
    assert found(clip) == []


@pytest.mark.parametrize("frames", [1, 2, 4])
@pytest.mark.parametrize("colour", ["white", "black"])
def test_a_flash_comes_back_to_its_shot(tmp_path: Path, frames: int, colour: str) -> None:
    flash = f"drawbox=c={colour}:t=fill:enable='between(n,50,{49 + frames})'"
    assert found(film(tmp_path / "a.mp4", (HARBOUR, 4), more=flash)) == []


def test_a_flash_between_two_shots_is_one_cut(tmp_path: Path) -> None:
    flash = "drawbox=c=white:t=fill:enable='between(n,48,51)'"
    (at,) = found(film(tmp_path / "a.mp4", (HARBOUR, 2), (BARS, 2), more=flash))
    assert at == pytest.approx(2.0, abs=FLASH_S)


def test_pictures_that_come_unevenly(tmp_path: Path) -> None:
    # 50 a second, then 10, then all but every third: times must be those of the pictures, not a count.
    uneven = "select='if(lt(t,1.5),1,if(lt(t,4),not(mod(n,5)),mod(n,3)))'"
    shots = ((HARBOUR, 1), (BARS, 2), (CELLS, 2), (CAVE, 1))
    clip = film(tmp_path / "a.mkv", *shots, rate="50", more=uneven, out=("-fps_mode", "vfr"))
    assert found(clip) == [pytest.approx(at, abs=0.05) for at in (1, 3, 5)]


@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_times_count_from_what_players_show_as_zero(tmp_path: Path, name: str) -> None:
    shots = film(tmp_path / "shots.mp4", (HARBOUR, 1), (BARS, 2))
    clip = tmp_path / name
    clips.ffmpeg("-i", speech("captain"), "-itsoffset", "0.8", "-i", shots, "-map", "0:a", "-map", "1:v", clip)
    assert found(clip) == [pytest.approx(1.8, abs=0.05)]


def test_no_picture_no_shots(tmp_path: Path) -> None:
    assert found(make_clip(tmp_path / "a.wav", speech("captain"), size=None)) == []


def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    sound = make_clip(tmp_path / "a.mp3", speech("captain"), size=None)
    cover, clip = tmp_path / "cover.png", tmp_path / "b.mp3"
    clips.ffmpeg("-f", "lavfi", "-i", BARS, "-frames:v", "1", cover)
    clips.ffmpeg(
        "-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic", clip
    )
    assert found(clip) == []


def test_a_still_picture_has_none(tmp_path: Path) -> None:
    assert found(film(tmp_path / "a.mp4", (BARS, 1), rate="2")) == []


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotMedia):
        found(clips.text_as_clip(tmp_path / "a.mp4"))


def test_a_picture_that_cannot_be_decoded_is_said(tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4", (HARBOUR, 2), out=("-movflags", "+faststart"))
    data = clip.read_bytes()
    start = data.index(b"mdat") + 4
    clip.write_bytes(data[:start] + bytes(len(data) - start))
    with pytest.raises(PictureUnreadable) as caught:
        found(clip)
    assert caught.value.remedy == "--no-shots"


def test_a_killed_ffmpeg_is_no_fault_of_the_clip(tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4", (HARBOUR, 6), rate="50")

    def kill(_: float) -> None:
        for child in psutil.Process().children():
            child.send_signal(signal.SIGKILL)

    with pytest.raises(EngineFailed, match="killed by signal 9"):
        shots_of(ShotsJob(clip, FFMPEG, 6000), kill)


def test_ffmpeg_ends_with_who_asked_it(tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4", (HARBOUR, 60), rate="50", out=("-g", "3000"))
    program = (
        "import os, signal, sys, psutil\n"
        "from pathlib import Path\n"
        "from clipforge.media.shots import ShotsJob, shots_of\n"
        "def die(_):\n"
        "    print(psutil.Process().children()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "shots_of(ShotsJob(Path(sys.argv[1]), Path(sys.argv[2]), 60_000), die)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, clip, FFMPEG], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pid = int(done.stdout)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        os.sched_yield()


def test_larger_pictures_are_charged_more() -> None:
    assert picture_bytes(1920, 1080) < picture_bytes(3840, 2160)


LOOKS = st.lists(st.tuples(st.floats(0.001, 0.5), st.floats(0, 100), st.floats(0, 100)), max_size=60)


@given(LOOKS)
def test_cuts_come_in_order_and_no_closer_than_a_flash(steps: list[tuple[float, float, float]]) -> None:
    finder, now, times = CutFinder(), 0.0, []
    for step, score, changed in steps:
        now += step
        times.append(round(now * 1000))
        finder.see(Look(now, score, changed))
    cuts = finder.finish()
    assert set(cuts) <= set(times)
    assert all(later - earlier >= FLASH_S * 1000 - 1 for earlier, later in itertools.pairwise(cuts))
