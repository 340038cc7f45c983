"""Clips for tests, made by the real ffmpeg from the speech in ``tests/speech``.

The usual one: ``make_clip(tmp_path / "clip.mp4", speech("captain"))``, a film in which somebody says a sentence.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np

from tests.speech import utterances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pcm = NDArray[np.int16]
    """Shape (n,), mono, 16 kHz."""

RATE = 16_000
FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())
SMALL = (160, 90)


@dataclass(frozen=True)
class Look:
    """How a clip is made, where it is not made the usual way."""

    spoken_in: int | None = None
    """The one channel that has the speech, from 0; None: all have it."""
    rate: int = 48_000
    sound_starts_s: float = 0.0
    picture_starts_s: float = 0.0
    fps: str = "25"
    output: tuple[str, ...] = ()
    """More arguments for ffmpeg, in front of the output file."""


USUAL = Look()


def ffmpeg(*args: str | Path, stdin: bytes = b"", limit_s: float = 120) -> None:
    """Run the real ffmpeg, or fail with what it said."""
    command: list[str | Path] = [FFMPEG, "-hide_banner", "-nostats", "-loglevel", "error", "-y"]
    done = subprocess.run([*command, *args], input=stdin, capture_output=True, timeout=limit_s)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def _url(path: Path) -> str:
    """The path in a form that ffmpeg takes for nothing else, whatever the name."""
    return f"file:{path.absolute()}"


def speech(name: str) -> Path:
    """A file of recorded speech by its name in ``tests.speech.utterances()``: ``captain``, ``pause``, ``long`` …"""
    return utterances()[name].path


@lru_cache
def samples(recording: Path) -> Pcm:
    """The samples of a sound file."""
    output = ["-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    command: list[str | Path] = [FFMPEG, "-loglevel", "error", "-nostdin", "-i", recording, *output]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout, "<i2")


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.int16)


def make_clip(
    path: Path,
    spoken: Path | Pcm,
    *,
    seconds: float | None = None,
    channels: int = 1,
    size: tuple[int, int] | None = SMALL,
    look: Look = USUAL,
) -> Path:
    """A clip with this speech (a sound file, or samples at 16 kHz), in what its suffix stands for; returns ``path``.

    ``seconds`` cuts the sound or fills it up with silence; ``size`` is that of the picture, None for sound alone.
    """
    sound = samples(spoken) if isinstance(spoken, Path) else spoken
    if seconds is not None:
        sound = np.concatenate([sound, silence(seconds)])[: round(seconds * RATE)]
    inputs = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    # ffmpeg takes no -itsoffset for raw samples.
    sound_filter = f"{_spread(channels, look.spoken_in)},asetpts=PTS+{look.sound_starts_s}/TB"
    output = ["-map", "0:a", "-af", sound_filter, "-ar", str(look.rate)]
    if size is not None:
        length = str(max(0.04, len(sound) / RATE))
        inputs += ["-itsoffset", str(look.picture_starts_s), "-f", "lavfi", "-t", length]
        inputs += ["-i", f"testsrc2=size={size[0]}x{size[1]}:rate={look.fps}"]
        output += ["-map", "1:v", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg(*inputs, *output, *look.output, _url(path), stdin=sound.tobytes())
    return path


def _spread(channels: int, spoken_in: int | None) -> str:
    """The filter that lays the one voice on all channels, or on one of them."""
    if channels == 1:
        return "anull"
    chosen = range(channels) if spoken_in is None else [spoken_in]
    return "|".join([f"pan={channels}c", *(f"c{i}=c0" for i in chosen)])


def silent_clip(path: Path, seconds: float = 2.0) -> Path:
    """A film with an audio track in which nothing is to be heard."""
    return make_clip(path, silence(seconds))


def no_audio_clip(path: Path, seconds: float = 2.0) -> Path:
    """A film without an audio track."""
    ffmpeg("-f", "lavfi", "-t", str(seconds), "-i", "testsrc2=size=160x90:rate=25", "-pix_fmt", "yuv420p", _url(path))
    return path


def eight_channel_clip(path: Path, spoken_in: int | None = None) -> Path:
    """A film (``.mov``, ``.mkv``) with eight channels of PCM; the speech is in all or in one of them."""
    return make_clip(path, speech("captain"), channels=8, look=Look(spoken_in=spoken_in, output=("-c:a", "pcm_s16le")))


def two_track_clip(path: Path, first: Path, second: Path, default: int = 1) -> Path:
    """A film with two audio tracks, English and German by their labels; track ``default`` (from 1) is marked so."""
    marks = [arg for i in (0, 1) for arg in (f"-disposition:a:{i}", "default" if default == i + 1 else "0")]
    labels = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu")
    spoken = ("-i", first, "-i", second)
    picture = ("-f", "lavfi", "-t", "3", "-i", "testsrc2=size=160x90:rate=25")
    ffmpeg(*spoken, *picture, "-map", "0", "-map", "1", "-map", "2", *labels, *marks, "-pix_fmt", "yuv420p", _url(path))
    return path


def truncated(clip: Path, share: float = 0.5) -> Path:
    """A copy of a clip, beside it, that ends after ``share`` of its bytes."""
    path = clip.with_name(f"truncated-{clip.name}")
    data = clip.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def text_as_clip(path: Path) -> Path:
    path.write_text("This is no clip, it only says so.\n", "utf-8")
    return path


def ffconcat_as_clip(path: Path, target: str) -> Path:
    """A list for ffmpeg's concat reader that names another file or address."""
    path.write_text(f"ffconcat version 1.0\nfile '{target}'\n", "utf-8")
    return path


def hls_as_clip(path: Path, target: str) -> Path:
    """An HLS playlist that names another file or address."""
    lines = ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4", "#EXTINF:4,", target, "#EXT-X-ENDLIST", "")
    path.write_text("\n".join(lines), "utf-8")
    return path


def dash_as_clip(path: Path, target: str) -> Path:
    """A DASH manifest that names another file or address."""
    path.write_text(
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT4S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1000">'
        f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "utf-8",
    )
    return path


def sdp_as_clip(path: Path, port: int) -> Path:
    """A session description that asks for sound from the network."""
    lines = ("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=x", "c=IN IP4 127.0.0.1", "t=0 0", f"m=audio {port} RTP/AVP 0", "")
    path.write_text("\r\n".join(lines), "utf-8")
    return path
