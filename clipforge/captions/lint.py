"""Checking cues against a profile: what a careful editor would point out, with numbers.

The rules of time are here, those of text in `lint_text`, of the picture in `lint_picture`, of invented text in
`lint_invented`. All read cues alone. Where a cue carries its words, sync is checked too, and a reading speed that
nobody could help is told from one that layout could; what else is known of the clip (shot changes, speech) the
`Scene` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from clipforge.captions.cues import Cue
from clipforge.captions.findings import ERROR, WARNING, Finding, Place, Rule
from clipforge.captions.lint_invented import invented
from clipforge.captions.lint_picture import safe_area, shots
from clipforge.captions.lint_text import bad_breaks, balance, line_count, line_length, text_load
from clipforge.captions.profiles import WPM, Profile
from clipforge.captions.scene import Scene

__all__ = ["ERROR", "WARNING", "Finding", "check"]

INVERTED = Rule("CF002", "disappears before it appears, at", "ms")
OUT_OF_ORDER = Rule("CF002", "appears before the cue before it", "ms", below=True)
OVERLAP = Rule("CF002", "overlaps the cue before it by", "ms")
TOO_SOON = Rule("CF002", "appears before the clip begins", "ms", below=True)
TOO_LATE = Rule("CF002", "goes on after the clip ends", "ms")
SHORT = Rule("CF006", "on screen for", "ms", "least_ms", below=True)
SHORT_FOR_WORDS = Rule("CF006", "on screen, for its words,", "ms", "least_per_word_ms", below=True, level=WARNING)
LONG = Rule("CF006", "on screen for", "ms", "most_ms")
GAP = Rule("CF007", "gap before it", "ms", "gap", below=True)
FLICKER = Rule("CF007", "flickering gap before it", "ms", "chain_below_ms", below=True, level=WARNING)
EARLY = Rule("CF008", "appears before its first word by", "ms", "early", level=WARNING)
LATE = Rule("CF008", "appears after its first word by", "ms", "late")
CUT_OFF = Rule("CF008", "cuts off its last word by", "ms", "linger_ms")
LINGERS = Rule("CF008", "lingers after its last word for", "ms", "linger_ms", level=WARNING)

_SLACK_MS = 1
"""Times are whole milliseconds; limits in frames need not be."""


def check(cues: Sequence[Cue], profile: Profile, scene: Scene) -> list[Finding]:
    """All findings, cue by cue, in the order of their ids. Cues are numbered from 1, in the order given.

    Nothing is assumed of the cues: they may overlap, go backwards or be empty.
    """
    profile = profile.for_language(scene.language)
    found: list[Finding] = []
    for i in range(len(cues)):
        place = Place(cues, i, profile, scene)
        found += chain.from_iterable(rule(place) for rule in _RULES)
    return found


def _order(place: Place) -> Iterator[Finding]:
    cue, before, media_ms = place.cue, place.before, place.scene.media_ms
    if cue.out_ms <= cue.in_ms:
        yield place.finding(INVERTED, cue.in_ms, cue.out_ms)
    if before is not None and cue.in_ms < before.in_ms:
        yield place.finding(OUT_OF_ORDER, cue.in_ms, before.in_ms)
    elif before is not None and cue.in_ms < before.out_ms:
        yield place.finding(OVERLAP, before.out_ms - cue.in_ms, 0)
    if cue.in_ms < 0:
        yield place.finding(TOO_SOON, cue.in_ms, 0)
    if cue.out_ms > media_ms:
        yield place.finding(TOO_LATE, cue.out_ms, media_ms)


def _reading_speed(place: Place) -> Iterator[Finding]:
    """A cue that is too fast with all the time that it could have was spoken too fast: that is no error of layout."""
    cue, profile = place.cue, place.profile
    load = text_load(cue, profile) * (60_000 if profile.speed_unit == WPM else 1000)
    if cue.duration_ms <= 0 or load <= profile.max_speed * cue.duration_ms:
        return
    heard_until = cue.words[-1].end_ms if cue.words else cue.out_ms
    could_stay_until = min(place.latest_out_ms, max(cue.out_ms, heard_until + profile.linger_ms))
    could_last = min(could_stay_until - cue.in_ms, profile.most_ms)
    helpless = load > profile.max_speed * could_last
    rate = helpless and bool(cue.words)
    what, level = ("speech-rate", WARNING) if rate else ("reading speed", ERROR)
    rule = Rule("CF005", what, profile.speed_unit, "max_speed", level=level)
    yield place.finding(rule, round(load / cue.duration_ms, 1), profile.max_speed, repairable=not helpless)


def _duration(place: Place) -> Iterator[Finding]:
    cue, profile = place.cue, place.profile
    shown, could_last = cue.duration_ms, place.latest_out_ms - cue.in_ms
    wanted = min(len(cue.text.split()) * profile.least_per_word_ms, profile.most_ms)
    if 0 < shown < profile.least_ms:
        yield place.finding(SHORT, shown, profile.least_ms, repairable=could_last >= profile.least_ms)
    elif 0 < shown < wanted <= could_last:  # where there is no room for it, CF005 says so
        yield place.finding(SHORT_FOR_WORDS, shown, wanted)
    if shown > profile.most_ms:
        yield place.finding(LONG, shown, profile.most_ms)


def _gap(place: Place) -> Iterator[Finding]:
    """Reported at the cue after the gap."""
    cue, before, profile = place.cue, place.before, place.profile
    if before is None or cue.in_ms < before.out_ms:
        return
    gap_ms, least_ms = cue.in_ms - before.out_ms, place.least_gap_ms
    if gap_ms + _SLACK_MS < least_ms:
        yield place.finding(GAP, gap_ms, round(least_ms))
    elif least_ms + _SLACK_MS < gap_ms < profile.chain_below_ms:
        closed = cue.in_ms - least_ms - before.in_ms
        yield place.finding(FLICKER, gap_ms, profile.chain_below_ms, repairable=closed <= profile.most_ms)


def _in_sync(place: Place) -> Iterator[Finding]:
    """In time against the first word; needs words."""
    cue, profile, fps = place.cue, place.profile, place.scene.frame_rate
    if not cue.words:
        return
    early_ms = cue.words[0].start_ms - cue.in_ms
    held = cue.duration_ms <= profile.least_ms + _SLACK_MS
    at_shot = early_ms <= profile.shot_zone_ms and cue.in_ms == place.scene.shot_until(cue.in_ms)
    if early_ms > profile.early.at(fps) + _SLACK_MS and not held and not at_shot:
        yield place.finding(EARLY, early_ms, round(profile.early.at(fps)))
    if -early_ms > profile.late.at(fps) + _SLACK_MS:
        yield place.finding(LATE, -early_ms, round(profile.late.at(fps)))


def _out_sync(place: Place) -> Iterator[Finding]:
    """Out time against the last word; needs words."""
    cue, profile = place.cue, place.profile
    if not cue.words:
        return
    linger_ms = cue.out_ms - cue.words[-1].end_ms
    chained = place.after is not None and place.after.in_ms - cue.out_ms <= place.least_gap_ms + _SLACK_MS
    boxed = chained or cue.out_ms >= place.scene.media_ms or cue.duration_ms >= profile.most_ms
    held = cue.duration_ms <= profile.least_ms + _SLACK_MS
    shot = place.scene.shot_from(cue.out_ms)
    at_shot = shot is not None and shot - cue.out_ms <= profile.shot_zone_ms
    if linger_ms < -_SLACK_MS and not boxed:
        yield place.finding(CUT_OFF, -linger_ms, 0)
    if linger_ms > profile.linger_ms + _SLACK_MS and not (chained or held or at_shot):
        yield place.finding(LINGERS, linger_ms, profile.linger_ms)


_RULES: tuple[Callable[[Place], Iterator[Finding]], ...] = (
    _order,
    line_length,
    line_count,
    _reading_speed,
    _duration,
    _gap,
    _in_sync,
    _out_sync,
    bad_breaks,
    balance,
    invented,
    shots,
    safe_area,
)
