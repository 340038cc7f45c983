"""Training windows, mixed on the fly: utterances with gaps, gain and noise, and what a Whisper says to them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.models.train.synthesize import RATE, Units
from tests.models.train.vocabulary import (
    END,
    FIRST_TIMESTAMP,
    FIRST_WORD,
    MAX_TIMESTAMP,
    NO_SPEECH,
    NO_TIMESTAMPS,
    PREVIOUS,
    START,
    TIMESTAMP_S,
    WORDS,
)

if TYPE_CHECKING:
    from tests.models.train.synthesize import Floats, Pcm, Spans

VOICE_WEIGHTS = {"rms": 2, "slt": 3, "awb": 2, "kal16": 2, "en-us": 1, "en-gb": 1, "en-us+f3": 1}
"""How often a voice is drawn: flite's voices are harder to hear than espeak-ng's."""
NO_SPEECH_SHARE = 0.12
SEGMENT_GAP_S = 0.5
"""A pause longer than this ends a segment: its end and the next one's start are said as timestamps."""


@dataclass(frozen=True)
class Spoken:
    word: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Window:
    samples: Floats
    """Shape (n,), mono, 16 kHz."""
    words: Sequence[Spoken]
    cut_s: float | None
    """Where an utterance begins that the window's end cuts off."""


@dataclass(frozen=True)
class Script:
    """What the decoder is to say to a window."""

    inputs: list[int]
    targets: list[int]
    """-100 where nothing is to be learned."""
    looks: list[tuple[int, float, float]]
    """For each word: the position from which it is said, and its span in the window, at which that should look."""


class Mixer:
    """Draws windows. Its state is in its two generators, so that a run can go on where it stopped."""

    def __init__(self, units: Units, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311  # no secret
        self.numbers = np.random.default_rng(seed)
        self._single: dict[str, list[tuple[Pcm, list[int], Spans]]] = {}
        self._several: dict[str, list[tuple[Pcm, list[int], Spans]]] = {}
        for voice, samples, words, spans in units:
            chosen = self._several if len(words) > 1 else self._single
            chosen.setdefault(voice, []).append((samples, words, spans))
        self._voices = [voice for voice, weight in VOICE_WEIGHTS.items() for _ in range(weight)]

    def window(self, length_s: float, fill_s: float) -> Window:
        """A window of which about the first ``fill_s`` seconds are spoken in."""
        draw = self.draw
        samples = np.zeros(int(length_s * RATE), np.float32)
        words: list[Spoken] = []
        cut_s = None
        if draw.random() > NO_SPEECH_SHARE:
            cut_s = self._speak(samples, words, length_s, fill_s)
        samples *= np.float32(10 ** draw.uniform(-0.8, 0.1))
        if draw.random() < 0.65:
            noise = self.numbers.standard_normal(len(samples), dtype=np.float32)
            if draw.random() < 0.5:
                noise = np.convolve(noise, np.full(draw.randint(2, 8), 0.5, np.float32), "same")
            samples += noise * np.float32(10 ** draw.uniform(-4.2, -2.3))
        return Window(samples, words, cut_s)

    def _speak(self, samples: Floats, words: list[Spoken], length_s: float, fill_s: float) -> float | None:
        """Lays utterances into the samples, one after the other; returns where one is cut off, if one is."""
        draw = self.draw
        at_s = draw.uniform(0, 0.8) if draw.random() < 0.8 else draw.uniform(0, max(0.8, length_s - 2))
        voice = draw.choice(self._voices)
        single = draw.random() < 0.35
        while at_s < fill_s:
            if draw.random() < 0.12:
                voice = draw.choice(self._voices)
            if draw.random() < 0.1:
                single = not single
            recorded, said, spans = draw.choice((self._single if single else self._several)[voice])
            speed = draw.uniform(0.95, 1.05)  # and pitch
            at_samples = np.arange(0, len(recorded) - 1, speed)
            sound = np.interp(at_samples, np.arange(len(recorded)), recorded).astype(np.float32)
            sound *= np.float32(10 ** draw.uniform(-0.6, 0) / 32768)
            placed = [
                Spoken(word, at_s + start / speed, at_s + end / speed)
                for word, (start, end) in zip(said, spans, strict=True)
            ]
            first = int(at_s * RATE)
            if first + len(sound) > len(samples):
                if fill_s < length_s:
                    return None
                samples[first:] += sound[: len(samples) - first]
                words += [word for word in placed if word.end_s < length_s - 0.05]
                return at_s if length_s - at_s > 0.3 else None
            samples[first : first + len(sound)] += sound
            words += placed
            gap_s = draw.uniform(0.0, 0.3) if single else draw.uniform(0.1, 0.6)
            at_s += len(sound) / RATE + (draw.uniform(0.6, 2.5) if draw.random() < 0.15 else gap_s)
        return None

    def script(self, window: Window, offset_s: float, whole: bool) -> Script:
        """With or without timestamps. ``offset_s``: where the window is said to lie within Whisper's 30 s; ``whole``:
        it is all of the 30 s, and its first timestamp is at most 1 s, as faster-whisper wants it."""
        with_times = self.draw.random() >= 0.6
        before = self._previous_text(with_times) if self.draw.random() < 0.15 else []
        said, looks = self._with_times(window, offset_s, whole) if with_times else _without_times(window)
        targets = said[1:]
        if not window.words:
            targets[0] = NO_SPEECH
        shifted = [(at + len(before), start, end) for at, start, end in looks]
        return Script(before + said[:-1], [-100] * len(before) + targets, shifted)

    def _previous_text(self, with_times: bool) -> list[int]:
        draw = self.draw
        text = [FIRST_WORD + draw.randrange(len(WORDS)) for _ in range(draw.randint(2, 25))]
        if with_times:
            text = [FIRST_TIMESTAMP + draw.randrange(50), *text, FIRST_TIMESTAMP + draw.randrange(50, MAX_TIMESTAMP)]
        return [PREVIOUS, *text]

    def _with_times(
        self, window: Window, offset_s: float, whole: bool
    ) -> tuple[list[int], list[tuple[int, float, float]]]:
        def stamp(at_s: float) -> int:
            return FIRST_TIMESTAMP + min(MAX_TIMESTAMP, round((at_s + offset_s) / TIMESTAMP_S))

        cut_s = window.cut_s
        words = [word for word in window.words if cut_s is None or word.start_s < cut_s]
        said = [START]
        looks = []
        last_s: float | None = None
        for i, word in enumerate(words):
            if last_s is None:
                said.append(stamp(min(word.start_s, 1.0) if whole else word.start_s))
            elif word.start_s - last_s > SEGMENT_GAP_S:
                said += [stamp(last_s), stamp(word.start_s)]
            following = words[i + 1].start_s if i + 1 < len(words) else word.end_s
            until_s = following if following - word.end_s <= SEGMENT_GAP_S else word.end_s
            looks.append((len(said) - 1, word.start_s, until_s))
            said.append(FIRST_WORD + word.word)
            last_s = word.end_s
        if last_s is not None:
            said.append(stamp(last_s))
        elif cut_s is None or not whole:
            said.append(FIRST_TIMESTAMP + self.draw.randrange(51))
        if cut_s is not None and last_s is not None:
            said.append(stamp(cut_s))
        return [*said, END], looks


def _without_times(window: Window) -> tuple[list[int], list[tuple[int, float, float]]]:
    words = window.words
    said = [START, NO_TIMESTAMPS, *(FIRST_WORD + word.word for word in words), END]
    if not words:
        return said, []
    until = [word.start_s for word in words[1:]] + [words[-1].end_s]
    looks = [(1 + i, word.start_s, end) for i, (word, end) in enumerate(zip(words, until, strict=True))]
    return said, [*looks, (1 + len(words), words[-1].end_s, words[-1].end_s + 1.0)]
