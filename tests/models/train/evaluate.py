"""How well a model folder hears: word error by voice, word times, and what it says to silence and noise."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.models.hearing import nothing_said, word_errors
from tests.models.train.clips import Clip, dense, draw_clips
from tests.models.train.synthesize import RATE, VOICES

if TYPE_CHECKING:
    from tests.models.train.synthesize import Floats

SEED = 20_261_123
GAP_S = 1.0
"""Silence between the clips of a batch, which are laid end to end."""


def evaluate(folder: Path, of_each_kind: int = 10) -> None:
    """Prints the table of the README for newly drawn clips: so many of each of three kinds and seven voices."""
    clips = draw_clips(SEED, of_each_kind)
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    print(f"{len(clips)} clips, {sum(len(clip.words) for clip in clips)} words, {size_mb(folder):.2f} MB")
    ways: dict[str, Callable[[Sequence[Floats]], list[list[Segment]]]] = {
        "sequential, beam 5": lambda sounds: [list(model.transcribe(s, beam_size=5)[0]) for s in sounds],
        "sequential, beam 1": lambda sounds: [list(model.transcribe(s, beam_size=1)[0]) for s in sounds],
        "batched, beam 5": lambda sounds: batched(model, sounds, beam_size=5),
        "batched, beam 1": lambda sounds: batched(model, sounds, beam_size=1),
    }
    print("| way |", " | ".join(VOICES), "| all |")
    print("|---" * (len(VOICES) + 2) + "|")
    for way, hear in ways.items():
        heard = [words_of(segments) for segments in hear([clip.samples for clip in clips])]
        print(f"| {way} | " + by_voice(clips, heard), flush=True)
    engine = WhisperEngine(recipe_for(folder_model(folder), Asked()), Placement(folder, batch_size=8, threads=2))
    transcripts = engine.transcribe([clip.samples for clip in clips])
    print("| our engine | " + by_voice(clips, [[word.text for word in t.words] for t in transcripts]))
    print(word_times(clips, [[(w.text, w.start_ms / 1000, w.end_ms / 1000) for w in t.words] for t in transcripts]))
    shuffled = [clips[i] for i in np.random.default_rng(SEED).permutation(len(clips))]
    windows = list(dense(shuffled))
    for way in ("sequential, beam 5", "batched, beam 5"):
        heard = [words_of(segments) for segments in ways[way]([samples for _, samples in windows])]
        print(f"{len(windows)} full windows in changing voices, {way}: {share([said for said, _ in windows], heard)}")
    for name, transcript in zip(nothing_said(), engine.transcribe(list(nothing_said().values())), strict=True):
        print(f"{name}: {' '.join(word.text for word in transcript.words) or 'no words'} {transcript.facts}")


def record(folder: Path, seed: int = SEED + 1) -> None:
    """Writes two clips of each kind and voice as Opus, and ``said.json``: what the tests hear."""
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for i, clip in enumerate(draw_clips(seed, 2)):
        file = f"{clip.voice.replace('+', '-')}-{i % 6 + 1}.opus"
        samples = np.rint(clip.samples * 32767).astype("<i2").tobytes()
        source = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
        # bitexact: no random stream serial, no encoder version in the tags
        target = ["-c:a", "libopus", "-b:a", "20k", "-application", "voip", "-bitexact", "-fflags", "+bitexact"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *target, str(folder / file)]
        subprocess.run(command, input=samples, check=True)
        said.append({"file": file, "voice": clip.voice, "text": " ".join(clip.words)})
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in said)
    (folder / "said.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def batched(model: WhisperModel, sounds: Sequence[Floats], beam_size: int) -> list[list[Segment]]:
    """All of them in one call of the batched pipeline, each under its own bounds."""
    gap = np.zeros(int(GAP_S * RATE), np.float32)
    starts = np.cumsum([0] + [len(sound) + len(gap) for sound in sounds]) / RATE
    bounds = [{"start": start, "end": start + len(sound) / RATE} for start, sound in zip(starts, sounds, strict=False)]
    segments, _ = BatchedInferencePipeline(model).transcribe(
        np.concatenate([part for sound in sounds for part in (sound, gap)]),
        clip_timestamps=bounds,
        batch_size=8,
        beam_size=beam_size,
        language="en",
    )
    found: list[list[Segment]] = [[] for _ in sounds]
    for segment in segments:
        found[int(np.searchsorted(starts, segment.start + 0.02, "right")) - 1].append(segment)
    return found


def words_of(segments: Iterable[Segment]) -> list[str]:
    return " ".join(segment.text for segment in segments).split()


def by_voice(clips: Sequence[Clip], heard: Sequence[list[str]]) -> str:
    """Word error of each voice and of all, as cells of a table."""
    cells = []
    for voices in (*((voice,) for voice in VOICES), VOICES):
        pairs = [(list(clip.words), words) for clip, words in zip(clips, heard, strict=True) if clip.voice in voices]
        cells.append(share([said for said, _ in pairs], [words for _, words in pairs]))
    return " | ".join(cells) + " |"


def share(said: Sequence[list[str]], heard: Sequence[list[str]]) -> str:
    errors = sum(word_errors(a, b) for a, b in zip(said, heard, strict=True))
    return f"{100 * errors / sum(map(len, said)):.1f} %"


def word_times(clips: Sequence[Clip], heard: Sequence[Sequence[tuple[str, float, float]]]) -> str:
    """How far off our engine's times are, over clips of which it heard every word."""
    firsts, starts, ends = [], [], []
    for clip, words in zip(clips, heard, strict=True):
        if [word for word, _, _ in words] == list(clip.words):
            off = [(a - start, b - end) for (_, a, b), (start, end) in zip(words, clip.spans, strict=True)]
            firsts.append(off[0][0])
            starts += [start for start, _ in off[1:]]
            ends += [end for _, end in off]
    parts = []
    for name, values in (("first starts", firsts), ("other starts", starts), ("ends", ends)):
        far = np.abs(values) * 1000
        parts.append(f"{name} {np.median(far):.0f} ms, 90th percentile {np.percentile(far, 90):.0f} ms")
    return "word times off by: " + "; ".join(parts)
