"""Windows in which there is nothing to hear."""

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
