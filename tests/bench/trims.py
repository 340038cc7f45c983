"""What a trim at the head costs: windows of a recording that have to be transcribed again.

Run it: ``python -m tests.bench.trims [MINUTES]`` (20). Every kind of recording is cut at places drawn at random and
heard anew; a window counts as new where its samples were in no window before.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clipforge.media.listen import ListenJob, listen
from tests.bench.listen import narration
from tests.clips import FFMPEG, RATE, ffmpeg

if TYPE_CHECKING:
    from tests.clips import Pcm

DEFAULT_MINUTES = 20.0
CUTS = 6
CUT_S = 120
"""At most so much is cut off."""
RECORDINGS = (
    ("16 kHz PCM in WAV", 16_000, ".wav", "pcm_s16le"),
    ("48 kHz PCM in WAV", 48_000, ".wav", "pcm_s16le"),
    ("48 kHz 24-bit PCM in MOV", 48_000, ".mov", "pcm_s24le"),
    ("44.1 kHz PCM in WAV", 44_100, ".wav", "pcm_s16le"),
    ("48 kHz FLAC", 48_000, ".flac", "flac"),
)


def record(sound: Pcm, rate: int, codec: str, path: Path) -> None:
    raw = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0")
    ffmpeg(*raw, "-ar", str(rate), "-ac", "2", "-c:a", codec, path, stdin=sound.tobytes(), limit_s=900)


def digests(clip: Path) -> list[str]:
    spool = clip.with_suffix(".s16")
    windows = listen(ListenJob(clip, spool, FFMPEG, None), lambda _: None).windows
    spool.unlink()
    return [window.digest for window in windows]


def new_windows(whole: Path, cut: int, codec: str, known: set[str]) -> tuple[int, int]:
    """Windows of the trimmed recording: those that are new, and all."""
    trimmed = whole.with_name(f"trimmed{whole.suffix}")
    ffmpeg("-i", whole, "-af", f"atrim=start_sample={cut},asetpts=PTS-STARTPTS", "-c:a", codec, trimmed, limit_s=900)
    found = digests(trimmed)
    return len(set(found) - known), len(found)


def main() -> None:
    minutes = float(sys.argv[1]) if sys.argv[1:] else DEFAULT_MINUTES
    sound = narration(minutes)
    print(f"| {minutes:g} minutes of | windows | new after each of {CUTS} trims | most |\n|---|---|---|---|")
    for name, rate, suffix, codec in RECORDINGS:
        draw = np.random.default_rng(rate)
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, f"whole{suffix}")
            record(sound, rate, codec, whole)
            known = set(digests(whole))
            cuts = [1, *(int(cut) for cut in draw.integers(2, CUT_S * rate, CUTS - 1))]
            new = [new_windows(whole, cut, codec, known)[0] for cut in cuts]
        print(f"| {name} | {len(known)} | {', '.join(map(str, new))} | {max(new)} |", flush=True)


if __name__ == "__main__":
    main()
