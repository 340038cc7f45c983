"""What every engine is to the rest of ClipForge.

Two records travel: the `Recipe` holds everything that can change a word and is part of the key under which words are
cached; the `Placement` says where and how fast the work is done, and changes no word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clipforge.captions.words import Transcript

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    """Shape (n,), mono, 16 kHz, -1 to 1, n at most `MAX_WINDOW_SAMPLES`."""

WORDS_REVISION = 2
"""Raise it when the same model gives other words, times or doubts because of what is done here."""

SAMPLE_RATE = 16_000
MAX_WINDOW_SAMPLES = 30 * SAMPLE_RATE  # Whisper's encoder takes 30 s


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that can change a word."""

    engine: str
    """``draft`` or ``whisper``."""
    model: str
    """The name shown to people: ``small``, a folder's name, ``en-us``."""
    model_digest: str
    """SHA-256 over the model's files; for a model inside a package, its name and version."""
    library: str
    """The library that runs the model, and the part of its version that can change results."""
    language: str | None = None
    """ISO 639-1; None where it has yet to be detected."""
    task: str = "transcribe"
    compute_type: str = ""
    beam_size: int = 5
    prompt: str = ""
    hotwords: str = ""
    multilingual: bool = False
    """Each window in the language that is spoken in it; ``language`` is then that of the clip as a whole."""
    revision: int = WORDS_REVISION

    def options(self) -> dict[str, str | int | None]:
        """Field by field, for keys and for saying what differs between two runs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the work is done. Changes no word."""

    model_path: Path
    device: str = "cpu"
    threads: int = 1
    batch_size: int = 1
    """Windows that one call of `Engine.transcribe` takes at most."""
    cost_bytes: int = 0
    """What a worker process is charged while it holds this model."""


class Engine(Protocol):
    """A loaded model, in the worker process that uses it."""

    def transcribe(self, windows: Sequence[Samples]) -> list[Transcript]:
        """One transcript per window, in order; word times in ms from the window's first sample, inside the window,
        never going backwards. Raises `EngineFailed`."""
        ...

    def detect_language(self, windows: Sequence[Samples]) -> str:
        """ISO 639-1 code of the language spoken in these windows of one clip. Raises `EngineFailed`."""
        ...
