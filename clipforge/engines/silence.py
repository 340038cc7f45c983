"""Samples that hold no sound: silence, and what is no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

SILENT_PEAK = 2.0**-12
"""-72 dBFS, eight steps of a 16-bit sample: dither and the noise of encoders stay below, any recording above. Engines
invent words in digital silence: PocketSphinx hears "i'm" in 3 s of zeros, Whisper "the" or "thank you"."""


def is_silent(samples: Samples) -> bool:
    """True where no sample is louder than `SILENT_PEAK`."""
    return not len(samples) or float(abs(samples).max()) <= SILENT_PEAK


def playable(samples: Samples) -> Samples:
    """The samples with what is no sound taken out: NaN is silence, and nothing is louder than full scale."""
    import numpy as np

    if not len(samples) or (np.isfinite(samples).all() and float(abs(samples).max()) <= 1.0):
        return samples
    cleaned: Samples = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0).astype(np.float32)
    return cleaned
