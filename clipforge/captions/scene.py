"""What layout has to know of a clip besides its words."""

from __future__ import annotations

from dataclasses import dataclass

ASSUMED_FPS = 24.0
"""The frame rate that the published guidelines are written for; taken where the clip's own is unknown."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The clip that the cues are for."""

    language: str
    """ISO 639-1 code, a regional tail allowed (``pt-BR``); empty where unknown."""
    media_ms: int
    """Length of the clip. No cue goes beyond it."""
    fps: float | None = None
    """Frames a second; None where unknown."""
    shots_ms: tuple[int, ...] = ()
    """Where a new shot begins, ascending; empty where unknown."""

    @property
    def frame_rate(self) -> float:
        return self.fps if self.fps and self.fps > 0 else ASSUMED_FPS
