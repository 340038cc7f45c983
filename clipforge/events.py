"""What happened, as frozen records. The console draws them; ``--json`` prints one object for each.

Every field is plain data, so an event is its own JSON: `as_json` adds the event's name. The schema is documented in
``docs/json.md``; `SCHEMA` rises when a field changes its meaning or goes away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = 1

CAPTIONED, UP_TO_DATE, NO_SPEECH, NO_AUDIO, KEPT, FAILED = (
    "captioned",
    "up to date",
    "no speech",
    "no audio",
    "kept",
    "failed",
)
"""How a clip can end, in the words of the result lines."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Work is about to begin; sent only where there is any."""

    clips: int
    """Clips that have work to do."""
    up_to_date: int
    workers: int
    budget_bytes: int
    model: str
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know. ``level``: ``info``, ``warning``."""

    level: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ClipMeasured:
    """How long a clip is: seconds of media."""

    clip: str
    media_s: float


@dataclass(frozen=True, slots=True)
class ClipProgress:
    """Where a clip stands. ``stage``: ``reading``, ``listening``, ``transcribing``, ``looking``, ``writing``."""

    clip: str
    stage: str
    done: float
    """0 to 1 within the stage."""


@dataclass(frozen=True, slots=True)
class MemoryUsed:
    """Memory of ClipForge and all its processes, sampled about once a second."""

    used_bytes: int
    budget_bytes: int


@dataclass(frozen=True, slots=True)
class ClipFinished:
    """A clip has come to its end, one way or another."""

    clip: str
    status: str
    outputs: tuple[str, ...] = ()
    cues: int = 0
    windows: int = 0
    windows_from_cache: int = 0
    model: str = ""
    language: str = ""
    media_s: float = 0.0
    took_s: float = 0.0
    """Wall-clock seconds from the clip's first job to its end."""
    saved_s: float = 0.0
    """Seconds of engine work that the cache saved, as measured when the words were made."""
    findings: tuple[str, ...] = ()
    """Where the captions break a rule of the profile: ``4 CF005 reading speed 21.3 > 20 CPS (netflix-en)``, by cue."""
    broken_rules: tuple[Mapping[str, str | int | float | bool], ...] = ()
    """The same findings, in the same order, field by field: those of `clipforge.captions.findings.Finding`."""
    error: str = ""
    message: str = ""
    """What went wrong or was left alone, in one line."""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event of a run that was not interrupted."""

    captioned: int
    up_to_date: int
    no_speech: int
    no_audio: int
    kept: int
    failed: int
    not_started: int
    """Clips left out because `--fail-fast` stopped the run."""
    took_s: float
    media_s: float
    saved_s: float
    peak_bytes: int
    exit_code: int


Event = RunStarted | Notice | ClipMeasured | ClipProgress | MemoryUsed | ClipFinished | RunFinished


def as_json(event: Event) -> dict[str, Any]:
    """The event as it is printed by ``--json``: its name in snake case, then its fields."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    return {"event": name, **asdict(event)}
