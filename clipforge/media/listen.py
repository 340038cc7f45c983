"""Listening to a clip: its sound into a spool file, and the windows of speech in it. One pass, flat memory::

    clip ──▶ ffmpeg ──pipe, block by block──▶ spool file ──▶ digest of each window
             (one track, 16 kHz mono s16)└──▶ speech detection ──▶ windows

Sample 0 of the spool is the container's start, which players show as 0:00: a track that starts late has silence in
front, and what cannot be decoded is replaced by silence as long, so that later sound keeps its time.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from math import gcd
from pathlib import Path
from typing import Any

from clipforge.errors import DamagedMedia, EngineFailed, NoSuchTrack, OutputFailed
from clipforge.media import ffmpeg
from clipforge.media.probe import AudioTrack, Probe, probe
from clipforge.media.samples import SAMPLE_BYTES, SAMPLE_RATE
from clipforge.media.speech import AnchoredDetector, load_model, model_path
from clipforge.media.windows import find_speech, plan

LFE_LEVEL = 0.5
"""How much of a low-frequency channel goes into mono (1: as much as the centre). Not 0, ffmpeg's default: recorders
with four and more microphones label their fourth channel so."""

_BLOCK_BYTES = 1 << 16  # 2 s of sound a step
_MOST_AHEAD_S = 0.02  # half a picture: captions may come that much early. 441 samples at 22.05 kHz are 20 ms
_SURE_OF_LENGTH = 2.0  # seconds that may be missing at the end before a clip counts as cut off: headers round …
_SURE_SHARE = 0.001  # … and clocks drift
# Containers whose length is a guess of libav's, from the bit rate of the beginning or the last timestamp near the end.
# fmt: off
_GUESSED_LENGTH = frozenset({
    "mp3", "aac", "ac3", "eac3", "dts", "dtshd", "amr", "amrnb", "amrwb", "loas", "truehd", "mlp", "gsm", "mpegts",
    "mpeg", "ogg",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class ListenJob:
    """What is to be heard."""

    clip: Path
    spool: Path
    """Written anew; removed where listening fails."""
    ffmpeg: Path
    audio_track: int | None
    """From 1; None: the one that players choose."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of speech of at most 30 s. ``start`` and ``end`` are samples of the spool."""

    start: int
    end: int
    digest: str
    """SHA-256 of its samples as s16le, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What listening to a clip has brought."""

    duration_ms: int
    fps: float | None
    """None where there is no picture, or its rate is unknown."""
    width: int
    height: int
    """Of the picture as shown, after rotation and with square pixels; 0 where there is none."""
    audio_tracks: tuple[str, ...]
    """One description each: codec, channels, language."""
    has_audio: bool
    windows: tuple[Window, ...]
    speech_s: float
    """Seconds of speech found, without the sound around it."""
    speech_ms: tuple[tuple[int, int], ...] | None = None
    """Where it is: (start, end) of each stretch. None in what earlier versions kept."""


def manifest_to_data(manifest: Manifest) -> dict[str, Any]:
    """As plain data for the cache; `manifest_from_data` is its inverse."""
    return {
        "duration_ms": manifest.duration_ms,
        "fps": manifest.fps,
        "width": manifest.width,
        "height": manifest.height,
        "audio_tracks": list(manifest.audio_tracks),
        "has_audio": manifest.has_audio,
        "windows": [[w.start, w.end, w.digest] for w in manifest.windows],
        "speech_s": manifest.speech_s,
        "speech_ms": None if manifest.speech_ms is None else [list(stretch) for stretch in manifest.speech_ms],
    }


def manifest_from_data(data: Mapping[str, Any]) -> Manifest:
    """Raises KeyError, TypeError or ValueError on data of another shape."""
    stretches = data.get("speech_ms")
    return Manifest(
        duration_ms=int(data["duration_ms"]),
        fps=None if data["fps"] is None else float(data["fps"]),
        width=int(data["width"]),
        height=int(data["height"]),
        audio_tracks=tuple(str(track) for track in data["audio_tracks"]),
        has_audio=bool(data["has_audio"]),
        windows=tuple(Window(int(start), int(end), str(digest)) for start, end, digest in data["windows"]),
        speech_s=float(data["speech_s"]),
        speech_ms=None if stretches is None else tuple((int(start), int(end)) for start, end in stretches),
    )


def listen(job: ListenJob, report: Callable[[float], None]) -> Manifest:
    """Fill the job's spool and say where speech is. ``report`` is told the share done, 0 to 1.

    Raises what `probe` does, and `NoSuchTrack`, `DamagedMedia` (cannot be decoded, or ends before it should),
    `EngineFailed` (ffmpeg itself was killed), `OutputFailed` (spool), `ToolMissing`, `WorkerOverdue`.
    """
    facts = probe(job.clip)
    track = _choose(job, facts)
    if track is None:
        return _manifest(facts, 0, (), ())
    try:
        return _hear(job, facts, track, report)
    except BaseException:  # an interrupt too must not leave a spool behind
        job.spool.unlink(missing_ok=True)
        raise


def _choose(job: ListenJob, facts: Probe) -> AudioTrack | None:
    if job.audio_track is None or not facts.audio:
        return facts.default_track()
    if not 1 <= job.audio_track <= len(facts.audio):
        raise NoSuchTrack(job.clip, job.audio_track, tuple(str(t) for t in facts.audio))
    return facts.audio[job.audio_track - 1]


def _hear(job: ListenJob, facts: Probe, track: AudioTrack, report: Callable[[float], None]) -> Manifest:
    import numpy as np

    detector = AnchoredDetector(load_model(model_path()))
    expected = max(1, facts.duration_ms * SAMPLE_RATE // 1000)
    heard = reported = 0
    with ffmpeg.running(job.ffmpeg, _decode_args(job.clip, facts, track), _limits(job.clip, facts)) as child:
        with _open_spool(job.spool) as spool:
            for block in _whole_samples(child):
                _write(spool, block)
                detector.hear(np.frombuffer(block, "<i2"))
                heard += len(block) // SAMPLE_BYTES
                if heard - reported >= expected // 100:
                    report(min(1.0, heard / expected))
                    reported = heard
        _check_end(job.clip, child, facts, track, heard)
    runs = detector.finish()
    windows = tuple(Window(start, end, _digest(job.spool, start, end)) for start, end in plan(runs, heard))
    report(1.0)
    return _manifest(facts, heard, windows, find_speech(runs, heard))


def _limits(clip: Path, facts: Probe) -> ffmpeg.Limits:
    """Slow disks and busy machines are waited for: a quarter of real time, 1 MB/s. What stands still ends sooner."""
    return ffmpeg.Limits(deadline_s=600 + 4 * facts.duration_ms / 1000 + clip.stat().st_size / 1e6)


def _decode_args(clip: Path, facts: Probe, track: AudioTrack) -> list[str]:
    source = ffmpeg.clip_input()
    # async=1 keeps sound at its time by silence or leaving out, never by stretching; first_pts=0 does so at the start.
    place = {"async": 1, "first_pts": 0, "lfe_mix_level": LFE_LEVEL}
    sound = source[str(track.stream)]
    if ahead := _ahead_of_grid(track):
        sound = sound.filter("atrim", start_sample=ahead).filter("asetpts", "PTS-STARTPTS")
    placed = sound.filter("aresample", **place)
    outputs = [placed.output("pipe:1", ac=1, ar=SAMPLE_RATE, acodec="pcm_s16le", format="s16le")]
    if facts.floats:
        # Nothing but being used is asked of the other streams: see `Probe.floats`.
        outputs.append(source["v?"].output(source["a?"], "-", c="copy", format="null"))
    return ["-ignore_unknown", *ffmpeg.arguments(clip, *outputs)]


def _ahead_of_grid(track: AudioTrack) -> int:
    """Samples of the track to leave out at its head, so that the rest is a whole number of resampling steps.

    A step is 3 samples at 48 kHz, 441 at 44.1 kHz. Resampling that begins elsewhere in a step gives other samples all
    the way; counted from the end, a trim at the head changes nothing but the first milliseconds.
    """
    step = track.rate // gcd(track.rate, SAMPLE_RATE) if track.rate else 1
    if track.samples is None or track.samples <= step or step > _MOST_AHEAD_S * track.rate:
        return 0
    return track.samples % step


def _whole_samples(child: ffmpeg.Child) -> Iterator[bytes]:
    """The child's output in blocks of about 2 s, no sample cut in two."""
    kept = bytearray()
    for data in child.blocks():
        kept += data
        if len(kept) >= _BLOCK_BYTES:
            whole = len(kept) - len(kept) % SAMPLE_BYTES
            yield bytes(kept[:whole])
            del kept[:whole]
    yield bytes(kept[: len(kept) - len(kept) % SAMPLE_BYTES])


def _check_end(clip: Path, child: ffmpeg.Child, facts: Probe, track: AudioTrack, heard: int) -> None:
    """Refuse a clip whose sound could not be decoded or ends before it should."""
    code, complaints = child.exit_code(), child.complaints()
    heard_s = heard / SAMPLE_RATE
    last_words = complaints[-1] if complaints else f"exit code {code}"
    if code < 0:
        raise EngineFailed("ffmpeg", f"killed by signal {-code}")
    if code:
        where = f"decoding failed after {heard_s:.0f} s" if heard else "the audio cannot be decoded"
        raise DamagedMedia(clip, f"{where}: {last_words}")
    if not heard and complaints:
        raise DamagedMedia(clip, f"the audio cannot be decoded: {last_words}")
    promised_s = _promised_s(facts, track, complaints)
    if heard_s + _SURE_OF_LENGTH + _SURE_SHARE * promised_s < promised_s:
        ends = f"ends after {heard_s:.0f} s of data"
        raise DamagedMedia(clip, f"{ends}: the file is truncated (it should have {promised_s:.0f} s)")


def _promised_s(facts: Probe, track: AudioTrack, complaints: list[str]) -> float:
    """The least that a sound clip must bring; 0 where the container promises nothing.

    A clip may rightly be longer than its sound, so the clip's own length counts only where there is no picture, or
    where the reader itself met an early end of the file.
    """
    if facts.format in _GUESSED_LENGTH:
        return 0.0
    if track.ends_ms is not None:
        return track.ends_ms / 1000 / (1 - facts.missing)
    if facts.video is None or any("ended prematurely" in line for line in complaints):
        return facts.duration_ms / 1000
    return 0.0


def _digest(spool: Path, start: int, end: int) -> str:
    """SHA-256 of a stretch of the spool; at most 30 s, so it is read at once."""
    with spool.open("rb") as file:
        file.seek(start * SAMPLE_BYTES)
        return hashlib.sha256(file.read((end - start) * SAMPLE_BYTES)).hexdigest()


def _open_spool(spool: Path) -> FileIO:
    try:
        return spool.open("wb", buffering=0)
    except OSError as e:
        raise _spool_failed(spool, e) from e


def _write(spool: FileIO, block: bytes) -> None:
    """Unbuffered, so that a full disk shows here and not when the file is closed."""
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[spool.write(rest) :]
    except OSError as e:
        raise _spool_failed(Path(spool.name), e) from e


def _spool_failed(spool: Path, error: OSError) -> OutputFailed:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return OutputFailed(spool, "no space left for the sound" if full else error.strerror or str(error))


def _manifest(facts: Probe, heard: int, windows: tuple[Window, ...], speech: Sequence[tuple[int, int]]) -> Manifest:
    video = facts.video
    return Manifest(
        duration_ms=facts.duration_ms or heard * 1000 // SAMPLE_RATE,
        fps=video.fps if video else None,
        width=video.width if video else 0,
        height=video.height if video else 0,
        audio_tracks=tuple(str(track) for track in facts.audio),
        has_audio=bool(facts.audio),
        windows=windows,
        speech_s=sum(end - start for start, end in speech) / SAMPLE_RATE,
        speech_ms=tuple((start * 1000 // SAMPLE_RATE, end * 1000 // SAMPLE_RATE) for start, end in speech),
    )
