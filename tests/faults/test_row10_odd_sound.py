"""Row 10: clips whose sound is not where, or not what, one expects."""

from __future__ import annotations

import json
from pathlib import Path

from clipforge.formats import srt
from tests.clips import Look, eight_channel_clip, make_clip, no_audio_clip, silent_clip, speech, two_track_clip
from tests.faults.runs import Run, caption

NEAR_MS = 150
"""Word times come on a grid of 10 ms, from an engine that hears the same speech a little differently each time."""


def first_word_ms(run: Run, folder: Path, name: str) -> int:
    assert run.clip(name)["status"] == "captioned"
    data = json.loads((folder / name).with_suffix(".json").read_text("utf-8"))
    start: int = data["cues"][0]["words"][0]["start_ms"]
    return start


def test_as_documented(home: Path, tmp_path: Path, attempt: int) -> None:
    spoken = speech("captain")
    folder = tmp_path / "clips"
    folder.mkdir()
    make_clip(folder / "plain.mp4", spoken)
    make_clip(folder / "rate.mp4", spoken, look=Look(rate=8000))
    make_clip(folder / "late-sound.mp4", spoken, look=Look(sound_starts_s=2.5))
    make_clip(folder / "stream.ts", spoken)  # starts at 1.4 s by its own clock
    make_clip(folder / "stream-late-sound.ts", spoken, look=Look(sound_starts_s=2.5))
    eight_channel_clip(folder / "eight.mov")
    eight_channel_clip(folder / "one-of-eight.mov", spoken_in=6)
    no_audio_clip(folder / "no-audio.mp4")
    silent_clip(folder / "silent.mp4")
    two_track_clip(folder / "two-tracks.mkv", spoken, speech("kitchen"))
    run, err = caption(home, folder, "-f", "srt,json")
    assert run.code == 0, err
    assert run.clip("no-audio.mp4")["status"] == "no audio"
    assert not list(folder.glob("no-audio.srt"))
    assert run.clip("silent.mp4")["status"] == "no speech"
    assert srt.read((folder / "silent.srt").read_text("utf-8")) == []
    plain = first_word_ms(run, folder, "plain.mp4")
    for name in ("rate.mp4", "stream.ts", "eight.mov", "one-of-eight.mov", "two-tracks.mkv"):
        assert abs(first_word_ms(run, folder, name) - plain) <= NEAR_MS, name
    for name in ("late-sound.mp4", "stream-late-sound.ts"):
        assert abs(first_word_ms(run, folder, name) - plain - 2500) <= NEAR_MS, name
    assert "captain" in (folder / "two-tracks.srt").read_text("utf-8").lower()
    second, err = caption(home, folder / "two-tracks.mkv", "--audio-track", "2")
    assert second.code == 0, err
    assert "kitchen" in (folder / "two-tracks.srt").read_text("utf-8").lower()
