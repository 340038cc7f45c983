"""Speech with exact word times, spoken by flite and espeak-ng: the only data the micro Whisper is trained with.

flite prints when each phone ends, and the phones of a word are counted by letting flite say the word alone; espeak-ng
calls back with the sample at which each word begins. Linux only: ``libespeak-ng.so.1`` is called through ctypes.
"""

from __future__ import annotations

import ctypes
import random
import subprocess
import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.models.train.vocabulary import WORD_ID, WORDS, sentence, word_salad

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Pcm = NDArray[np.int16]
    Spans = list[tuple[float, float]]  # start and end of each word, in seconds

RATE = 16_000
FLITE_VOICES = ("rms", "slt", "awb", "kal16")
ESPEAK_VOICES = ("en-us", "en-gb", "en-us+f3")
VOICES = FLITE_VOICES + ESPEAK_VOICES
ESPEAK_WORDS_PER_MINUTE = 165
ATTACK_S, RELEASE_S = 0.01, 0.04  # what is kept around an utterance

SENTENCES = {**dict.fromkeys(FLITE_VOICES, 1000), **dict.fromkeys(ESPEAK_VOICES, 700)}
"""Utterances of several words for each voice. flite's voices come from recordings and vary more by their context."""
SINGLE_SPEEDS = (0.85, 1.0, 1.2)
SPEEDS = (0.8, 1.25)


@dataclass(frozen=True)
class Job:
    voice: str
    text: str
    speed: float


@dataclass(frozen=True)
class Utterance:
    """One utterance, cut to its sound."""

    voice: str
    words: tuple[str, ...]
    samples: Floats
    """Shape (n,), mono, `RATE`, -1 to 1."""
    spans: Spans


def say(job: Job) -> Utterance | None:
    """Speaks it; None where the times of its words cannot be told."""
    words = tuple(job.text.split())
    made = _flite(job, words) if job.voice in FLITE_VOICES else _espeak(job, words)
    if made is None:
        return None
    samples, spans = made
    first = max(0, int((spans[0][0] - ATTACK_S) * RATE))
    last = min(len(samples), int((spans[-1][1] + RELEASE_S) * RATE))
    shifted = [(max(0.0, start - first / RATE), end - first / RATE) for start, end in spans]
    return Utterance(job.voice, words, np.clip(samples[first:last], -1, 1), shifted)


def training_jobs(seed: int = 1) -> list[Job]:
    """Every word alone at several speeds, and sentences and word salads, for each voice."""
    draw = random.Random(seed)  # noqa: S311  # no secret
    jobs = []
    for voice, count in SENTENCES.items():
        jobs += [Job(voice, word, speed) for word in WORDS for speed in SINGLE_SPEEDS]
        for _ in range(count):
            text = word_salad(draw) if draw.random() < 0.5 else sentence(draw)
            jobs.append(Job(voice, text, draw.uniform(*SPEEDS)))
    return jobs


def synthesize(folder: Path, processes: int = 2) -> None:
    """Speaks all training jobs into `Units` in the folder."""
    with get_context("spawn").Pool(processes) as pool:
        spoken = [utterance for utterance in pool.imap(say, training_jobs(), chunksize=50) if utterance]
    Units.write(folder, spoken)
    hours = sum(len(utterance.samples) for utterance in spoken) / RATE / 3600
    print(f"{len(spoken)} utterances, {hours:.2f} h", flush=True)


class Units:
    """The utterances on disk, as arrays laid end to end; the samples are mapped, not read."""

    def __init__(self, folder: Path) -> None:
        self._samples = np.load(folder / "samples.npy", mmap_mode="r")
        self._words = np.load(folder / "words.npy")
        self._spans = np.load(folder / "spans.npy")
        self._bounds = np.load(folder / "bounds.npy")

    @classmethod
    def write(cls, folder: Path, spoken: Sequence[Utterance]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        samples = [np.rint(utterance.samples * 32767).astype(np.int16) for utterance in spoken]
        words = [[WORD_ID[word] for word in utterance.words] for utterance in spoken]
        voices = [VOICES.index(utterance.voice) for utterance in spoken]
        ends = np.cumsum([[len(s), len(w)] for s, w in zip(samples, words, strict=True)], axis=0)
        starts = np.vstack([[0, 0], ends[:-1]])
        np.save(folder / "samples.npy", np.concatenate(samples))
        np.save(folder / "words.npy", np.concatenate(words))
        np.save(folder / "spans.npy", np.concatenate([utterance.spans for utterance in spoken]))
        np.save(folder / "bounds.npy", np.column_stack([voices, starts, ends]))

    def __iter__(self) -> Iterator[tuple[str, Pcm, list[int], Spans]]:
        """Voice, samples, word ids and spans of each utterance."""
        for voice, sample, word, sample_end, word_end in self._bounds.tolist():
            spans = [(start, end) for start, end in self._spans[word:word_end].tolist()]
            yield VOICES[voice], self._samples[sample:sample_end], self._words[word:word_end].tolist(), spans


def _flite(job: Job, words: Sequence[str]) -> tuple[Floats, Spans] | None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        stretch = f"duration_stretch={1 / job.speed:.2f}"
        printed = _run_flite(job.voice, job.text, "--setf", stretch, "-psdur", "-o", str(out))
        with wave.open(str(out)) as file:
            assert file.getframerate() == RATE
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / np.float32(32768)
    phones = [(name, float(end)) for name, _, end in (part.partition(":") for part in printed)]
    starts = [0.0] + [end for _, end in phones]
    sounds = [(start, end) for start, (name, end) in zip(starts, phones, strict=False) if name != "pau"]
    counts = [_phones(job.voice, word) for word in words]
    if sum(counts) != len(sounds):
        return None
    spans, at = [], 0
    for count in counts:
        spans.append((sounds[at][0], sounds[at + count - 1][1]))
        at += count
    return samples, spans


@cache
def _phones(voice: str, word: str) -> int:
    return sum(name != "pau" for name in _run_flite(voice, word, "-ps", "-o", "none"))


def _run_flite(voice: str, text: str, *options: str) -> list[str]:
    command = ["flite", "-voice", voice, *options, "-t", text]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def _espeak(job: Job, words: Sequence[str]) -> tuple[Floats, Spans] | None:
    samples, rate, starts = _library().speak(job.voice, job.text, int(ESPEAK_WORDS_PER_MINUTE * job.speed))
    if len(starts) != len(words):
        return None
    end_s = float(np.nonzero(np.abs(samples) > 0.01)[0][-1] + 1) / rate
    ends = [*starts[1:], max(end_s, starts[-1] + 0.05)]
    return _resampled(samples, rate), list(zip(starts, ends, strict=True))


def _resampled(samples: Floats, rate: int) -> Floats:
    """At `RATE`, band-limited."""
    count = int(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    spectrum = np.pad(spectrum, (0, count // 2 + 1 - len(spectrum)))
    return (np.fft.irfft(spectrum, count) * (count / len(samples))).astype(np.float32)


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class _Espeak:
    """The library, which has one state for the whole process."""

    _SYNCHRONOUS, _WORD, _LIST_END, _RATE_PARAMETER, _CHARS_UTF8 = 2, 1, 0, 1, 1

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._library.espeak_Initialize(self._SYNCHRONOUS, 500, None, 0)
        self._blocks: list[Floats] = []
        self._starts: list[float] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = kind(self._take)  # kept: the library holds no reference of Python's
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, voice: str, text: str, words_per_minute: int) -> tuple[Floats, int, list[float]]:
        """Samples, their rate, and the second at which each word begins."""
        self._blocks, self._starts = [], []
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(self._RATE_PARAMETER, words_per_minute, 0)
        data = text.encode()
        size = ctypes.c_size_t(len(data) + 1)
        self._library.espeak_Synth(data, size, 0, 1, 0, self._CHARS_UTF8, None, None)
        self._library.espeak_Synchronize()
        return np.concatenate(self._blocks), self._rate, self._starts

    def _take(self, samples: Any, count: int, events: Any) -> int:
        at = 0
        while events[at].type != self._LIST_END:
            if events[at].type == self._WORD:
                self._starts.append(events[at].audio_position_ms / 1000)
            at += 1
        if count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / np.float32(32768))
        return 0


@lru_cache(maxsize=1)
def _library() -> _Espeak:
    return _Espeak()
