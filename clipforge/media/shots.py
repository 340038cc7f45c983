"""Where the picture of a clip cuts to another shot, by ffmpeg's scene detection. One pass, flat memory::

    clip ──▶ ffmpeg ──▶ small grey pictures ──▶ scdet: unlike the one before?       ──▶ numbers ──pipe──▶ cuts
             (decodes)                     └──▶ blend: unlike the one FLASH_S ago? ──┘

A picture that is suddenly unlike the one before it begins a new shot, if what follows stays unlike what was before: a
flash comes back to the shot that it began in. Fades and dissolves change little from one picture to the next and are no
cut; captions have nothing to keep to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipforge.errors import EngineFailed, PictureUnreadable
from clipforge.media import ffmpeg
from clipforge.media.probe import Probe, probe

SUDDEN = 10.0
"""Least scene score of a cut, in percent of full scale: how unlike the picture before, less what was already so between
the two before (steady motion). scdet's own default."""
CHANGED = 7.0
"""How unlike the shot before the picture must still be `FLASH_S` later, in percent. Motion in a shot stays below."""
FLASH_S = 0.2
"""Flashes are shorter, shots are longer: the shortest cue is four times as long."""

SMALL = (96, 54)
"""What pictures are scaled to, whatever their shape. Noise and fine motion average out, and it is cheap."""

_BLACK = b"\x00\x10"  # in full and in video range
_PICTURES_HELD = 20  # a decoder on one thread holds 17 (H.264's 16 and the one at work), filters a few
_BYTES_PER_PIXEL = 3  # 4:2:0 with 10 bits


@dataclass(frozen=True, slots=True)
class ShotsJob:
    """Which clip to look at."""

    clip: Path
    ffmpeg: Path
    duration_ms: int
    """For progress and the deadline; 0 where unknown."""

    @property
    def deadline_s(self) -> float:
        """Twenty times real time: 4K on one slow core takes a quarter of that."""
        return 600 + 20 * self.duration_ms / 1000


@dataclass(frozen=True, slots=True)
class Shots:
    """Where new shots begin."""

    times_ms: tuple[int, ...]
    """From the clip's start, ascending; the first shot's own beginning is none."""


def shots_from_data(data: Mapping[str, Any]) -> Shots:
    """From plain data of the cache. Raises KeyError, TypeError or ValueError on data of another shape."""
    return Shots(tuple(int(at) for at in data["times_ms"]))


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one picture."""

    time_s: float
    score: float
    """Scene score, 0 to 100."""
    changed: float
    """How unlike the picture `FLASH_S` before, 0 to 100."""


def picture_bytes(width: int, height: int) -> int:
    """What looking takes beside what listening does: the pictures (sizes in pixels) that decoder and filters hold.

    tests/bench/shots.py shows the peak.
    """
    return _PICTURES_HELD * _BYTES_PER_PIXEL * width * height


def shots_of(job: ShotsJob, report: Callable[[float], None]) -> Shots:
    """The shot changes of a clip; none where it has no picture. ``report`` is told the share done, 0 to 1.

    Raises what `probe` does, and `PictureUnreadable`, `EngineFailed` (ffmpeg itself was killed), `ToolMissing`,
    `WorkerOverdue`.
    """
    facts = probe(job.clip)
    if facts.video is None:
        return Shots(())
    with ffmpeg.running(job.ffmpeg, _arguments(job.clip, facts), ffmpeg.Limits(job.deadline_s)) as child:
        finder = CutFinder()
        reported = 0.0
        for look in _looks(child):
            finder.see(look)
            done = look.time_s * 1000 / max(1, job.duration_ms)
            if done - reported >= 0.01:
                reported = done
                report(min(1.0, done))
        _check_end(job.clip, child, finder.seen)
    return Shots(finder.finish())


class CutFinder:
    """Picks the cuts out of what is known of each picture, picture by picture."""

    def __init__(self) -> None:
        self.seen = 0
        self._cuts: list[float] = []
        self._sudden: float | None = None  # the last sudden picture that is being watched
        self._stays = 0.0  # how unlike the shot before it the latest picture within FLASH_S is

    def see(self, look: Look) -> None:
        """The next picture, in order of time."""
        self.seen += 1
        if self._sudden is not None and look.time_s >= self._sudden + FLASH_S - 1e-4:
            self._settle()
        if self._sudden is None and look.score >= SUDDEN:
            self._sudden = look.time_s
        if self._sudden is not None:
            self._stays = look.changed

    def _settle(self) -> None:
        if self._sudden is not None and self._stays >= CHANGED:
            self._cuts.append(self._sudden)
        self._sudden = None

    def finish(self) -> tuple[int, ...]:
        """Milliseconds at which new shots begin."""
        self._settle()
        return tuple(round(cut * 1000) for cut in self._cuts)


def _arguments(clip: Path, facts: Probe) -> list[str]:
    import ffmpeg as graph

    # One thread: workers are what is counted. Neither deblocking nor turning changes anything at this size.
    source = ffmpeg.clip_input(threads=1, noautorotate=None, skip_loop_filter="all")
    small = source["V:0"].filter("scale", *SMALL, flags="area").filter("format", "gray")
    seen = small.filter("scdet", threshold=100).filter_multi_output("split")
    late = seen[1].filter("setpts", f"PTS+{FLASH_S}/TB")
    changed = graph.filter([seen[0], late], "blend", all_mode="difference", shortest=1).filter("signalstats")
    told = changed.filter("metadata", "print", file="-")
    # A filter that cannot write goes on; an output that cannot write ends ffmpeg. So one black pixel for each picture
    # goes down the pipe among the numbers: when we are gone, so is ffmpeg.
    pulse = told.filter("scale", 1, 1).filter("lutyuv", y=0).filter("format", "gray")
    outputs = [pulse.output("pipe:1", format="rawvideo", fps_mode="passthrough", flush_packets=1)]
    if facts.floats:
        # Nothing but being used is asked of the sound: see `Probe.floats`.
        outputs.append(source["a?"].output("-", c="copy", format="null"))
    return ["-ignore_unknown", "-filter_complex_threads", "1", *ffmpeg.arguments(clip, *outputs)]


def _looks(child: ffmpeg.Child) -> Iterator[Look]:
    """What ffmpeg tells of each picture, as it comes: ``key=value`` lines after one that begins with ``frame:``."""
    time_s = score = None
    for line in _lines(child):
        key, _, value = line.partition("=")
        if key.startswith("frame:"):
            at = key.rpartition("pts_time:")[2]
            time_s, score = float(at) if at[:1].isdigit() else None, None
        elif key == "lavfi.scd.score":
            score = float(value)
        elif key == "lavfi.signalstats.YAVG" and time_s is not None and score is not None:
            yield Look(time_s, score, float(value) * 100 / 255)


def _lines(child: ffmpeg.Child) -> Iterator[str]:
    rest = b""
    for block in child.blocks():
        *lines, rest = (rest + block.translate(None, _BLACK)).split(b"\n")
        for line in lines:
            yield line.decode("ascii", "replace")


def _check_end(clip: Path, child: ffmpeg.Child, seen: int) -> None:
    code, complaints = child.exit_code(), child.complaints()
    if code < 0:
        raise EngineFailed("ffmpeg", f"killed by signal {-code}")
    if code or not seen:
        raise PictureUnreadable(clip, complaints[-1] if complaints else f"exit code {code}")
