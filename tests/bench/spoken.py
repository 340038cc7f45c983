"""Speech made on the spot, with the synthesizer's own word times. Needs flite and espeak-ng with its library.

flite prints when each phone ends, so words have exact starts and ends. espeak-ng tells when each word begins; a word
ends where the next one begins, and the last one with the sound.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    """Shape (n,), mono, 16 kHz, -1 to 1."""

RATE = 16_000
FLITE = ("rms", "slt", "awb", "kal16")
ESPEAK = ("en-us", "en-gb", "en-us+f3")
VOICES = (*FLITE, *ESPEAK)
"""The voices that the micro Whisper was trained with."""

_ATTACK_S, _RELEASE_S = 0.01, 0.04  # kept around a phrase: the marks of phones are a little inside the sound


@dataclass(frozen=True)
class Phrase:
    """Sound cut to what is spoken, and the (start, end) of each word in ms from its first sample."""

    samples: Samples
    words: tuple[str, ...]
    times_ms: tuple[tuple[float, float], ...]


def say(voice: str, words: Sequence[str], pace: float = 1.0) -> Phrase | None:
    """The words in one breath; ``pace`` 1.1 is ten percent faster. None where the marks do not match the words."""
    found = _flite(voice, words, pace) if voice in FLITE else _espeak(voice, words, pace)
    if found is None:
        return None
    samples, spans = found
    first, last = spans[0][0] - _ATTACK_S, spans[-1][1] + _RELEASE_S
    start, end = max(0, round(first * RATE)), min(len(samples), round(last * RATE))
    times = tuple((1000 * (a - start / RATE), 1000 * (b - start / RATE)) for a, b in spans)
    return Phrase(samples[start:end], tuple(words), times)


def _flite(voice: str, words: Sequence[str], pace: float) -> tuple[Samples, list[tuple[float, float]]] | None:
    samples, phones = _flite_phones(voice, " ".join(words), 1 / pace)
    starts = [0.0, *(end for _, end in phones)]
    sounds = [(start, end) for start, (name, end) in zip(starts, phones, strict=False) if name != "pau"]
    counts = [_phone_count(voice, word) for word in words]
    if sum(counts) != len(sounds):
        return None
    spans, at = [], 0
    for count in counts:
        spans.append((sounds[at][0], sounds[at + count - 1][1]))
        at += count
    return samples, spans


def _flite_phones(voice: str, text: str, stretch: float) -> tuple[Samples, list[tuple[str, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.3f}", "-psdur", "-t", text]
        printed = subprocess.run([*command, "-o", str(out)], check=True, capture_output=True, text=True).stdout
        with wave.open(str(out)) as file:
            assert file.getframerate() == RATE
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    phones = [(phone, float(end)) for phone, _, end in (part.partition(":") for part in printed.split())]
    return samples.astype(np.float32) / np.float32(32768), phones


@cache
def _phone_count(voice: str, word: str) -> int:
    return sum(phone != "pau" for phone, _ in _flite_phones(voice, word, 1.0)[1])


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of espeak-ng/speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_WORD, _END = 1, 0
_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Espeak:
    """The library; one voice speaks at a time."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        synchronous = 2
        self.rate: int = self._library.espeak_Initialize(synchronous, 500, None, 0)
        self._starts: list[float] = []
        self._blocks: list[NDArray[np.int16]] = []
        self._callback = _Heard(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        at = 0
        while events[at].type != _END:
            if events[at].type == _WORD:
                self._starts.append(events[at].audio_position / 1000)
            at += 1
        if count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, voice: str, text: str, words_per_minute: int) -> tuple[NDArray[np.int16], list[float]]:
        self._starts, self._blocks = [], []
        self._library.espeak_SetVoiceByName(voice.encode())
        rate_parameter, utf8 = 1, 1
        self._library.espeak_SetParameter(rate_parameter, words_per_minute, 0)
        raw = text.encode() + b"\0"
        self._library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, 1, 0, utf8, None, None)
        self._library.espeak_Synchronize()
        return np.concatenate(self._blocks), self._starts


@cache
def _espeak_library() -> _Espeak:
    return _Espeak()


def _espeak(voice: str, words: Sequence[str], pace: float) -> tuple[Samples, list[tuple[float, float]]] | None:
    library = _espeak_library()
    raw, starts = library.say(voice, " ".join(words), round(165 * pace))
    if len(starts) != len(words):
        return None
    samples = raw.astype(np.float32) / np.float32(32768)
    last = (np.flatnonzero(np.abs(samples) > 0.01)[-1] + 1) / library.rate
    ends = [*starts[1:], max(last, starts[-1] + 0.05)]
    return _resampled(samples, library.rate), list(zip(starts, ends, strict=True))


def _resampled(samples: Samples, rate: int) -> Samples:
    """To 16 kHz, band-limited, through the spectrum."""
    count = len(samples) * RATE // rate
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return (np.fft.irfft(spectrum, count) * (count / len(samples))).astype(np.float32)
