from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clipforge.errors import ClipError, ClipUnreadable, DamagedMedia, NotMedia
from clipforge.media import ffmpeg
from clipforge.media.probe import AudioTrack, Video, probe
from tests import clips
from tests.clips import Look, make_clip, speech
from tests.media.conftest import Canary, Listener
from tests.media.names import HOSTILE


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("probe") / "clip.mp4", speech("captain"))


def test_a_film(film: Path) -> None:
    facts = probe(film)
    assert facts.format.startswith("mov,mp4")
    assert facts.video == Video(160, 90, 25.0)
    assert facts.audio == (AudioTrack(0, "aac", 1, "", is_default=True, ends_ms=3028, rate=48_000),)
    assert abs(facts.duration_ms - 3028) <= 20


@pytest.mark.parametrize("fps", ["24000/1001", "50"])
def test_frame_rate(tmp_path: Path, fps: str) -> None:
    video = probe(make_clip(tmp_path / "clip.mp4", speech("captain"), look=Look(fps=fps))).video
    assert video is not None
    assert video.fps == pytest.approx(eval(fps), abs=1e-6)  # noqa: S307  # the literals above


def test_rotated_picture_is_measured_as_shown(tmp_path: Path, film: Path) -> None:
    turned = tmp_path / "turned.mp4"
    clips.ffmpeg("-display_rotation", "90", "-i", film, "-c", "copy", turned)
    video = probe(turned).video
    assert video is not None
    assert (video.width, video.height) == (90, 160)


def test_anamorphic_picture_is_measured_as_shown(tmp_path: Path) -> None:
    look = Look(output=("-vf", "setsar=64/45"))
    video = probe(make_clip(tmp_path / "wide.mp4", speech("captain"), size=(720, 576), look=look)).video
    assert video is not None
    assert (video.width, video.height) == (1024, 576)


def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.mp3"
    clips.ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", cover)
    arguments = ("-map", "0", "-map", "1", "-disposition:v", "attached_pic", "-c:v", "copy")
    clips.ffmpeg("-i", speech("captain"), "-i", cover, *arguments, song)
    assert probe(song).video is None


def test_tracks_and_the_default_one(tmp_path: Path) -> None:
    path = clips.two_track_clip(tmp_path / "two.mkv", speech("captain"), speech("kitchen"), default=2)
    facts = probe(path)
    assert [(t.language, t.is_default) for t in facts.audio] == [("eng", False), ("deu", True)]
    assert facts.default_track() == facts.audio[1]
    assert str(facts.audio[0]) == "vorbis 1 ch eng"


def test_no_audio(tmp_path: Path) -> None:
    facts = probe(clips.no_audio_clip(tmp_path / "mute.mp4"))
    assert facts.audio == ()
    assert facts.default_track() is None


def test_container_that_does_not_start_at_zero(tmp_path: Path) -> None:
    facts = probe(make_clip(tmp_path / "clip.ts", speech("captain"), look=Look(output=("-muxdelay", "2"))))
    assert facts.start_ms > 1000


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names(tmp_path: Path, film: Path, name: str) -> None:
    clip = tmp_path / name
    shutil.copy(film, clip)
    assert probe(clip) == probe(film)


def test_relative_hostile_name(tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(film, tmp_path / "-i")
    monkeypatch.chdir(tmp_path)
    assert probe(Path("-i")) == probe(film)


def test_unreadable(tmp_path: Path) -> None:
    empty, pipe = tmp_path / "empty.mp4", tmp_path / "pipe.mp4"
    empty.touch()
    os.mkfifo(pipe)
    cases = {
        tmp_path / "missing.mp4": "no such file",
        empty: "the file is empty",
        tmp_path: "is a folder",
        pipe: "is no regular file",
        tmp_path / "nul\0.mp4": "cannot be read: ",  # and why, in words of the Python that runs
    }
    for path, why in cases.items():
        with pytest.raises(ClipUnreadable) as caught:
            probe(path)
        assert caught.value.path == path
        assert caught.value.why.startswith(why)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden(tmp_path: Path, film: Path) -> None:
    clip = tmp_path / "clip.mp4"
    shutil.copy(film, clip)
    clip.chmod(0)
    with pytest.raises(ClipUnreadable, match="permission denied"):
        probe(clip)


def test_a_file_that_is_no_media_says_what_it_is(tmp_path: Path) -> None:
    cases: dict[str, bytes] = {
        "text": b"This is no clip, it only says so.\n",
        "text ": "Käse".encode("latin-1"),
        "text  ": "in two bytes".encode("utf-16"),
        "text   ": ("ä" * 4096).encode(),  # what is looked at ends within a character
        "an ffconcat list, which could read other files": b"ffconcat version 1.0\nfile 'x.ts'\n",
        "a playlist (M3U or HLS), which could read other files": b"\xef\xbb\xbf#EXTM3U\nx.ts\n",
        "a web page": b"<!DOCTYPE html><html>not found</html>",
        "a PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "a ZIP archive": b"PK\x03\x04" + bytes(100),
        "unknown format": bytes(range(256)) * 40,
    }
    for number, (what, content) in enumerate(cases.items()):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(content)
        with pytest.raises(NotMedia) as caught:
            probe(path)
        assert caught.value.message == f"not a media file: {what.strip()}"


def test_truncated_without_its_index(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "clip.mp4")
    for share in (0.9, 0.5, 0.01):
        with pytest.raises(DamagedMedia, match=r"truncated.*moov atom"):
            probe(clips.truncated(tmp_path / "clip.mp4", share))


def test_damaged_header_of_a_known_container(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(2000))
    with pytest.raises(DamagedMedia, match="Matroska or WebM file, but damaged"):
        probe(path)


LISTS: tuple[Callable[[Path, str], Path], ...] = (clips.ffconcat_as_clip, clips.hls_as_clip, clips.dash_as_clip)


def _refused_by_libav(path: Path) -> bool:
    """Whether libav itself refuses a file, opened with our options and without our look at its first bytes."""
    import av

    options = {"protocol_whitelist": ffmpeg.PROTOCOLS, "format_whitelist": ffmpeg.FORMATS}
    try:
        av.open(ffmpeg.file_url(path), container_options=options).close()
    except (av.FFmpegError, ValueError):
        return True
    return False


def _refused_by_ffmpeg(path: Path) -> bool:
    arguments = ffmpeg.arguments(path, ffmpeg.clip_input().output("-", format="null"))
    with ffmpeg.running(clips.FFMPEG, arguments, ffmpeg.Limits(20)) as child:
        list(child.blocks())
        return child.exit_code() > 0


@pytest.mark.parametrize("make", LISTS)
def test_lists_are_refused_and_open_no_other_file(
    tmp_path: Path, canary: Canary, make: Callable[[Path, str], Path]
) -> None:
    for target in (str(canary.path), canary.path.name, f"file:{canary.path}"):
        path = make(tmp_path / "list.mp4", target)
        with pytest.raises(NotMedia, match="which could read other files"):
            probe(path)
        assert _refused_by_libav(path)
        assert _refused_by_ffmpeg(path)
    assert not canary.was_opened()


@pytest.mark.parametrize("make", LISTS)
def test_lists_are_refused_and_open_no_connection(
    tmp_path: Path, server: Listener, make: Callable[[Path, str], Path]
) -> None:
    path = make(tmp_path / "list.mp4", f"http://127.0.0.1:{server.port}/x.ts")
    with pytest.raises(NotMedia, match="which could read other files"):
        probe(path)
    assert _refused_by_libav(path)
    assert _refused_by_ffmpeg(path)
    assert not server.was_called()


def test_session_description_is_refused(tmp_path: Path, server: Listener) -> None:
    path = clips.sdp_as_clip(tmp_path / "session.mp4", server.port)
    with pytest.raises(NotMedia, match="could open network connections"):
        probe(path)
    assert _refused_by_libav(path)
    assert _refused_by_ffmpeg(path)


def test_the_traps_work(tmp_path: Path, canary: Canary, server: Listener) -> None:
    """Without our options ffmpeg does open what such lists name."""

    def springs(target: str, trap: Callable[[float], bool]) -> bool:
        path = clips.ffconcat_as_clip(tmp_path / "list.mp4", target)
        arguments = ["-safe", "0", "-protocol_whitelist", "file,http,tcp", "-i", str(path), "-f", "null", "-"]
        with subprocess.Popen([clips.FFMPEG, "-nostdin", "-loglevel", "quiet", *arguments]) as unguarded:
            sprung = trap(20)
            unguarded.kill()
        return sprung

    assert springs(str(canary.path), canary.was_opened)
    assert springs(f"http://127.0.0.1:{server.port}/x.ts", server.was_called)


def test_all_refusals_are_errors_of_clips() -> None:
    assert all(issubclass(kind, ClipError) for kind in (ClipUnreadable, NotMedia, DamagedMedia))
