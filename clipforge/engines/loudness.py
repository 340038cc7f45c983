"""How loud each 10 ms of a window is, and where something sounds. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipforge.engines.base import Samples

    Loudness = NDArray[np.float64]
    """Shape (frames,), dB of full scale, one value for each `FRAME_MS`."""

FRAME_MS = 10
FRAME = 160  # samples at 16 kHz

FLOOR_DB = -100.0
"""What digital silence counts as; one step of a 16-bit sample is -90 dB."""


def loudness(samples: Samples) -> Loudness:
    """RMS of each whole frame, in dB of full scale."""
    import numpy as np

    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    levels: Loudness = 10 * np.log10(np.mean(frames**2, axis=1) + 10 ** (FLOOR_DB / 10))
    return levels


def smooth(levels: Loudness, frames: int = 5) -> Loudness:
    """The mean power over so many frames around each, in dB."""
    import numpy as np

    if not len(levels):
        return levels
    padded = np.pad(10 ** (levels / 10), frames // 2, mode="edge")
    means: Loudness = 10 * np.log10(np.convolve(padded, np.full(frames, 1 / frames), mode="valid"))
    return means
