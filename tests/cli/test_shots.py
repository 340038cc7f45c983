"""Captions that keep to the shot changes of the picture, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

from tests import clips
from tests.cli.conftest import Run
from tests.clips import Look, make_clip, speech

CUT_MS = 200
"""Shortly before the first word, at 310 ms."""


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence, and a picture that cuts shortly before it begins."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    shots = [("testsrc2", CUT_MS / 1000), ("smptehdbars", 4.0)]
    pictures = [arg for name, s in shots for arg in ("-f", "lavfi", "-t", str(s), "-i", f"{name}=size=160x90:rate=25")]
    graph = "[1][2]concat=n=2:v=1:a=0,format=yuv420p[v]"
    clips.ffmpeg("-i", speech("captain"), *pictures, "-filter_complex", graph, "-map", "0:a", "-map", "[v]", path)
    return path


def first_in_ms(folder: Path) -> int:
    found: int = json.loads((folder / "film.json").read_text("utf-8"))["cues"][0]["in_ms"]
    return found


def test_a_caption_appears_with_the_shot(cli: Run, tmp_path: Path, film: Path) -> None:
    ask = ("caption", film, "-m", "draft", "-f", "json", "-o", tmp_path, "--json")
    assert cli(*ask).code == 0
    assert first_in_ms(tmp_path) > CUT_MS
    done = cli(*ask, "--shots")
    assert done.code == 0, done.err
    assert first_in_ms(tmp_path) == CUT_MS
    assert "looking" in {event["stage"] for event in done.of("clip_progress")}

    assert cli(*ask, "--shots").clip("film.mp4")["status"] == "up to date"
    assert cli(*ask, "--dry-run").of("clip_forecast")[0]["reasons"] == ["shots on → off"]
    looked_again = cli(*ask, "--shots", "--max-lines", "1")
    assert "looking" not in {event["stage"] for event in looked_again.of("clip_progress")}, "they are in the cache"
    assert first_in_ms(tmp_path) == CUT_MS


def test_nothing_is_looked_for_where_the_profile_leaves_shots_alone(cli: Run, tmp_path: Path, film: Path) -> None:
    ask = ("caption", film, "-m", "draft", "-f", "json", "-o", tmp_path, "--json", "--shots", "--profile", "youtube")
    done = cli(*ask, cold=True)
    assert done.code == 0, done.err
    assert "looking" not in {event["stage"] for event in done.of("clip_progress")}
    assert first_in_ms(tmp_path) > CUT_MS
    told = [event["message"] for event in done.of("notice") if event["level"] == "warning"]
    assert "profile youtube has no rule for shot changes: --shots changes nothing" in told


def test_many_clips_at_once_some_without_a_picture_or_a_word(cli: Run, tmp_path: Path, film: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(3):
        data = film.read_bytes() + b"\x00\x00\x00\x10free" + number.to_bytes(8, "big")  # three files of their own
        (folder / f"film{number}.mp4").write_bytes(data)
    make_clip(folder / "sound.wav", speech("captain"), size=None)
    clips.silent_clip(folder / "silent.mp4")
    clips.text_as_clip(folder / "text.mp4")
    done = cli("caption", folder, "-m", "draft", "--shots", "--json", cold=True)
    assert {event["clip"].rpartition("/")[2]: event["status"] for event in done.of("clip_finished")} == {
        "film0.mp4": "captioned",
        "film1.mp4": "captioned",
        "film2.mp4": "captioned",
        "sound.wav": "captioned",
        "silent.mp4": "no speech",
        "text.mp4": "failed",
    }
    assert (folder / "film2.srt").read_text("utf-8").startswith("1\n00:00:00,200 --> ")


def test_a_picture_that_cannot_be_decoded_fails_its_clip_with_the_way_out(cli: Run, tmp_path: Path, film: Path) -> None:
    data = bytearray(film.read_bytes())
    with av.open(str(film)) as container:
        for packet in container.demux(video=0):
            if packet.size and packet.pos is not None:
                data[packet.pos : packet.pos + packet.size] = bytes(packet.size)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data)
    done = cli("caption", clip, "-m", "draft", "--shots")
    assert done.code == 1
    assert "no shot changes: the picture cannot be decoded" in done.out
    assert "--no-shots" in done.out
    assert cli("caption", clip, "-m", "draft").code == 0


def test_a_picture_in_an_unknown_codec_is_none(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", speech("captain"), look=Look(output=("-c:v", "ffv1", "-c:a", "flac")))
    clip.write_bytes(clip.read_bytes().replace(b"FFV1", b"XXX1"))
    done = cli("caption", clip, "-m", "draft", "--shots")
    assert done.code == 0, done.out
