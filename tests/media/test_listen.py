from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from clipforge.errors import ClipforgeError, NoSuchTrack
from clipforge.media.listen import Manifest, Window, manifest_from_data, manifest_to_data
from clipforge.media.samples import read_window
from tests import clips
from tests.clips import RATE, Look, make_clip, samples, silence, speech
from tests.media.conftest import Hear, onset_of_speech_s, onsets_s
from tests.media.names import HOSTILE
from tests.speech import utterances


def test_a_film(tmp_path: Path, hear: Hear, spool: Path) -> None:
    done: list[float] = []
    manifest = hear(make_clip(tmp_path / "clip.mp4", speech("captain")), report=done.append)
    words = utterances()["captain"].words
    (window,) = manifest.windows
    assert window.start <= words[0].start_ms * 16
    assert window.end >= words[-1].end_ms * 16
    assert (manifest.width, manifest.height, manifest.fps) == (160, 90, 25.0)
    assert (manifest.audio_tracks, manifest.has_audio) == (("aac 1 ch",), True)
    assert abs(manifest.duration_ms - 3028) <= 20
    assert 1.5 < manifest.speech_s < 3.0
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert spool.stat().st_size == pytest.approx(2 * 16 * 3028, rel=0.01)


def test_sound_at_16_khz_reaches_the_spool_unchanged_and_digests_are_over_it(
    tmp_path: Path, hear: Hear, spool: Path
) -> None:
    sound = np.concatenate([samples(speech("kitchen")), silence(14), samples(speech("captain"))])
    manifest = hear(make_clip(tmp_path / "a.wav", sound, size=None, look=Look(rate=RATE)))
    assert np.array_equal(np.fromfile(spool, "<i2"), sound)
    assert len(manifest.windows) == 2
    for window in manifest.windows:
        assert window.digest == hashlib.sha256(sound[window.start : window.end].tobytes()).hexdigest()
        read = read_window(spool, window.start, window.end)
        assert np.array_equal(read, sound[window.start : window.end].astype(np.float32) / 32768)


@pytest.mark.parametrize("name", ["a.m4a", "a.mp3", "a.wav", "a.ogg", "a.flac", "a.opus", "a.aiff"])
def test_sound_files(tmp_path: Path, hear: Hear, spool: Path, name: str) -> None:
    manifest = hear(make_clip(tmp_path / name, speech("captain"), size=None, channels=2))
    assert (manifest.width, manifest.height, manifest.fps) == (0, 0, None)
    assert len(manifest.windows) == 1
    assert onsets_s(spool) == pytest.approx([onset_of_speech_s("captain")], abs=0.04)


@pytest.mark.parametrize("name", ["a.mov", "a.mkv", "a.webm", "a.avi", "a.flv", "a.mpg", "a.wmv", "a.3gp"])
def test_films(tmp_path: Path, hear: Hear, spool: Path, name: str) -> None:
    rate = {".3gp": 8000, ".webm": 48_000}.get(Path(name).suffix, 44_100)
    look = Look(rate=rate, output=("-c:v", "libvpx", "-deadline", "realtime") if name == "a.webm" else ())
    manifest = hear(make_clip(tmp_path / name, speech("captain"), size=(176, 144), look=look))
    assert (manifest.width, manifest.height) == (176, 144)
    assert len(manifest.windows) == 1
    assert onsets_s(spool) == pytest.approx([onset_of_speech_s("captain")], abs=0.06)


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 96_000, 192_000])
def test_sample_rates(tmp_path: Path, hear: Hear, spool: Path, rate: int) -> None:
    assert len(hear(make_clip(tmp_path / "a.wav", speech("captain"), size=None, look=Look(rate=rate))).windows) == 1
    assert onsets_s(spool) == pytest.approx([onset_of_speech_s("captain")], abs=0.02)


@pytest.mark.parametrize("channel", [None, *range(8)])
def test_no_channel_of_eight_is_lost(tmp_path: Path, hear: Hear, spool: Path, channel: int | None) -> None:
    manifest = hear(clips.eight_channel_clip(tmp_path / "clip.mov", spoken_in=channel))
    assert manifest.audio_tracks == ("pcm_s16le 8 ch",)
    assert len(manifest.windows) == 1
    assert np.abs(np.fromfile(spool, "<i2").astype(np.int32)).max() < 32767, "clipped"


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov", "a.ts", "a.mpg"])
@pytest.mark.parametrize(
    ("look", "late_s"),
    [
        (Look(), 0.0),
        (Look(sound_starts_s=2.0), 2.0),
        (Look(picture_starts_s=1.5), 0.0),
        (Look(sound_starts_s=3.0, picture_starts_s=1.0), 2.0),
    ],
)
def test_sound_keeps_its_time_against_the_picture(
    tmp_path: Path, hear: Hear, spool: Path, name: str, look: Look, late_s: float
) -> None:
    clip = make_clip(tmp_path / name, speech("captain"), look=look)
    if name == "a.mpg":  # its writer fills the time before the picture with copies of it
        late_s = look.sound_starts_s
    (window,) = hear(clip).windows
    expected = onset_of_speech_s("captain") + late_s
    assert onsets_s(spool) == pytest.approx([expected], abs=0.05)
    assert window.start / RATE <= expected < window.end / RATE


def test_no_audio_is_no_failure(tmp_path: Path, hear: Hear, spool: Path) -> None:
    manifest = hear(clips.no_audio_clip(tmp_path / "mute.mp4"))
    assert (manifest.has_audio, manifest.windows, manifest.audio_tracks) == (False, (), ())
    assert hear(tmp_path / "mute.mp4", track=1) == manifest
    assert not spool.exists()


def test_silence(tmp_path: Path, hear: Hear) -> None:
    manifest = hear(clips.silent_clip(tmp_path / "silent.mp4"))
    assert (manifest.has_audio, manifest.windows, manifest.speech_s) == (True, (), 0.0)


def test_choice_of_the_track(tmp_path: Path, hear: Hear) -> None:
    clip = clips.two_track_clip(tmp_path / "two.mkv", speech("captain"), speech("kitchen"), default=2)
    first, second = hear(clip, track=1).windows, hear(clip, track=2).windows
    assert first != second
    assert hear(clip).windows == second
    with pytest.raises(NoSuchTrack) as caught:
        hear(clip, track=3)
    assert caught.value.message == "no audio track 3; it has 2: vorbis 1 ch eng, vorbis 1 ch deu"
    with pytest.raises(NoSuchTrack):
        hear(clip, track=0)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names(tmp_path: Path, hear: Hear, name: str) -> None:
    plain = make_clip(tmp_path / "plain.mp4", speech("captain"))
    folder = tmp_path / "hostile"
    folder.mkdir()
    shutil.copy(plain, folder / name)
    assert hear(folder / name) == hear(plain)
    assert os.listdir(folder) == [name]  # noqa: PTH208  # names as the system has them


def test_another_picture_over_the_same_sound_has_the_same_windows(tmp_path: Path, hear: Hear) -> None:
    clip = make_clip(tmp_path / "a.mp4", speech("week"))
    clips.ffmpeg("-i", clip, "-vf", "negate,scale=320:180", "-c:a", "copy", tmp_path / "b.mp4")
    one, other = hear(clip), hear(tmp_path / "b.mp4")
    assert one.windows == other.windows != ()
    assert other.width == 320


@pytest.mark.parametrize(
    ("rate", "name"), [(48_000, "a.mov"), (44_100, "a.wav"), (22_050, "a.flac"), (96_000, "a.wav")]
)
@pytest.mark.parametrize("cut", [1, 2, 100_003])
def test_a_trim_at_the_head_leaves_later_windows(tmp_path: Path, hear: Hear, rate: int, name: str, cut: int) -> None:
    look = Look(rate=rate, output=("-c:a", "pcm_s24le") if name == "a.mov" else ())
    whole = make_clip(tmp_path / name, _long_speech(), size=None, look=look)
    trimmed = tmp_path / f"trimmed{whole.suffix}"
    clips.ffmpeg("-i", whole, "-af", f"atrim=start_sample={cut},asetpts=PTS-STARTPTS", *look.output, trimmed)
    before, after = hear(whole).windows, hear(trimmed).windows
    assert len(before) > 4
    assert len({w.digest for w in after} - {w.digest for w in before}) <= 2


@lru_cache
def _long_speech() -> clips.Pcm:
    """Two minutes over noise: digital silence would have no anchors."""
    spoken = samples(speech("long"))
    sound = np.concatenate([spoken, silence(1.3), spoken, silence(0.7)])[: 120 * RATE]
    noise = np.random.default_rng(5).normal(0, 10, len(sound))
    return np.clip(sound + noise, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_sound_keeps_its_time_to_a_hundredth_of_a_second_where_its_head_was_cut_to_the_grid(
    tmp_path: Path, hear: Hear, spool: Path, rate: int
) -> None:
    hear(make_clip(tmp_path / "a.wav", speech("captain"), size=None, look=Look(rate=rate)))
    assert onsets_s(spool) == pytest.approx([onset_of_speech_s("captain")], abs=0.02)


def test_manifest_as_plain_data() -> None:
    manifest = Manifest(
        duration_ms=61_000,
        fps=30000 / 1001,
        width=1920,
        height=1080,
        audio_tracks=("aac 2 ch eng", "ac3 6 ch"),
        has_audio=True,
        windows=(Window(0, 480_000, "ab" * 32), Window(500_000, 600_000, "cd" * 32)),
        speech_s=31.5,
        speech_ms=((120, 29_000), (32_000, 36_500)),
    )
    data = manifest_to_data(manifest)
    assert data["windows"] == [[0, 480_000, "ab" * 32], [500_000, 600_000, "cd" * 32]]
    assert manifest_from_data(data) == manifest
    silent = Manifest(0, None, 0, 0, (), False, (), 0.0)
    assert manifest_from_data(manifest_to_data(silent)) == silent
    assert pickle.loads(pickle.dumps(manifest)) == manifest  # noqa: S301  # our own bytes


@pytest.mark.parametrize("change", [{"windows": [[1, 2]]}, {"fps": "x"}, {"width": None}, {"windows": None}])
def test_data_of_another_shape_is_refused(change: dict[str, object]) -> None:
    data = manifest_to_data(Manifest(0, None, 0, 0, (), False, (), 0.0))
    with pytest.raises((KeyError, TypeError, ValueError)):
        manifest_from_data({**data, **change})
    with pytest.raises(KeyError):
        manifest_from_data({})


def test_errors_travel_between_processes(tmp_path: Path, hear: Hear) -> None:
    clip = clips.two_track_clip(tmp_path / "two.mkv", speech("captain"), speech("kitchen"))
    with pytest.raises(ClipforgeError) as caught:
        hear(clip, track=3)
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert (type(copied), copied.message) == (NoSuchTrack, caught.value.message)
