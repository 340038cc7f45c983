"""What a run works in and with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clipforge.pipeline.examiner import Examiner
from clipforge.pipeline.finish import Finisher
from clipforge.pipeline.peaks import Peaks
from clipforge.pipeline.turns import Turns


@dataclass(frozen=True, slots=True)
class Clerks:
    """Who looks at a clip's files before the work, who writes them after it, and who learns what jobs take."""

    examiner: Examiner
    finisher: Finisher
    peaks: Peaks


@dataclass(frozen=True, slots=True)
class Room:
    """Where the work is done, and with what."""

    spool: Path
    """A private folder for decoded audio."""
    ffmpeg: Path
    turns: Turns
    """Who does what, among the runs that share a cache."""
