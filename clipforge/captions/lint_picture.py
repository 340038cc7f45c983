"""Lint's rules of the picture: times that miss a shot change nearby, text that is too high for the safe area.

Shots come last when rules clash, so a time is only pointed out where every other rule lets it move. Of the safe area,
what can be told without a font is checked: that so many lines are not higher than it. Width and place on the picture
are known where captions are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from clipforge.captions.findings import WARNING, Finding, Place, Rule
from clipforge.captions.lint_text import text_load
from clipforge.captions.profiles import WPM

AFTER_SHOT = Rule("CF012", "appears after a shot change by", "ms", "shot_zone_ms", level=WARNING)
BEFORE_SHOT = Rule("CF012", "disappears before a shot change by", "ms", "shot_gap", level=WARNING)
TOO_HIGH = Rule("CF012", "lines higher than the safe area: share of the picture", "", "safe_area")


def shots(place: Place) -> Iterator[Finding]:
    """In and out time against the shot changes near them; needs shots, and a profile that heeds them."""
    zone_ms = place.profile.shot_zone_ms
    if not zone_ms or not place.scene.shots_ms or place.cue.duration_ms <= 0:
        return
    cue, frame_ms = place.cue, 1000 / place.scene.frame_rate
    shot = place.scene.shot_until(cue.in_ms)
    if shot is not None and frame_ms < cue.in_ms - shot <= zone_ms and _can_begin(place, shot):
        yield place.finding(AFTER_SHOT, cue.in_ms - shot, round(frame_ms))
    shot = place.scene.shot_from(cue.out_ms)
    if shot is not None and shot - cue.out_ms <= zone_ms:
        target = shot - place.profile.shot_gap.at(place.scene.frame_rate)
        if abs(cue.out_ms - target) > frame_ms and _can_end(place, target):
            yield place.finding(BEFORE_SHOT, shot - cue.out_ms, round(shot - target))


def _can_begin(place: Place, time_ms: int) -> bool:
    free = place.before is None or place.before.out_ms + place.least_gap_ms <= time_ms
    return free and place.cue.out_ms - time_ms <= place.profile.most_ms


def _can_end(place: Place, time_ms: float) -> bool:
    """True where no word is cut off, and the cue stays long enough and not too long."""
    cue, profile = place.cue, place.profile
    shown_ms = time_ms - cue.in_ms
    unit_ms = 60_000 if profile.speed_unit == WPM else 1000
    if not profile.least_ms <= shown_ms <= profile.most_ms or time_ms > place.latest_out_ms:
        return False
    if time_ms < cue.out_ms and text_load(cue, profile) * unit_ms > profile.max_speed * shown_ms:
        return False
    if not cue.words:
        return True
    heard_until = cue.words[-1].end_ms
    return heard_until <= time_ms <= max(cue.out_ms, heard_until + profile.linger_ms)


def safe_area(place: Place) -> Iterator[Finding]:
    """Lines that are together higher than what the profile leaves free; needs a profile that gives a line's height."""
    area, height = place.profile.safe_area, place.profile.line_height
    if height is None or not (area.top or area.bottom):
        return
    free, needed = round(1 - area.top - area.bottom, 3), round(height * len(place.cue.lines), 3)
    if needed > free:
        yield place.finding(TOO_HIGH, needed, free, repairable=False)
