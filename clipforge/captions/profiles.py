"""The published rules that captions must obey, as frozen records. Every number names its source.

A profile is data: layout, timing and lint read it and know no profile by name. A person's own profile is a
published one with some numbers changed (`own_profiles`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clipforge.captions.rules import CHEVRON, CPS, DASH, NEW_CUE, WPM, Profile, SafeArea, Span
from clipforge.errors import UnknownName

__all__ = ["CHEVRON", "CPS", "DASH", "NEW_CUE", "PROFILES", "WPM", "Profile", "SafeArea", "Span", "choose"]

_OWN = "ClipForge's own choice"
_NETFLIX = "Netflix Timed Text Style Guide"
_BBC = "BBC Subtitle Guidelines"
_TED = "TED Translators' guidelines"
_YOUTUBE = "YouTube help, captions"
_TIKTOK = "Subtitle Edit, TikTok/Shorts preset"

NETFLIX_EN = Profile(
    name="netflix-en",
    max_line_length=42,
    max_lines=2,
    max_speed=20,
    aim_speed=15,
    least_ms=833,
    most_ms=7000,
    gap=Span(frames=2),
    chain_below_ms=500,
    early=Span(frames=2),
    late=Span(frames=2),
    linger_ms=500,
    tail_ms=250,
    pause_ms=2000,
    shot_zone_ms=500,
    shot_gap=Span(frames=2),
    speakers=DASH,
    sources=(
        ("max_line_length", f"{_NETFLIX}, English: 42 characters per line"),
        ("max_lines", f"{_NETFLIX}, General Requirements, line treatment: 2 lines maximum"),
        ("max_speed", f"{_NETFLIX}, English: adult programmes up to 20 characters per second (children's up to 17)"),
        ("aim_speed", _OWN),
        ("least_ms", f"{_NETFLIX}, General Requirements, duration: 5/6 second per event"),
        ("most_ms", f"{_NETFLIX}, General Requirements, duration: 7 seconds per event"),
        ("gap", f"{_NETFLIX}, General Requirements, frame gap: 2 frames minimum"),
        ("chain_below_ms", f"{_NETFLIX}, Subtitle Timing Guidelines: gaps of 3 to 11 frames are closed to 2"),
        ("early", f"{_NETFLIX}, Subtitle Timing Guidelines: within 1-2 frames of the first frame of audio"),
        ("late", f"{_NETFLIX}, Subtitle Timing Guidelines: within 1-2 frames of the first frame of audio"),
        ("linger_ms", f"{_NETFLIX}, Subtitle Timing Guidelines: up to half a second past the audio"),
        ("tail_ms", _OWN),
        ("pause_ms", _OWN),
        ("shot_zone_ms", f"{_NETFLIX}, Subtitle Timing Guidelines, timing to the shot change: half a second"),
        ("shot_gap", f"{_NETFLIX}, Subtitle Timing Guidelines: out time 2 frames before the shot change"),
        ("speakers", f"{_NETFLIX}, English, dual speakers: hyphen without a space, one speaker a line"),
        ("breaks", f"{_NETFLIX}, General Requirements, line treatment"),
    ),
)

BBC = Profile(
    name="bbc",
    max_line_length=37,
    max_lines=2,
    max_speed=180,
    aim_speed=160,
    speed_unit=WPM,
    least_ms=1000,
    least_per_word_ms=300,
    most_ms=7000,
    gap=Span(),
    chain_below_ms=1000,
    early=Span(ms=1500),
    late=Span(frames=2),
    linger_ms=1500,
    tail_ms=500,
    pause_ms=2500,
    shot_zone_ms=500,
    speakers=NEW_CUE,
    line_height=0.08,
    vertical=(("max_line_length", 25), ("max_lines", 3), ("line_height", 0.045)),
    sources=(
        ("max_line_length", f"{_BBC}, line length: 37 characters; 25 on a vertical picture"),
        ("max_lines", f"{_BBC}, avoid three lines or more; three on a vertical picture"),
        ("max_speed", f"{_BBC}, presentation rate: 160 to 180 words a minute"),
        ("aim_speed", f"{_BBC}, presentation rate: 160 to 180 words a minute"),
        ("least_ms", f"{_BBC}, target minimum timing"),
        ("least_per_word_ms", f"{_BBC}, target minimum timing: 0.3 second per word"),
        ("most_ms", _OWN),
        ("gap", f"{_BBC}, gaps"),
        ("chain_below_ms", f"{_BBC}, gaps: leave 1 second at least, or none"),
        ("early", f"{_BBC}, match subtitle to pace of speaking: not anticipated by more than 1.5 seconds"),
        ("late", _OWN),
        ("linger_ms", f"{_BBC}, match subtitle to pace of speaking: not hanging on for more than 1.5 seconds"),
        ("tail_ms", _OWN),
        ("pause_ms", _OWN),
        ("shot_zone_ms", f"{_BBC}, match subtitles to shot; the half second is {_OWN}"),
        ("speakers", f"{_BBC}, identifying speakers"),
        ("line_height", f"{_BBC}, font size: 8 % of the picture's height, 4.5 % on a vertical one"),
        ("breaks", f"{_BBC}, break at natural points"),
    ),
)

YOUTUBE = Profile(
    name="youtube",
    max_line_length=42,
    max_lines=2,
    max_speed=21,
    aim_speed=17,
    least_ms=1000,
    most_ms=7000,
    gap=Span(frames=2),
    chain_below_ms=500,
    early=Span(ms=100),
    late=Span(frames=2),
    linger_ms=1000,
    tail_ms=400,
    pause_ms=2000,
    speakers=CHEVRON,
    sources=(
        ("max_line_length", f"{_TED}: 42 characters per line"),
        ("max_lines", f"{_TED}: 2 lines"),
        ("max_speed", f"{_TED}: 21 characters a second"),
        ("aim_speed", _OWN),
        ("least_ms", f"{_TED}: 1 second"),
        ("most_ms", f"{_TED}: 7 seconds"),
        ("gap", _OWN),
        ("chain_below_ms", _OWN),
        ("early", f"{_TED}: not more than 100 ms before the speech"),
        ("late", _OWN),
        ("linger_ms", f"{_TED}: not more than 1 second after the speech"),
        ("tail_ms", _OWN),
        ("pause_ms", _OWN),
        ("speakers", f"{_YOUTUBE}: >> before a new speaker"),
        ("breaks", f"{_TED}, how to break lines"),
    ),
)

SHORTS = Profile(
    name="shorts",
    max_line_length=24,
    max_lines=2,
    max_speed=25,
    aim_speed=18,
    least_ms=700,
    most_ms=5000,
    gap=Span(),
    chain_below_ms=500,
    early=Span(frames=2),
    late=Span(frames=2),
    linger_ms=300,
    tail_ms=200,
    pause_ms=1200,
    min_words=2,
    max_words=6,
    highlight=True,
    speakers=NEW_CUE,
    safe_area=SafeArea(top=0.14, bottom=0.35, sides=0.06),
    sources=(
        *((field, _TIKTOK) for field in ("max_line_length", "max_lines", "max_speed", "least_ms", "most_ms", "gap")),
        *((field, _OWN) for field in ("aim_speed", "chain_below_ms", "early", "late", "linger_ms", "tail_ms")),
        *((field, _OWN) for field in ("pause_ms", "min_words", "max_words", "highlight", "speakers", "breaks")),
        ("safe_area", "Meta, safe zones of Reels and Stories: 14 % top, 35 % bottom, 6 % sides"),
    ),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (NETFLIX_EN, BBC, YOUTUBE, SHORTS)})


def choose(name: str | None, width: int, height: int, own: Mapping[str, Profile] = MappingProxyType({})) -> Profile:
    """The profile of that name, published or a person's own, in its form for the shape of the picture (pixels).

    Without a name: ``shorts`` where the picture is taller than wide, else ``netflix-en``. Raises `UnknownName`.
    """
    if name is None:
        return SHORTS if height > width else NETFLIX_EN
    known = {**PROFILES, **own}
    if name not in known:
        raise UnknownName("profile", name, tuple(known))
    return known[name].for_picture(width, height)
