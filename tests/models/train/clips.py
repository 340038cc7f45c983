"""Newly drawn utterances to examine a model with: other seeds, and no text that was trained on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.models.train.synthesize import RATE, VOICES, Job, say, training_jobs
from tests.models.train.vocabulary import WORDS, sentence, word_salad

if TYPE_CHECKING:
    from tests.models.train.synthesize import Floats, Spans

KINDS = ("sentence", "salad", "apart")
"""A sentence; words in no order, said in one go; words said one by one, with pauses."""
SPEEDS = (0.85, 1.15)


@dataclass(frozen=True)
class Clip:
    voice: str
    words: tuple[str, ...]
    samples: Floats
    """Shape (n,), mono, 16 kHz."""
    spans: Spans


def draw_clips(seed: int, of_each_kind: int, voices: Sequence[str] = VOICES) -> list[Clip]:
    """So many clips of each kind and voice, in the order of the voices."""
    draw = random.Random(seed)  # noqa: S311  # no secret
    known = {job.text for job in training_jobs() if " " in job.text}
    return [_clip(draw, voice, kind, known) for voice in voices for kind in KINDS for _ in range(of_each_kind)]


def dense(clips: Sequence[Clip], seconds: float = 30) -> Iterator[tuple[list[str], Floats]]:
    """Clips laid end to end, as many as fit: words and samples of full windows, one after the other."""
    words: list[str] = []
    parts: list[Floats] = []
    for clip in clips:
        if sum(map(len, parts)) + len(clip.samples) > seconds * RATE:
            yield words, np.concatenate(parts)
            words, parts = [], []
        words += clip.words
        parts.append(clip.samples)


def _clip(draw: random.Random, voice: str, kind: str, known: set[str]) -> Clip:
    while True:
        if kind == "apart":
            texts = [draw.choice(WORDS) for _ in range(draw.randint(1, 8))]
        else:
            texts = [sentence(draw) if kind == "sentence" else word_salad(draw, 1, 10)]
        spoken = [say(Job(voice, text, draw.uniform(*SPEEDS))) for text in texts]
        if known.isdisjoint(texts) and all(spoken):
            break
    at_s = draw.uniform(0.1, 0.6)
    parts = [_silence(at_s)]
    spans: Spans = []
    for utterance in spoken:
        assert utterance is not None
        at_s = sum(map(len, parts)) / RATE
        spans += [(at_s + start, at_s + end) for start, end in utterance.spans]
        parts += [utterance.samples, _silence(draw.uniform(0.05, 0.4))]
    words = tuple(word for text in texts for word in text.split())
    return Clip(voice, words, np.concatenate([*parts, _silence(0.15)]), spans)


def _silence(seconds: float) -> Floats:
    return np.zeros(int(seconds * RATE), np.float32)
