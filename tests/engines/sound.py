"""Sound for the tests of this room: recorded speech as samples, silence, noise, and spools on disk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from clipforge.captions.words import Transcript
from clipforge.engines.base import SAMPLE_RATE
from tests.speech import Utterance, utterances

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

SENTENCES = ("captain", "kitchen", "storm", "week")
"""Utterances that both engines get right word by word."""


def utterance(name: str) -> Utterance:
    return utterances()[name]


@lru_cache
def speech(name: str) -> Samples:
    """The samples of one utterance."""
    with av.open(str(utterance(name).path)) as container:
        (stream,) = container.streams.audio
        assert stream.sample_rate == SAMPLE_RATE
        blocks = [frame.to_ndarray().ravel() for frame in container.decode(stream)]
    samples = np.concatenate(blocks)
    assert samples.dtype == np.int16
    return samples.astype(np.float32) / np.float32(32768)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def noise(seconds: float, level: float = 0.02) -> Samples:
    """White noise, the same each time."""
    return np.random.default_rng(7).normal(0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)


def write_spool(path: Path, parts: Sequence[Samples]) -> list[tuple[int, int]]:
    """A spool of the parts laid end to end (raw s16le, mono, 16 kHz), and where each lies in it."""
    bounds, at = [], 0
    with path.open("wb") as file:
        for part in parts:
            file.write(np.clip(np.rint(part * 32768), -32768, 32767).astype("<i2").tobytes())
            bounds.append((at, at + len(part)))
            at += len(part)
    return bounds


def texts(transcript: Transcript) -> list[str]:
    return [word.text for word in transcript.words]


def expected(name: str) -> list[str]:
    return [word.text for word in utterance(name).words]
