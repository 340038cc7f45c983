"""What is inside a clip: its streams and how long it is, through PyAV. Nothing is decoded but the first picture.

A file can name other files and addresses (playlists, manifests, lists of files), so only containers that hold
everything themselves are opened, and libav may open nothing but local files: see `ffmpeg.FORMATS`.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipforge.errors import ClipUnreadable, DamagedMedia, NotMedia
from clipforge.media import ffmpeg, sniff

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

_TS_DISCONT = 0x0200  # AVFMT_TS_DISCONT of libavformat: timestamps may jump
_LOSSLESS = ("pcm_", "flac", "alac")
_PACKETS_TO_FIRST_PICTURE = 500  # across all streams; a picture that has not come by then is not waited for


@dataclass(frozen=True, slots=True)
class Video:
    """The picture as players show it."""

    width: int
    height: int
    """After rotation and with square pixels."""
    fps: float | None
    """Average frame rate; None where the container does not say."""


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio stream."""

    stream: int
    """Its index among all streams of the container, from 0: what ffmpeg maps."""
    codec: str
    channels: int
    language: str
    """As the container has it (ISO 639-2 mostly); empty where it does not say."""
    is_default: bool
    ends_ms: int | None
    """Where the container says that this track ends, from the container's start; None where it does not say."""
    rate: int = 0
    """Samples a second, as the container says."""
    samples: int | None = None
    """How many samples there are for each channel, where the container counts them and decoding gives just as many:
    lossless sound that begins with the clip. None: not known to the sample."""

    def __str__(self) -> str:
        return f"{self.codec} {self.channels} ch {self.language}".rstrip()


@dataclass(frozen=True, slots=True)
class Probe:
    """What a clip says of itself."""

    format: str
    """libav's name of the container: ``mov,mp4,m4a,3gp,3g2,mj2``."""
    duration_ms: int
    """0 where the container does not say."""
    missing: float
    """Share of the file's announced bytes that is not there: 0.5 in a half copied WAV. libav counts what is there."""
    start_ms: int
    """The container's own first timestamp. Players show it as 0:00, and so do all times of ours."""
    floats: bool
    """True for formats whose timestamps may jump (MPEG-TS, MPEG-PS, Ogg). There ffmpeg takes the first timestamp among
    the streams that it *uses* for 0:00, which for sound alone is not what players show."""
    video: Video | None
    """None where there is no picture (cover art is none)."""
    audio: tuple[AudioTrack, ...]

    def default_track(self) -> AudioTrack | None:
        """The track that players choose: the first one marked as default, else the first one."""
        return next((t for t in self.audio if t.is_default), self.audio[0] if self.audio else None)


def probe(path: Path) -> Probe:
    """Read a clip's headers.

    Raises `ClipUnreadable` (missing, empty, forbidden, no regular file), `NotMedia` (text, a list of other files, an
    unknown format) or `DamagedMedia` (known format, unreadable content).
    """
    head = _head(path)
    kind = sniff.text_kind(head) or sniff.file_kind(head)
    if kind is not None:
        raise NotMedia(path, kind)
    import av

    try:
        with av.open(
            ffmpeg.file_url(path),
            container_options={"protocol_whitelist": ffmpeg.PROTOCOLS, "format_whitelist": ffmpeg.FORMATS},
            **_lenient(av.__version__),
        ) as container:
            return _read(container, _missing(path, head))
    except (av.FFmpegError, ValueError) as e:
        raise _refusal(path, head, e) from e


def _lenient(pyav_version: str) -> dict[str, Any]:
    """PyAV before 19 refuses a file whose tags are not UTF-8, unless told otherwise; later ones have no such option."""
    return {"metadata_errors": "replace"} if int(pyav_version.partition(".")[0]) < 19 else {}


def _head(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ClipUnreadable(path, "is a folder")
        if not stat.S_ISREG(found.st_mode):
            raise ClipUnreadable(path, "is no regular file")
        with path.open("rb") as file:
            head = file.read(sniff.HEAD_BYTES)
    except FileNotFoundError as e:
        raise ClipUnreadable(path, "no such file") from e
    except PermissionError as e:
        raise ClipUnreadable(path, "may not be read: permission denied") from e
    except (OSError, ValueError) as e:  # ValueError: a null character in the name
        raise ClipUnreadable(path, f"cannot be read: {getattr(e, 'strerror', None) or e}") from e
    if not head:
        raise ClipUnreadable(path, "the file is empty")
    return head


def _refusal(path: Path, head: bytes, why: Exception) -> NotMedia | DamagedMedia:
    """Of which kind the failure to open is: no media at all, or damaged media."""
    known = sniff.media_kind(head)
    if known is None:
        return NotMedia(path, "unknown format")
    if known == "MP4":
        with path.open("rb") as file:
            if sniff.lacks_index(file):
                return DamagedMedia(path, "the file is truncated: its index is missing (moov atom)")
    reason = getattr(why, "strerror", None) or str(why)
    return DamagedMedia(path, f"{known} file, but damaged: {reason}")


def _missing(path: Path, head: bytes) -> float:
    announced = sniff.announced_bytes(head)
    return max(0.0, 1 - path.stat().st_size / announced) if announced else 0.0


def _read(container: InputContainer, missing: float) -> Probe:
    from av.stream import Disposition

    # One in a codec that libav does not know has no context, whatever its type says, and no shape.
    known = [s for s in container.streams.video if s.codec_context is not None]
    pictures = [s for s in known if not s.disposition & Disposition.attached_pic]
    audio = tuple(_track(s, container.start_time or 0) for s in container.streams.audio)
    return Probe(
        format=container.format.name,
        duration_ms=max(0, (container.duration or 0) // 1000),
        missing=missing,
        start_ms=(container.start_time or 0) // 1000,
        floats=bool(container.format.flags & _TS_DISCONT),
        video=_video(container, pictures[0]) if pictures else None,
        audio=audio,
    )


def _track(stream: AudioStream, container_start_us: int) -> AudioTrack:
    from av.stream import Disposition

    language = stream.language or ""
    codec = stream.codec_context
    return AudioTrack(
        stream=stream.index,
        codec=codec.name if codec else "unknown codec",
        channels=codec.channels if codec else 0,
        language="" if language == "und" else language,
        is_default=bool(stream.disposition & Disposition.default),
        ends_ms=_end_ms(stream, container_start_us),
        rate=codec.sample_rate if codec else 0,
        samples=_samples(stream, container_start_us),
    )


def _samples(stream: AudioStream, container_start_us: int) -> int | None:
    codec = stream.codec_context
    if codec is None or not codec.name.startswith(_LOSSLESS) or stream.duration is None or stream.time_base is None:
        return None
    begins_with_clip = (stream.start_time or 0) * stream.time_base == Fraction(container_start_us, 1_000_000)
    counts_samples = stream.time_base == Fraction(1, codec.sample_rate)
    return int(stream.duration) if begins_with_clip and counts_samples else None


def _end_ms(stream: Stream, container_start_us: int) -> int | None:
    """Where the container says that a stream ends, in ms from the container's start."""
    if stream.duration is not None and stream.time_base is not None:
        end = ((stream.start_time or 0) + stream.duration) * stream.time_base
        return max(0, round(end * 1000 - Fraction(container_start_us, 1000)))
    # Matroska keeps it in a tag: 00:01:02.345000000, where the track's last block ends.
    tag = re.fullmatch(r"(\d+):(\d\d):(\d\d\.\d+)", stream.metadata.get("DURATION", ""))
    if tag is None:
        return None
    hours, minutes, seconds = tag.groups()
    return round(((int(hours) * 60 + int(minutes)) * 60 + float(seconds)) * 1000)


def _video(container: InputContainer, stream: VideoStream) -> Video:
    rate = stream.average_rate or stream.guessed_rate
    width, height = stream.codec_context.width, stream.codec_context.height
    shape = stream.sample_aspect_ratio
    if shape:  # 0 or None: not given, so square
        width = round(width * shape)
    if _rotation(container, stream) % 180 == 90:
        width, height = height, width
    return Video(width, height, float(rate) if rate else None)


def _rotation(container: InputContainer, stream: VideoStream) -> int:
    """Degrees by which players turn the picture. It travels with the first decoded one."""
    import av

    try:
        for number, packet in enumerate(container.demux()):
            if number >= _PACKETS_TO_FIRST_PICTURE:
                break
            if packet.stream.index == stream.index:
                for frame in packet.decode():
                    return int(frame.rotation)  # type: ignore[union-attr]  # a video packet decodes to pictures
    except (av.FFmpegError, NotImplementedError):
        return 0  # a damaged first picture says nothing about the sound
    return 0
