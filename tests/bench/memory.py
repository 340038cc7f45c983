"""What a run takes at its peak, looked at from outside: ``python -m tests.bench.memory [--full]``.

Ten 1080p clips at once, with a model of the shape of ``small`` (int8, made-up weights, dense speech), under the budget
of a container of 7.65 GiB, with 2, 4 and 8 cores. Then recordings of growing length, one at a time: with ``--full`` 10
minutes, 1 hour and 10 hours, else the first only. These are transcribed by the small model of the tests, because what
may grow with length is everything but the model.

A figure is the sum of PSS over the process tree, the workers' ffmpeg included, looked at five times a second by a
process that is no part of the tree.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from clipforge.pool.processes import used_bytes
from tests.bench.listen import narration
from tests.bench.timing_model import make
from tests.clips import RATE, Look, ffmpeg, make_clip, samples, speech

GIB, MIB = 2**30, 2**20
PROMISE_BYTES = int(6.12 * GIB)
"""A container of 7.65 GiB, less a fifth."""
CORES = (2, 4, 8)
CLIPS = 10
CLIP_S = 28.0
"""Each clip fills one window, nearly: the most that a window can take."""
TOKENS = 100
"""Words in a window: dense speech, as in the table of `clipforge.engines.cost`."""
MICRO = Path(__file__).parents[1] / "models" / "micro-whisper"
SAMPLE_S = 0.2

PRETEND = (
    "import os, sys; os.sched_getaffinity = lambda pid: set(range({cores})); "
    "from clipforge.__main__ import main; sys.exit(main())"
)
"""``clipforge`` on a machine with so many cores: they decide how many workers there are, and so the memory."""


@dataclass(frozen=True)
class Peak:
    """The most that a run held, and how it was shared out at that moment."""

    total_bytes: int
    own_bytes: int
    """The parent's own peak, whenever it was."""
    workers: int
    workers_bytes: int
    """The largest worker tree, whenever it was."""
    wall_s: float
    told: str
    """What ``-v`` said about its plan."""


def watch(command: Sequence[str], env: dict[str, str], cwd: Path) -> Peak:
    """Run a command to its end, and look at its memory all the while. Raises where it fails."""
    began = time.monotonic()
    total = own = worker = workers = 0
    with tempfile.TemporaryFile("w+") as output:
        with subprocess.Popen(command, env={**os.environ, **env}, cwd=cwd, stdout=output, stderr=output) as run:
            root = psutil.Process(run.pid)
            while run.poll() is None:
                trees = _trees(root)
                if sum(trees) > total:
                    total, workers = sum(trees), sum(1 for tree in trees[1:] if tree > 15 * MIB)
                own, worker = max(own, trees[0]), max(worker, *trees[1:], 0)
                time.sleep(SAMPLE_S)
        output.seek(0)
        text = output.read()
    if run.returncode:
        raise RuntimeError(f"{command}: exit code {run.returncode}\n{text}")
    told = next((line for line in text.splitlines() if " × " in line and " of " in line), "")
    return Peak(total, own, workers, worker, time.monotonic() - began, told.strip())


def _trees(root: psutil.Process) -> list[int]:
    """What the parent holds, then each of its children with all below it."""
    try:
        children = root.children()
        return [used_bytes(root), *(_tree(child) for child in children)]
    except psutil.Error:
        return [0]


def _tree(process: psutil.Process) -> int:
    try:
        return sum(used_bytes(each) for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return 0


def ten_clips(folder: Path) -> Path:
    """1080p films, each with other words: no two share a window."""
    folder.mkdir()
    once = samples(speech("long"))
    for number in range(CLIPS):
        sound = np.tile(np.roll(once, -number * 3 * RATE), 4)[: int(CLIP_S * RATE)]
        look = Look(fps="5", output=("-tune", "zerolatency"))
        make_clip(folder / f"clip{number}.mp4", sound, size=(1920, 1080), look=look)
    return folder


def clips_table(temp: Path, cores: Sequence[int], *, learned: bool) -> list[str]:
    """Runs over the ten clips. Those with as many cores share a cache, so the second has learned from the first."""
    folder = ten_clips(temp / "ten")
    model = make("small", temp / "small", tokens=TOKENS)
    rows = []
    for count in cores:
        home = temp / f"home{count}"
        home.mkdir()
        for what in ("by the table", "as learned") if learned else ("by the table",):
            peak = _caption(temp, [str(folder), "--force", "--overwrite"], home, model=model, cores=count)
            rows.append(
                f"| {count} | {what} | {peak.told} | {_gib(peak.total_bytes)} | {_mib(peak.own_bytes)} "
                f"| {_mib(peak.workers_bytes)} | {'yes' if peak.total_bytes <= PROMISE_BYTES else '**no**'} |"
            )
            print(rows[-1], file=sys.stderr, flush=True)
    return rows


def recording(path: Path, minutes: float) -> Path:
    """A narration, as a telephone records it: AAC in MP4."""
    raw = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0")
    ffmpeg(*raw, "-c:a", "aac", "-b:a", "64k", path, stdin=narration(minutes).tobytes(), limit_s=7200)
    return path


def length_table(temp: Path, minutes: Sequence[float]) -> list[str]:
    rows = []
    shortest = 0
    for length in minutes:
        clip = recording(temp / f"{length:g}.m4a", length)
        home = temp / f"home-{length:g}"
        home.mkdir()
        peak = _caption(temp, [str(clip)], home, model=MICRO, cores=2)
        clip.unlink()
        shortest = shortest or peak.total_bytes
        rows.append(
            f"| {length:g} | {_mib(peak.total_bytes)} | {peak.total_bytes / shortest:.2f} | {_mib(peak.own_bytes)} "
            f"| {_mib(peak.workers_bytes)} |"
        )
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def _caption(temp: Path, paths: Sequence[str], home: Path, *, model: Path, cores: int) -> Peak:
    options = ["--model", str(model), "-l", "en", "-v", "--max-memory", f"{PROMISE_BYTES}", "-f", "srt"]
    command = [sys.executable, "-c", PRETEND.format(cores=cores), "caption", *paths, *options]
    return watch(command, {"HOME": str(home)}, temp)


def _mib(size: int) -> str:
    return f"{size / MIB:.0f}"


def _gib(size: int) -> str:
    return f"{size / GIB:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="recordings of up to 10 hours")
    parser.add_argument("--cores", default=",".join(map(str, CORES)), help="for the ten clips; nothing: leave them out")
    parser.add_argument("--by-the-table", action="store_true", help="leave out the runs that have learned")
    parser.add_argument("--minutes", default="", help="lengths of recordings, instead of the usual ones")
    chosen = parser.parse_args()
    minutes = [float(part) for part in chosen.minutes.split(",") if part] or [10.0, 60.0, 600.0][
        : 3 if chosen.full else 1
    ]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as temp:
        if chosen.cores:
            print("| cores | charges | plan | peak GiB | parent MiB | largest worker MiB | within 6.12 GiB |")
            print("|---|---|---|---|---|---|---|")
            cores = [int(part) for part in chosen.cores.split(",")]
            print(*clips_table(Path(temp), cores, learned=not chosen.by_the_table), sep="\n")
            print()
        print("| minutes | peak MiB | × the first | parent MiB | largest worker MiB |")
        print("|---|---|---|---|---|")
        print(*length_table(Path(temp), minutes), sep="\n")


if __name__ == "__main__":
    main()
