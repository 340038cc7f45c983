from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from clipforge.errors import DamagedMedia, EngineFailed, NotMedia, OutputFailed
from clipforge.media.listen import ListenJob, listen
from tests import clips
from tests.clips import FFMPEG, RATE, Look, make_clip, samples, silence, speech
from tests.media.conftest import Hear, onset_of_speech_s, onsets_s


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_damage_in_the_middle_does_not_move_what_comes_later(
    tmp_path: Path, hear: Hear, spool: Path, name: str
) -> None:
    pause = np.random.default_rng(1).normal(0, 30, 20 * RATE).astype(np.int16)
    sound = np.concatenate([samples(speech("captain")), pause, samples(speech("captain"))])
    clip = make_clip(tmp_path / name, sound, look=Look(output=("-c:a", "aac", "-g", "5")))
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    noise = np.random.default_rng(2).integers(0, 256, len(data) // 10, np.uint8).tobytes()
    data[middle : middle + len(noise)] = noise
    clip.write_bytes(data)
    hear(clip)
    onset = onset_of_speech_s("captain")
    last = len(samples(speech("captain"))) / RATE + 20 + onset
    found = onsets_s(spool)
    assert found[0] == pytest.approx(onset, abs=0.05)
    assert min(abs(at - last) for at in found) < 0.1, found


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("a.mp4", Look(output=("-movflags", "+faststart"))),
        ("a.mkv", Look()),
        ("a.avi", Look()),
        ("a.wav", Look()),
        ("a.flac", Look()),
    ],
)
def test_truncated(tmp_path: Path, hear: Hear, spool: Path, name: str, look: Look) -> None:
    size = None if name in ("a.wav", "a.flac") else clips.SMALL
    whole = make_clip(tmp_path / name, speech("long"), seconds=20, size=size, look=look)
    assert hear(whole).windows
    with pytest.raises(DamagedMedia, match=r"ends after \d+ s of data: the file is truncated \(it should have 20 s\)"):
        hear(clips.truncated(whole, 0.4))
    assert not spool.exists()


def test_a_stream_without_a_length_in_its_header_is_not_truncated(tmp_path: Path, hear: Hear) -> None:
    """As programs write it that pipe a WAV file on while they make it."""
    whole = make_clip(tmp_path / "whole.wav", speech("captain"), size=None)
    command: list[str | Path] = [FFMPEG, "-nostdin", "-loglevel", "error", "-i", whole, "-f", "wav", "pipe:1"]
    (tmp_path / "piped.wav").write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    assert hear(tmp_path / "piped.wav").windows == hear(whole).windows


def test_a_short_track_in_a_longer_film_is_not_truncated(tmp_path: Path, hear: Hear) -> None:
    for name in ("a.mp4", "a.mkv"):
        clip = tmp_path / name
        film = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=20")
        clips.ffmpeg("-i", speech("captain"), *film, "-pix_fmt", "yuv420p", clip)
        manifest = hear(clip)
        assert len(manifest.windows) == 1
        assert manifest.duration_ms == pytest.approx(20_000, abs=100)


def test_sound_that_cannot_be_decoded(tmp_path: Path, hear: Hear, spool: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", speech("captain"), size=None, look=Look(output=("-movflags", "+faststart")))
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = b"\xff" * (len(data) - start)
    clip.write_bytes(data)
    with pytest.raises(DamagedMedia, match="decode"):
        hear(clip)
    assert not spool.exists()


def test_no_media(tmp_path: Path, hear: Hear, spool: Path) -> None:
    with pytest.raises(NotMedia):
        hear(clips.text_as_clip(tmp_path / "text.mp4"))
    assert not spool.exists()


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_spool(tmp_path: Path, hear: Hear, spool: Path) -> None:
    clip = make_clip(tmp_path / "a.flac", silence(60), size=None)
    with files_of_at_most(1 << 20), pytest.raises(OutputFailed, match="no space left for the sound"):
        hear(clip)
    assert not spool.exists()


def test_no_folder_for_the_spool(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.flac", speech("captain"), size=None)
    with pytest.raises(OutputFailed, match="No such file or directory"):
        listen(ListenJob(clip, tmp_path / "none" / "spool", FFMPEG, None), lambda _: None)


def test_an_ffmpeg_that_is_killed(tmp_path: Path, spool: Path) -> None:
    spool.parent.mkdir()
    clip = make_clip(tmp_path / "a.flac", speech("captain"), size=None)
    killed = tmp_path / "ffmpeg"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    with pytest.raises(EngineFailed, match="killed by signal 9"):
        listen(ListenJob(clip, spool, killed, None), lambda _: None)


def test_a_listener_that_stops_leaves_nothing_behind(tmp_path: Path, hear: Hear, spool: Path) -> None:
    clip = make_clip(tmp_path / "a.flac", silence(600), size=None)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        hear(clip, report=stop)
    assert not spool.exists()
    assert psutil.Process().children() == before


LISTEN_AND_WAIT = """
import sys
from pathlib import Path
from clipforge.media.listen import ListenJob, listen

def wait(done):
    print("hearing", flush=True)
    sys.stdin.read()

clip, spool, ffmpeg = map(Path, sys.argv[1:])
listen(ListenJob(clip, spool, ffmpeg, None), wait)
"""


def test_a_listener_that_is_killed_takes_its_ffmpeg_along(tmp_path: Path, spool: Path) -> None:
    spool.parent.mkdir()
    clip = make_clip(tmp_path / "a.flac", silence(1200), size=None)
    command: list[str | Path] = [sys.executable, "-c", LISTEN_AND_WAIT, clip, spool, FFMPEG]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == b"hearing\n"
        (child,) = psutil.Process(listener.pid).children()
        assert child.is_running()
        listener.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs([child], timeout=10)
    # In a container without an init, nobody reaps an orphan.
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
