"""Makes the speech in this folder and ``words.json``. Run by hand, never by the tests; needs flite (with rms and slt).

::

    python -m tests.speech.make                        # writes the files; the same bytes every time
    python -m tests.speech.make --check                # the draft engine's model hears every word of them
    python -m tests.speech.make --check MODEL_FOLDER   # and so does a Whisper model in CTranslate2 form

An utterance is a few phrases with pauses of known length between them. Each phrase is spoken by flite on its own and
cut to its sound; flite prints when each phone ends, and the phones of a word are counted by letting flite say the word
alone. That gives every word's start and end without any recognition.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np

from tests.speech import FOLDER, Utterance, utterances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]
    Span = tuple[str, float, float]  # word, start and end in seconds

RATE = 16_000
LEAD_S, TAIL_S = 0.3, 0.4  # silence before the first phrase and after the last
ATTACK_S, RELEASE_S = 0.01, 0.04  # what is kept around a phrase: flite's phone marks are a little inside the sound


@dataclass(frozen=True)
class Script:
    """What one file says. ``phrases`` are the words, ``pauses_s[i]`` the silence after ``phrases[i]``."""

    file: str
    voice: str
    stretch: float
    """1.1 is ten percent slower than the voice's own pace."""
    phrases: tuple[str, ...]
    pauses_s: tuple[float, ...] = ()


SHORT = (
    Script("captain.flac", "rms", 1.0, ("please follow the captain slowly",)),
    Script("kitchen.flac", "rms", 1.0, ("please open the window and close the kitchen",)),
    Script("storm.flac", "rms", 1.0, ("yesterday evening the storm is near the village",)),
    Script("butterfly.flac", "rms", 1.0, ("the butterfly is under the orange rocket",)),
    Script("week.flac", "rms", 1.1, ("monday tuesday wednesday thursday friday saturday sunday",)),
    Script("ferry.flac", "slt", 1.1, ("the ferry is near the lighthouse and the bridge",)),
    Script(
        "goodbye.flac", "rms", 1.0, ("please follow the captain slowly", "goodbye captain and goodbye family"), (1.0,)
    ),
    Script("hello.flac", "rms", 1.0, ("hello",) * 4, (0.15,) * 3),
    Script("pause.flac", "rms", 1.1, ("we never stop the music", "we watch the dolphin together"), (3.0,)),
)
LONG = Script(
    "long.opus",
    "rms",
    1.0,
    (
        "the chocolate is near the orange captain",
        "tomorrow morning we follow the ferry",
        "turn left near the castle and stop",
        "we always turn the video from the paper",
        "the airport is behind the mountain",
        "monday tuesday wednesday thursday friday saturday sunday",
        "goodbye captain and goodbye family",
        "the butterfly is under the orange rocket",
        "please open the window and close the kitchen",
        "please follow the captain slowly",
        "the picture is between the window and the computer",
        "yesterday evening the storm is near the village",
        "this is the story from the mountain",
        "follow the river slowly and turn left",
        "turn left after the doctor",
        "we never stop the music",
        "this is the red boat from monday",
    ),
    (0.5, 2.0, 0.8, 4.0, 0.3, 2.5, 0.3, 6.0, 3.0, 0.5, 2.0, 2.2, 2.4, 3.0, 2.0, 2.0),
)
PARTING_S = 2.0  # --check cuts where a pause is at least this long: windows of at most 14 s, each with one context


def say(voice: str, stretch: float, text: str) -> tuple[Samples, list[tuple[str, float]]]:
    """What flite speaks (RATE, mono) and its phones, each with its end in seconds; ``pau`` is silence."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-psdur", "-t", text]
        printed = subprocess.run([*command, "-o", str(out)], check=True, capture_output=True, text=True).stdout
        with wave.open(str(out)) as file:
            assert file.getframerate() == RATE
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    phones = [(phone, float(end)) for phone, _, end in (part.partition(":") for part in printed.split())]
    return samples, phones


@lru_cache
def phone_count(voice: str, word: str) -> int:
    return sum(phone != "pau" for phone, _ in say(voice, 1.0, word)[1])


def phrase(voice: str, stretch: float, text: str) -> tuple[Samples, list[Span]]:
    """A phrase cut to its sound, and its words with their times in it. A pause inside belongs to no word."""
    samples, phones = say(voice, stretch, text)
    starts = [0.0] + [end for _, end in phones]
    sounds = [(start, end) for start, (name, end) in zip(starts, phones, strict=False) if name != "pau"]
    words = text.split()
    counts = [phone_count(voice, word) for word in words]
    if sum(counts) != len(sounds):
        raise SystemExit(f"{text!r}: {len(sounds)} phones in the phrase, {sum(counts)} in its words")
    spans, at = [], 0
    for word, count in zip(words, counts, strict=True):
        spans.append((word, sounds[at][0], sounds[at + count - 1][1]))
        at += count
    begin = round(max(0.0, spans[0][1] - ATTACK_S) * RATE)
    end = round((spans[-1][2] + RELEASE_S) * RATE)
    return samples[begin:end], [(word, start - begin / RATE, stop - begin / RATE) for word, start, stop in spans]


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * 1000) * RATE // 1000, np.int16)


def perform(script: Script) -> tuple[Samples, list[Span]]:
    """The whole utterance and its words with their times in it."""
    parts, spans = [silence(LEAD_S)], []
    for text, pause_s in zip(script.phrases, (*script.pauses_s, TAIL_S), strict=True):
        offset = sum(map(len, parts)) / RATE
        samples, words = phrase(script.voice, script.stretch, text)
        spans += [(word, offset + start, offset + end) for word, start, end in words]
        parts += [samples, silence(pause_s)]
    return np.concatenate(parts), spans


def write(script: Script, samples: Samples) -> None:
    codec = (
        ["-c:a", "flac"] if script.file.endswith("flac") else ["-c:a", "libopus", "-b:a", "32k", "-application", "voip"]
    )
    source = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    # bitexact: no random stream serial, no encoder version in the tags
    target = [*codec, "-bitexact", "-fflags", "+bitexact", FOLDER / script.file]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *target]
    subprocess.run(command, input=samples.tobytes(), check=True)


def make() -> None:
    entries = []
    for script in (*SHORT, LONG):
        samples, spans = perform(script)
        write(script, samples)
        words = ",\n".join(
            f'    {{"word": {json.dumps(word)}, "start": {start:.3f}, "end": {end:.3f}}}' for word, start, end in spans
        )
        text = json.dumps(" ".join(script.phrases))
        head = f'"file": "{script.file}", "voice": "{script.voice}", "duration": {len(samples) / RATE:.3f}'
        entries.append(f'  {{{head},\n   "text": {text},\n   "words": [\n{words}]}}')
    (FOLDER / "words.json").write_text("[\n" + ",\n".join(entries) + "\n]\n", "utf-8")


def decode(path: Path) -> Samples:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        path,
        "-f",
        "s16le",
        "-ar",
        str(RATE),
        "-ac",
        "1",
        "-",
    ]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16)


def windows(utterance: Utterance) -> list[tuple[str, Samples]]:
    """The file cut in the middle of its longer pauses: what each piece says, and its samples."""
    words, samples = utterance.words, decode(utterance.path)
    cuts = [0]
    starts = [0]
    for i, (before, after) in enumerate(pairwise(words), start=1):
        if after.start_ms - before.end_ms >= PARTING_S * 1000:
            starts.append(i)
            cuts.append((before.end_ms + after.start_ms) // 2 * RATE // 1000)
    texts = [" ".join(w.text for w in words[a:b]) for a, b in pairwise([*starts, len(words)])]
    return list(zip(texts, (samples[a:b] for a, b in pairwise([*cuts, len(samples)])), strict=True))


def check(model: str | None) -> bool:
    """Prints what the engines make of each window, and whether they got every word of it."""
    from faster_whisper import WhisperModel
    from pocketsphinx import Decoder

    decoder, whisper, good = Decoder(loglevel="FATAL"), model and WhisperModel(model, compute_type="int8"), True
    for utterance in utterances().values():
        for said, samples in windows(utterance):
            decoder.start_utt()
            decoder.process_raw(samples.tobytes(), full_utt=True)
            decoder.end_utt()
            heard = {"draft": decoder.hyp().hypstr if decoder.hyp() else ""}
            if whisper:
                floats = samples.astype(np.float32) / 32768
                segments, _ = whisper.transcribe(floats, language="en", word_timestamps=True, vad_filter=True)
                heard["whisper"] = " ".join(word.word.strip() for segment in segments for word in segment.words or ())
            for engine, text in heard.items():
                good &= text == said
                verdict = "every word" if text == said else f"heard {text!r} for {said!r}"
                print(f"{utterance.path.name:14} {len(samples) / RATE:5.1f} s {engine:8} {verdict}", flush=True)
    return good


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", nargs="?", const="", metavar="MODEL_FOLDER", help="listen to the files instead")
    wanted = parser.parse_args(arguments).check
    if wanted is None:
        make()
        return 0
    return 0 if check(wanted or None) else 1


if __name__ == "__main__":
    sys.exit(main())
