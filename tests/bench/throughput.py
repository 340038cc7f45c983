"""Whisper through ClipForge, through whisper-ctranslate2, and as bare library calls: same clips, model and threads.

Run it: ``python -m tests.bench.throughput [short|medium|long ...] [--rounds N] [--rival PROGRAM]``. The model has the
shape of ``small`` (`tests.bench.timing_model`: every program decodes the same words), int8, beam 5, word times on.
Whole processes are timed, start and loading included, in turns within each round. whisper-ctranslate2 runs with speech
detection, one clip after the other and with ``--batched``; where it is not found, its rows are left out.

The **floor** is what no program over this library can beat: CTranslate2's encode, generate and align on the very
windows, their features made and the model loaded before the clock starts. Every division of the threads over processes
and every batch size of `splits` is tried on the first windows, and the fastest taken for all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clipforge.media.listen import ListenJob, listen
from clipforge.media.samples import read_window
from tests.bench import timing_model
from tests.bench.listen import narration
from tests.bench.paired import run_s
from tests.clips import FFMPEG, RATE, make_clip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.clips import Pcm

    Features = NDArray[np.float32]
    """Shape (mels, 3000)."""

BEAM = 5
TOKENS = 60
"""Words in each window: 30 s of unhurried speech."""
TRIED_WINDOWS = 16


@dataclass(frozen=True)
class Load:
    """Clips to caption."""

    name: str
    seconds: tuple[float, ...]
    """Length of each clip."""


LOADS = {
    "short": Load("24 clips of 8-15 s", tuple(8 + 7 * i / 23 for i in range(24))),
    "medium": Load("4 clips of 5 min", (300.0,) * 4),
    "long": Load("1 clip of 30 min", (1800.0,)),
}


@dataclass(frozen=True)
class Split:
    """How bare calls are spread over the machine."""

    processes: int
    threads: int
    batch: int

    def __str__(self) -> str:
        return f"{self.processes} × {self.threads}, batch {self.batch}"


def splits(cores: int) -> list[Split]:
    per_core = [Split(cores, 1, batch) for batch in (1, 2, 4, 8)]
    return per_core + [Split(1, cores, batch) for batch in (4, 8)]


def clips_of(load: Load, folder: Path) -> list[Path]:
    """Narration in films with a small picture; no two begin with the same words."""
    sound = narration(sum(load.seconds) / 60 + 1)
    clips, at = [], 0
    for number, seconds in enumerate(load.seconds):
        piece: Pcm = sound[at : at + int(seconds * RATE)]
        clips.append(make_clip(folder / f"clip{number:02}.mp4", piece))
        at += len(piece)
    return clips


def features_of(clips: Sequence[Path], folder: Path) -> list[Features]:
    """What the encoder is given for each window of the clips."""
    from faster_whisper.feature_extractor import FeatureExtractor

    extract = FeatureExtractor()
    found = []
    for clip in clips:
        spool = folder / "floor.s16"
        for window in listen(ListenJob(clip, spool, FFMPEG, None), lambda _: None).windows:
            frames = extract(read_window(spool, window.start, window.end))
            found.append(np.pad(frames[:, :3000], ((0, 0), (0, max(0, 3000 - frames.shape[1])))).astype(np.float32))
    return found


def floor_s(model: Path, features: Sequence[Features], split: Split) -> float:
    """Seconds from the first call to the last, over all processes."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(split.processes + 1), context.Barrier(split.processes + 1)
    shares = [list(features[i :: split.processes]) for i in range(split.processes)]
    workers = [context.Process(target=_bare_calls, args=(model, s, split, (ready, done))) for s in shares]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    done.wait()
    took = time.perf_counter() - began
    for worker in workers:
        worker.join()
    return took


def _bare_calls(model: Path, features: Sequence[Features], split: Split, barriers: tuple[Barrier, Barrier]) -> None:
    import ctranslate2
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    opening = ["<|startoftranscript|>", "<|en|>", "<|transcribe|>"]
    sot = [tokenizer.token_to_id(token) for token in opening]
    prompt = [*sot, tokenizer.token_to_id("<|notimestamps|>")]
    whisper = ctranslate2.models.Whisper(str(model), compute_type="int8", intra_threads=split.threads)
    barriers[0].wait()
    for at in range(0, len(features), split.batch):
        batch = np.ascontiguousarray(np.stack(features[at : at + split.batch]))
        encoded = whisper.encode(ctranslate2.StorageView.from_array(batch), to_cpu=False)
        results = whisper.generate(
            encoded,
            [prompt] * len(batch),
            beam_size=BEAM,
            max_length=448,
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = [result.sequences_ids[0] for result in results]
        whisper.align(encoded, sot, tokens, [3000] * len(batch), median_filter_width=7)
    barriers[1].wait()


def ours(model: Path, clips: Sequence[Path], folder: Path) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "clipforge",
        "caption",
        *map(str, clips),
        "--model",
        str(model),
        "--language",
        "en",
    ]
    return [
        *command,
        "--beam-size",
        str(BEAM),
        "--no-cache",
        "--overwrite",
        "--force",
        "-q",
        "-o",
        str(folder / "ours"),
    ]


def rival(program: str, model: Path, clips: Sequence[Path], folder: Path, *more: str) -> list[str]:
    command = [program, *map(str, clips), "--model_directory", str(model), "--language", "en", "--device", "cpu"]
    command += [
        "--compute_type",
        "int8",
        "--threads",
        str(os.cpu_count()),
        "--beam_size",
        str(BEAM),
        "--verbose",
        "False",
    ]
    command += ["--word_timestamps", "True", "--vad_filter", "True", "-f", "srt", "-o", str(folder / "theirs")]
    return [*command, *more]


def bench(load: Load, rounds: int, program: str | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = timing_model.make("small", folder / "model", tokens=TOKENS)
        clips = clips_of(load, folder)
        features = features_of(clips, folder)
        commands = {"ClipForge": ours(model, clips, folder)}
        if program is not None:
            commands["one by one"] = rival(program, model, clips, folder)
            commands["batched"] = rival(program, model, clips, folder, "--batched", "True", "--batch_size", "8")
        tried = {split: floor_s(model, features[:TRIED_WINDOWS], split) for split in splits(os.cpu_count() or 1)}
        best = min(tried, key=lambda split: tried[split])
        seconds: dict[str, list[float]] = {who: [] for who in (*commands, "floor")}
        for _ in range(rounds):
            for who, command in commands.items():
                seconds[who].append(run_s(command, {"HOME": str(folder), "HF_HUB_OFFLINE": "1"}, folder))
            seconds["floor"].append(floor_s(model, features, best))
    print(f"| {load.name}: {len(features)} windows | seconds, median of {rounds} | ClipForge over it |\n|---|---|---|")
    for who, taken in seconds.items():
        label = {"floor": f"floor ({best})", "ClipForge": who}.get(who, f"whisper-ctranslate2, {who}")
        ratios = [mine / theirs for mine, theirs in zip(seconds["ClipForge"], taken, strict=True)]
        print(f"| {label} | {statistics.median(taken):.1f} | {statistics.median(ratios):.2f} |")
    print("floor, first windows: " + "; ".join(f"{split}: {taken:.1f} s" for split, taken in tried.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare ClipForge's throughput.")
    parser.add_argument("loads", nargs="*", default=list(LOADS), help=", ".join(LOADS))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rival", default=shutil.which("whisper-ctranslate2"), help="the program to run")
    given = parser.parse_args()
    for name in given.loads:
        bench(LOADS[name], given.rounds, given.rival)


if __name__ == "__main__":
    main()
