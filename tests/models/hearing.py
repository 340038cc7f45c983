"""What a model is examined with, in the tests and by the evaluation alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

RATE = 16_000
MAX_ERROR, MAX_VOICE_ERROR = 0.05, 0.10
"""The marks: share of words wrong over all voices, and of each."""


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or changed: the edit distance."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def nothing_said() -> dict[str, Samples]:
    """Silence and noise by name, in which no word is to be heard."""
    draw = np.random.default_rng(0)
    sounds: dict[str, Samples] = {f"silence of {s} s": np.zeros(s * RATE, np.float32) for s in (1, 10, 30)}
    for seconds, level in ((10, 0.001), (25, 0.003), (10, 0.02), (10, 0.1)):
        noise = draw.normal(0, level, seconds * RATE)
        sounds[f"noise of {seconds} s at {20 * np.log10(level):.0f} dBFS"] = noise.astype(np.float32)
    return sounds
