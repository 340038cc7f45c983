"""What layout and lint have to know of a clip besides its words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from clipforge.captions.words import Doubt

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
    speech_ms: tuple[tuple[int, int], ...] | None = None
    """Stretches in which somebody speaks, (start, end), ascending and apart; None where unknown."""
    doubts: tuple[Doubt, ...] = ()
    """Words that the engine holds for invented and that are in the captions all the same; times from the clip's
    start."""

    @property
    def frame_rate(self) -> float:
        return self.fps if self.fps and self.fps > 0 else ASSUMED_FPS

    def shot_until(self, time_ms: int) -> int | None:
        """The last shot change at or before a time."""
        k = bisect_right(self.shots_ms, time_ms)
        return self.shots_ms[k - 1] if k else None

    def shot_from(self, time_ms: int) -> int | None:
        """The first shot change at or after a time."""
        k = bisect_left(self.shots_ms, time_ms)
        return self.shots_ms[k] if k < len(self.shots_ms) else None

    def speech_between(self, start_ms: int, end_ms: int) -> int | None:
        """Milliseconds of speech between two times; None where it is not known."""
        if self.speech_ms is None:
            return None
        total = 0
        for k in range(max(0, bisect_left(self.speech_ms, (start_ms, start_ms)) - 1), len(self.speech_ms)):
            start, end = self.speech_ms[k]
            if start >= end_ms:
                break
            total += max(0, min(end, end_ms) - max(start, start_ms))
        return total
