"""Makes the example clips: their pictures are drawn by ``pictures``, their words spoken by flite. Run by hand.

::

    python -m pip install pillow imageio-ffmpeg     # and, from the system: flite, with its voices rms and slt
    python examples/make_examples.py                # all of them, in about five minutes
    python examples/make_examples.py bridge.mkv     # one of them
    python examples/make_examples.py --stills       # a few frames of each as PNG files, to look at

Each sentence is spoken on its own, so that the pauses between them are known. Every sentence was chosen so that a
speech recognizer without much to go by hears each word of it.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pictures

HERE = Path(__file__).parent
RATE = 16_000


@dataclass(frozen=True)
class Clip:
    path: str
    """From this folder; the suffix says which container."""
    scene: pictures.Scene
    fps: int
    crf: int
    """x264's constant rate factor: as low as the clip's size allows."""
    voice: str
    sentences: tuple[str, ...]
    lead_s: float = 0.4
    pause_s: float = 0.45
    tail_s: float = 0.8


CLIPS = (
    Clip(
        "harbour-tour.mp4",
        pictures.harbour,
        12,
        36,
        "rms",
        (
            "Good evening, and welcome aboard.",
            "On your left, you can see the old lighthouse.",
            "It is more than a hundred years old.",
            "The white ferry is coming home from the islands.",
            "In a few minutes, the sun will be gone.",
            "Soon it will be dark, and the stars will come out.",
        ),
    ),
    Clip(
        "clips/bridge.mkv",
        pictures.bridge,
        15,
        26,
        "rms",
        ("This is the oldest bridge in the city.", "Under the bridge, the river is slow and deep."),
    ),
    Clip(
        "clips/castle.mp4",
        pictures.castle,
        15,
        26,
        "rms",
        ("please follow the captain slowly", "turn left near the castle and stop"),
    ),
    Clip(
        "clips/market.mov",
        pictures.market,
        15,
        26,
        "slt",
        ("The market opens at six in the morning.", "You can buy bread, cheese and flowers here."),
    ),
)


def spoken(voice: str, sentence: str) -> bytes:
    """What flite says: 16-bit mono at RATE."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.wav")
        subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", out], check=True)
        with wave.open(out) as file:
            assert (file.getframerate(), file.getnchannels()) == (RATE, 1)  # noqa: S101
            return file.readframes(file.getnframes())


def narration(clip: Clip) -> bytes:
    parts = [bytes(2 * round(clip.lead_s * RATE))]
    for sentence in clip.sentences:
        parts += [spoken(clip.voice, sentence), bytes(2 * round(clip.pause_s * RATE))]
    return b"".join([*parts[:-1], bytes(2 * round(clip.tail_s * RATE))])


def frames(clip: Clip, count: int) -> Iterator[bytes]:
    for i in range(count):
        yield clip.scene(i / clip.fps, i / count).tobytes()


def make(clip: Clip) -> None:
    samples = narration(clip)
    count = round(len(samples) / 2 / RATE * clip.fps)
    width, height = clip.scene(0, 0).size
    out = HERE / clip.path
    out.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".s16") as sound:
        sound.write(samples)
        sound.flush()
        source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(clip.fps), "-i", "-"]
        heard = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", sound.name]
        video = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
        video += ["-preset", "veryslow", "-tune", "animation", "-crf", str(clip.crf), "-g", str(10 * clip.fps)]
        video += ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
        # one thread and bitexact: the same file every time
        exact = ["-threads", "1", "-bitexact", "-fflags", "+bitexact", "-movflags", "+faststart"]
        audio = ["-c:a", "aac", "-b:a", "40k"]
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-v",
            "error",
            "-y",
            *source,
            *heard,
            *video,
            *audio,
            *exact,
            str(out),
        ]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
        assert process.stdin is not None  # noqa: S101
        for frame in frames(clip, count):
            process.stdin.write(frame)
        process.stdin.close()
        if process.wait() != 0:
            raise SystemExit(f"ffmpeg could not make {out}")
    print(f"{clip.path}: {count / clip.fps:.1f} s, {out.stat().st_size / 1000:.0f} kB")


def stills(clip: Clip) -> None:
    for tenths in (0, 3, 6, 9):
        picture = clip.scene(2 * tenths, tenths / 10)
        picture.save(f"{Path(clip.path).stem}-{tenths}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="file names of the clips to make; all of them if none is given")
    parser.add_argument("--stills", action="store_true", help="write PNG files to the current folder instead")
    asked = parser.parse_args()
    for clip in CLIPS:
        if not asked.names or Path(clip.path).name in asked.names:
            (stills if asked.stills else make)(clip)


if __name__ == "__main__":
    main()
