"""What caption rules consist of: the `Profile` record. The published ones are in `profiles`."""

from __future__ import annotations

from dataclasses import dataclass, replace

CPS, WPM = "CPS", "wpm"
DASH, CHEVRON, NEW_CUE = "dash", "chevron", "new cue"
"""Two speakers in one cue: each line opens with ``-``; each turn with ``>> ``; or each speaker gets a cue."""

_FULL_WIDTH_LANGUAGES = frozenset({"zh", "ja", "yue"})


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, part of it in frames of the clip."""

    ms: int = 0
    frames: int = 0

    def at(self, fps: float) -> float:
        """In ms at a frame rate."""
        return self.ms + self.frames * 1000 / fps


@dataclass(frozen=True, slots=True)
class SafeArea:
    """Parts of the picture that text keeps clear of, as shares of its height (top, bottom) and width (each side)."""

    top: float = 0.0
    bottom: float = 0.0
    sides: float = 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of caption rules."""

    name: str
    max_line_length: int
    """CPL in columns: grapheme clusters, full-width ones as two."""
    max_lines: int
    max_speed: float
    """Reading speed that no cue should pass, in ``speed_unit``."""
    aim_speed: float
    """Reading speed that layout borrows silence to reach."""
    least_ms: int
    """Shortest duration of a cue; at least 1."""
    most_ms: int
    gap: Span
    """Least time between two cues."""
    chain_below_ms: int
    """A gap shorter than this, yet longer than the least, flickers: it is closed to the least gap."""
    early: Span
    """How long before the first word a cue may appear."""
    late: Span
    """How long after the first word a cue may appear. Layout never uses it."""
    linger_ms: int
    """How long after the last word a cue may stay."""
    tail_ms: int
    """How long after the last word a cue stays where nothing follows, reading speed aside."""
    pause_ms: int
    """A silence this long between two words always ends the cue."""
    speed_unit: str = CPS
    """`CPS` (characters a second) or `WPM` (words a minute)."""
    least_per_word_ms: int = 0
    """What each word adds to the duration that is wanted; a wish, where `least_ms` is a rule."""
    min_words: int = 1
    max_words: int = 0
    """Words in a cue, 0 for no limit. A wish, as `min_words`: a cue too short to be read is worse."""
    highlight: bool = False
    """True where the word being spoken is marked when captions are drawn."""
    shot_zone_ms: int = 0
    """An in time this soon after a shot change moves to it, an out time this soon before it towards it; 0: off."""
    shot_gap: Span = Span()
    """How long before a shot change an out time is placed."""
    speakers: str = NEW_CUE
    """`DASH`, `CHEVRON` or `NEW_CUE`."""
    safe_area: SafeArea = SafeArea()
    line_height: float | None = None
    """Height of a line as a share of the picture's height; None where the profile leaves it open."""
    full_width_line_length: int = 32
    """``max_line_length`` for Chinese and Japanese: 16 full-width characters (Netflix, Chinese style guides)."""
    full_width_max_speed: float = 9.0
    """CPS for Chinese and Japanese (Netflix, Simplified Chinese style guide: adult programmes)."""
    vertical: tuple[tuple[str, int | float], ...] = ()
    """Pairs of field name and number, for those that differ on a picture taller than wide."""
    sources: tuple[tuple[str, str], ...] = ()
    """Pairs of field name and where its number comes from."""

    def source_of(self, field: str) -> str:
        return dict(self.sources).get(field, f"profile {self.name}")

    def for_picture(self, width: int, height: int) -> Profile:
        """The profile in its form for the shape of a picture; itself for most."""
        return replace(self, **dict(self.vertical)) if self.vertical and height > width else self  # type: ignore[arg-type]  # by name

    def for_language(self, language: str) -> Profile:
        """The profile with the line length and reading speed of the language; itself for most."""
        if language.lower().replace("_", "-").partition("-")[0] not in _FULL_WIDTH_LANGUAGES:
            return self
        share = self.aim_speed / self.max_speed
        return replace(
            self,
            max_line_length=min(self.max_line_length, self.full_width_line_length),
            max_speed=self.full_width_max_speed,
            aim_speed=self.full_width_max_speed * share,
            speed_unit=CPS,
            least_per_word_ms=0,
            max_words=0,
        )

    def override(
        self, *, max_line_length: int | None = None, max_lines: int | None = None, max_cps: float | None = None
    ) -> Profile:
        """The profile with numbers that a person gave; None leaves one as it is. They hold for every language."""
        profile = self
        if max_line_length is not None:
            profile = replace(profile, max_line_length=max_line_length, full_width_line_length=max_line_length)
        if max_lines is not None:
            profile = replace(profile, max_lines=max_lines)
        if max_cps is not None:
            aim = min(profile.aim_speed, max_cps) if profile.speed_unit == CPS else max_cps * 0.9
            profile = replace(profile, max_speed=max_cps, aim_speed=aim, speed_unit=CPS, full_width_max_speed=max_cps)
        return profile
