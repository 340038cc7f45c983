"""What a worker process runs: words for passages of spooled samples, by an engine that stays loaded between jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from clipforge.captions.words import Transcript
from clipforge.engines.base import MAX_WINDOW_SAMPLES, Engine, Placement, Recipe
from clipforge.engines.catalogue import DRAFT

if TYPE_CHECKING:
    from clipforge.engines.base import Samples
    from clipforge.engines.draft import DraftEngine
    from clipforge.engines.whisper import WhisperEngine


@dataclass(frozen=True, slots=True)
class Passage:
    """A window's place in a spool: samples ``start`` to ``end``, the end left out."""

    spool: Path
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end <= self.start + MAX_WINDOW_SAMPLES:
            raise ValueError(f"no window: samples {self.start} to {self.end}")


@dataclass(frozen=True)
class TranscribeJob:
    """Windows of any clips, all to be done by one recipe."""

    recipe: Recipe
    placement: Placement
    passages: tuple[Passage, ...]


def transcribe(job: TranscribeJob, report: Callable[[object], None]) -> tuple[Transcript, ...]:
    """One transcript per passage, in order. Reports the number of passages done after each batch.

    Raises `EngineFailed`, `BadModel`, `ClipUnreadable`.
    """
    engine = engine_for(job.recipe, job.placement)
    done: list[Transcript] = []
    step = max(job.placement.batch_size, 1)
    for at in range(0, len(job.passages), step):
        done += engine.transcribe(_windows(job.passages[at : at + step]))
        report(len(done))
    return tuple(done)


def detect_language(job: TranscribeJob, report: Callable[[object], None]) -> str:
    """ISO 639-1 code of the language spoken in the passages, all of one clip.

    Raises `EngineFailed`, `BadModel`, `ClipUnreadable`.
    """
    return engine_for(job.recipe, job.placement).detect_language(_windows(job.passages))


def engine_for(recipe: Recipe, placement: Placement) -> Engine:
    """The engine of a recipe. Loads the model unless this process holds it already."""
    # What can change without loading again is left out of the key.
    weights = replace(recipe, language=None, task="transcribe", beam_size=1, prompt="", hotwords="")
    return _loaded(weights, placement).for_recipe(recipe)


@lru_cache(maxsize=1)
def _loaded(weights: Recipe, placement: Placement) -> DraftEngine | WhisperEngine:
    """Kept for the life of the process: memory of an unloaded model is not always given back."""
    if weights.engine == DRAFT:
        from clipforge.engines.draft import DraftEngine

        return DraftEngine(weights, placement)
    from clipforge.engines.whisper import WhisperEngine

    return WhisperEngine(weights, placement)


def _windows(passages: Sequence[Passage]) -> list[Samples]:
    from clipforge.media.samples import read_window

    return [read_window(passage.spool, passage.start, passage.end) for passage in passages]
