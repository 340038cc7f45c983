"""What listening costs: speed on one core, and memory against length. Linux only.

Run it: ``python -m tests.bench.listen [MINUTES ...]``. Each length is heard in a process of its own; the peaks of it
and of its ffmpeg are the kernel's (``VmHWM``: unlike ``ru_maxrss`` it does not begin with what the parent held). The
clip is an MP4 film (AAC, a small picture) of recorded speech with pauses.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.clips import FFMPEG, RATE, ffmpeg, samples, speech

if TYPE_CHECKING:
    from tests.clips import Pcm

DEFAULT_MINUTES = (10, 60)


@dataclass(frozen=True)
class Cost:
    """What it took to listen to one clip."""

    minutes: float
    wall_s: float
    own_cpu_s: float
    """Of the listening process: speech detection, mostly."""
    ffmpeg_cpu_s: float
    own_peak_mib: float
    ffmpeg_peak_mib: float
    windows: int

    @property
    def cpu_s(self) -> float:
        return self.own_cpu_s + self.ffmpeg_cpu_s


def narration(minutes: float) -> Pcm:
    """Recorded speech over and over with pauses of different length, over a little noise that never repeats."""
    once = samples(speech("long"))
    draw = np.random.default_rng(1)
    parts: list[Pcm] = []
    while sum(map(len, parts)) < minutes * 60 * RATE:
        start = int(draw.integers(0, len(once) // 2))
        parts += [once[start:], np.zeros(int(draw.exponential(RATE)), np.int16)]
    sound = np.concatenate(parts)[: int(minutes * 60 * RATE)]
    for at in range(0, len(sound), RATE):
        noise = draw.normal(0, 10, len(sound[at : at + RATE])).astype(np.int16)
        sound[at : at + RATE] = np.clip(sound[at : at + RATE].astype(np.int32) + noise, -32768, 32767)
    return sound


def long_clip(path: Path, minutes: float) -> Path:
    """A film in which somebody narrates."""
    picture = ("-f", "lavfi", "-i", f"color=gray:size=160x90:rate=5:duration={minutes * 60}")
    raw = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0")
    sound = narration(minutes).tobytes()
    ffmpeg(*raw, *picture, "-preset", "ultrafast", "-ar", "48000", "-ac", "2", path, stdin=sound, limit_s=900)
    return path


def measure(clip: Path, minutes: float) -> Cost:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_listen, (clip, minutes))


def _listen(clip: Path, minutes: float) -> Cost:
    import psutil

    from clipforge.media.listen import ListenJob, listen

    ffmpeg_peak_mib = 0.0

    def look(_: float) -> None:
        nonlocal ffmpeg_peak_mib
        for child in psutil.Process().children():
            ffmpeg_peak_mib = max(ffmpeg_peak_mib, peak_mib(child.pid))

    job = ListenJob(clip, clip.with_suffix(".s16"), FFMPEG, None)
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.monotonic()
    manifest = listen(job, look)
    wall_s = time.monotonic() - started
    own, child = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    job.spool.unlink()
    return Cost(
        minutes=minutes,
        wall_s=wall_s,
        own_cpu_s=own.ru_utime + own.ru_stime - before.ru_utime - before.ru_stime,
        ffmpeg_cpu_s=child.ru_utime + child.ru_stime,
        own_peak_mib=peak_mib(os.getpid()),
        ffmpeg_peak_mib=ffmpeg_peak_mib,
        windows=len(manifest.windows),
    )


def peak_mib(pid: int) -> float:
    """The most memory that a process has held; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0.0


def main() -> None:
    lengths = [float(minutes) for minutes in sys.argv[1:]] or list(DEFAULT_MINUTES)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("minutes  wall s  × real time  × real time   CPU s per hour   peak MiB        windows")
    print("                  as it runs    a core      ours   ffmpeg   ours   ffmpeg")
    with tempfile.TemporaryDirectory() as folder:
        for minutes in lengths:
            cost = measure(long_clip(Path(folder, f"{minutes:g}.mp4"), minutes), minutes)
            seconds, hours = 60 * minutes, minutes / 60
            print(
                f"{minutes:7g}  {cost.wall_s:6.1f}  {seconds / cost.wall_s:11.0f}  {seconds / cost.cpu_s:11.0f}"
                f"  {cost.own_cpu_s / hours:8.1f}  {cost.ffmpeg_cpu_s / hours:7.1f}"
                f"  {cost.own_peak_mib:6.1f}  {cost.ffmpeg_peak_mib:6.1f}  {cost.windows:7d}"
            )


if __name__ == "__main__":
    main()
