"""What finding shot changes costs: seconds of one core for an hour of film, and memory. Linux only.

Run it: ``python -m tests.bench.shots [SECONDS [SIZE ...]]``. The film is made: moving pictures under noise, at bit
rates that streaming services use, cut to another every few seconds. Each is looked at three times and the fastest
counts; beside it, the same ffmpeg that only decodes, on one thread too. Cuts found are compared with those that were
made.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from clipforge.media.shots import ShotsJob, picture_bytes, shots_of
from tests.bench.listen import peak_mib
from tests.clips import FFMPEG, ffmpeg

SHOT_S = 4
RUNS = 3
FILMS = (("1280x720", "25", "3M"), ("1920x1080", "25", "6M"), ("1920x1080", "50", "9M"), ("3840x2160", "25", "20M"))
PICTURES = ("testsrc2", "mandelbrot", "smptehdbars", "gradients=seed=7:speed=0.02")


@dataclass(frozen=True)
class Cost:
    """What it took to look at one film."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    """Of ffmpeg."""
    found_ms: tuple[int, ...]


def film(path: Path, seconds: int, size: str, rate: str, bits: str) -> Path:
    """Shots of `SHOT_S` seconds, one picture after the other; made small and scaled up, which is quick."""
    count = seconds // SHOT_S
    inputs: list[str] = []
    for number in range(count):
        name, _, options = PICTURES[number % len(PICTURES)].partition("=")
        more = f":{options}" if options else ""
        inputs += ["-f", "lavfi", "-t", str(SHOT_S), "-i", f"{name}=size=480x270:rate={rate}{more}"]
    places = "".join(f"[{number}:v]" for number in range(count))
    scaled = f"scale={size.replace('x', ':')},noise=alls=10:allf=t,format=yuv420p"
    graph = f"{places}concat=n={count}:v=1:a=0,{scaled}[o]"
    encoder = ("-c:v", "libx264", "-preset", "veryfast", "-b:v", bits)
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[o]", *encoder, path, limit_s=3600)
    return path


def look(clip: Path, seconds: int) -> Cost:
    peak = 0.0

    def watch(_: float) -> None:
        nonlocal peak
        for child in psutil.Process().children():
            peak = max(peak, peak_mib(child.pid))

    before, began = _cpu_s(), time.monotonic()
    found = shots_of(ShotsJob(clip, FFMPEG, seconds * 1000), watch)
    return Cost(time.monotonic() - began, _cpu_s() - before, peak, found.times_ms)


def decode_s(clip: Path) -> float:
    """Seconds of one core to decode the film and throw it away."""
    before = _cpu_s()
    ffmpeg("-threads", "1", "-i", clip, "-map", "0:v", "-f", "null", "-", limit_s=3600)
    return _cpu_s() - before


def _cpu_s() -> float:
    who = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in who)


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    films = [each for each in FILMS if each[0] in (sys.argv[2:] or {size for size, _, _ in FILMS})]
    made = tuple(range(SHOT_S * 1000, seconds // SHOT_S * SHOT_S * 1000, SHOT_S * 1000))
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {seconds} s of film each\n")
    print("| picture | core seconds an hour | of decoding alone | peak MiB | charged for pictures | cuts found |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size, rate, bits in films:
            clip = film(Path(folder, "film.mp4"), seconds, size, rate, bits)
            costs = [look(clip, seconds) for _ in range(RUNS)]
            best = min(costs, key=lambda cost: cost.cpu_s)
            alone = min(decode_s(clip) for _ in range(RUNS))
            width, height = map(int, size.split("x"))
            right = len(set(best.found_ms) & set(made))
            print(
                f"| {size}, {rate} a second, {bits}bit/s | {best.cpu_s * 3600 / seconds:.0f} | "
                f"× {best.cpu_s / alone:.2f} | {max(cost.peak_mib for cost in costs):.0f} | "
                f"{picture_bytes(width, height) / 2**20:.0f} MiB | {right} of {len(made)}, "
                f"{len(best.found_ms) - right} others |"
            )


if __name__ == "__main__":
    main()
