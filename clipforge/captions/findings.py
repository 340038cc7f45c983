"""A finding of lint, the rule behind it, and the place in a file that a rule looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clipforge.captions.cues import Cue
from clipforge.captions.profiles import Profile, Span
from clipforge.captions.scene import ASSUMED_FPS, Scene

ERROR, WARNING = "error", "warning"
"""Each rule has its level, by one question: does a viewer lose text?

Errors are what layout guarantees and deliveries are refused for: times out of order, a line that leaves the picture,
a cue too short to be read, a word cut off. Warnings are the rest: taste (breaks, balance, a gap that flickers,
shots), text that stays longer than its sound, what the speaker did (a speech rate), and guesses (invented text).
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken by one cue."""

    id: str
    """``CF001`` to ``CF012``; ``CF001`` (a file that does not parse) is found where files are read."""
    cue: int
    """Its number in the file, from 1; 0 where the finding is about the whole file."""
    message: str
    """``reading speed 24.1 > 20 CPS (netflix-en)``"""
    measured: float | str
    limit: float | str
    profile: str
    repairable: bool
    """True where it can be repaired without touching the text's words."""
    source: str
    """Where the rule is written."""
    level: str
    """`ERROR` or `WARNING`."""
    unit: str = ""
    """Of ``measured`` and ``limit``: ``ms``, ``CPL``, ``CPS``, ``wpm``; empty for counts, shares and texts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding says, apart from its numbers."""

    id: str
    what: str
    unit: str = ""
    field: str = ""
    """Of the profile, whose source is that of the rule."""
    below: bool = False
    """True where the limit is a least."""
    level: str = ERROR
    source: str = "what players and editors accept"
    """Where the rule is written, if it is not of the profile."""


@dataclass(frozen=True, slots=True)
class Place:
    """One cue among its neighbours, with the rules that hold there."""

    cues: Sequence[Cue]
    index: int
    profile: Profile
    scene: Scene

    @property
    def cue(self) -> Cue:
        return self.cues[self.index]

    @property
    def before(self) -> Cue | None:
        return self.cues[self.index - 1] if self.index else None

    @property
    def after(self) -> Cue | None:
        return self.cues[self.index + 1] if self.index + 1 < len(self.cues) else None

    @property
    def least_gap_ms(self) -> float:
        return self.profile.gap.at(self.scene.frame_rate)

    @property
    def latest_out_ms(self) -> float:
        """How long the cue could stay: to the next cue less the least gap, or to the clip's end."""
        return self.after.in_ms - self.least_gap_ms if self.after is not None else self.scene.media_ms

    def finding(self, rule: Rule, measured: float | str, limit: float | str, *, repairable: bool = True) -> Finding:
        """A finding at this cue; says so where the limit is in frames and the frame rate unknown."""
        profile = self.profile
        span = getattr(profile, rule.field, None)
        assumed = isinstance(span, Span) and span.frames and self.scene.fps is None
        where = f"{profile.name}, {ASSUMED_FPS:g} fps assumed" if assumed else profile.name
        numbers = (
            f"{measured} {'<' if rule.below else '>'} {limit}" if isinstance(limit, int | float) else f"{measured}"
        )
        message = " ".join(part for part in (rule.what, numbers, rule.unit, f"({where})") if part)
        return Finding(
            id=rule.id,
            cue=self.index + 1,
            message=message,
            measured=measured,
            limit=limit,
            profile=profile.name,
            repairable=repairable,
            source=profile.source_of(rule.field) if rule.field else rule.source,
            level=rule.level,
            unit=rule.unit,
        )
