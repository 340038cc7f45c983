"""A person's own profiles: published ones with some numbers changed, as tables of a settings file hold them::

[profile.house]
extends = "netflix-en"
max_line_length = 38
gap = { frames = 4 }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace

from clipforge.captions.profiles import CHEVRON, CPS, DASH, NEW_CUE, PROFILES, WPM, Profile, SafeArea, Span
from clipforge.errors import BadSetting, UnknownName
from clipforge.layers import Table
from clipforge.settings import NAMES

EXTENDS = "extends"

_CHOICES = {"speed_unit": (CPS, WPM), "speakers": (DASH, CHEVRON, NEW_CUE)}
_FIXED = ("name", "sources", "vertical")
_FIELDS = tuple(field.name for field in fields(Profile) if field.name not in _FIXED)
_AT_LEAST_ONE = (
    "max_line_length",
    "max_lines",
    "least_ms",
    "most_ms",
    "pause_ms",
    "min_words",
    "full_width_line_length",
)
_SPEEDS = ("max_speed", "aim_speed", "full_width_max_speed")


def own_profiles(tables: Mapping[str, Table]) -> dict[str, Profile]:
    """The profile that each table describes, by name. A table may extend a published profile or another table.

    Raises `UnknownName` or `BadSetting`, naming file and key, for the first thing that is wrong in any of them.
    """
    done: dict[str, Profile] = {}
    for name in tables:
        _build(name, tables, done, ())
    return done


def _build(name: str, tables: Mapping[str, Table], done: dict[str, Profile], chain: tuple[str, ...]) -> Profile:
    """``chain``: the names that led here, each of which extends the next."""
    if name in done:
        return done[name]
    table = tables[name]
    if name in PROFILES:
        raise BadSetting(table.heading, name, table.origin, "another name: this profile is published")
    base = table.values.get(EXTENDS)
    known = (*PROFILES, *(other for other in tables if other != name))
    if not isinstance(base, str):
        wanted = f"the name of the profile to start from, such as {known[0]}"
        raise BadSetting(EXTENDS, "" if base is None else str(base), table.where, wanted)
    if base in (*chain, name):
        circle = " → ".join([*chain, name, base])
        raise BadSetting(EXTENDS, base, table.where, f"a chain that ends at a published profile, not {circle}")
    if base not in known:
        raise UnknownName("profile", base, known, f"{EXTENDS} in {table.where}")
    start = PROFILES[base] if base in PROFILES else _build(base, tables, done, (*chain, name))
    overrides = {key: value for key, value in table.values.items() if key != EXTENDS}
    done[name] = extend(start, overrides, name, table.where)
    return done[name]


def extend(base: Profile, overrides: Mapping[str, object], name: str, origin: str) -> Profile:
    """A profile of a person's own: ``base`` with some fields replaced by plain values, as a TOML table holds them.

    A `Span` is given in ms, or as ``{frames = 2}``; a `SafeArea` as ``{top = 0.1}``. What is given holds for pictures
    of every shape. ``origin`` says where the values stand, for messages. Raises `UnknownName` for a field that no
    profile has, `BadSetting` for a value it cannot take.
    """
    values: dict[str, object] = {}
    for key, value in overrides.items():
        if key not in _FIELDS:
            elsewhere = "; settings of a run stand above the first table" if key in NAMES else ""
            raise UnknownName("profile setting", key, _FIELDS, f"in {origin}{elsewhere}")
        values[key] = _field_value(key, value, getattr(base, key), origin)
    profile = replace(
        base,
        name=name,
        vertical=tuple(pair for pair in base.vertical if pair[0] not in values),
        sources=tuple(pair for pair in base.sources if pair[0] not in values),
        **values,  # type: ignore[arg-type]  # checked field by field
    )
    if profile.least_ms > profile.most_ms:
        raise BadSetting("least_ms", str(profile.least_ms), origin, f"at most most_ms, {profile.most_ms}")
    if 0 < profile.max_words < profile.min_words:
        raise BadSetting("min_words", str(profile.min_words), origin, f"at most max_words, {profile.max_words}")
    if profile.aim_speed > profile.max_speed:
        if "aim_speed" in values:
            raise BadSetting("aim_speed", f"{profile.aim_speed:g}", origin, f"at most max_speed, {profile.max_speed:g}")
        return replace(profile, aim_speed=profile.max_speed)
    return profile


def numbers_of(profile: Profile) -> dict[str, str | int | float | None]:
    """Everything in a profile that can change captions, by field, as plain values: ``{"gap": "2 frames"}``."""
    plain: dict[str, str | int | float | None] = {}
    for name in (*_FIELDS, "vertical"):
        value = getattr(profile, name)
        if isinstance(value, Span):
            value = " + ".join(f"{amount} {unit}" for unit, amount in asdict(value).items() if amount) or "0 ms"
        elif isinstance(value, SafeArea):
            value = ", ".join(f"{side} {share:g}" for side, share in asdict(value).items())
        elif isinstance(value, tuple):
            value = ", ".join(f"{field} {number:g}" for field, number in value)
        plain[name] = value
    return plain


def _field_value(key: str, value: object, current: object, origin: str) -> object:
    wanted = "a number above 0"
    if isinstance(current, Span | SafeArea):
        return _parts(key, value, current, origin)
    if key in _CHOICES:
        wanted = " or ".join(_CHOICES[key])
        if value in _CHOICES[key]:
            return value
    elif isinstance(current, bool):
        wanted = "true or false"
        if isinstance(value, bool):
            return value
    elif isinstance(current, int) and key not in _SPEEDS:
        least = int(key in _AT_LEAST_ONE)
        wanted = f"a whole number, {least} or more"
        if isinstance(value, int) and _is_whole(value) and value >= least:
            return value
    elif _is_number(value) and value:
        return value
    raise BadSetting(key, str(value), origin, wanted)


def _parts(key: str, value: object, current: Span | SafeArea, origin: str) -> Span | SafeArea:
    """A span of time or a safe area, whose parts are named."""
    parts = value if isinstance(value, Mapping) and set(value) <= {field.name for field in fields(current)} else None
    if isinstance(current, Span):
        wanted = "milliseconds, or a table of ms and frames (whole numbers)"
        if _is_whole(value):
            return Span(ms=value)  # type: ignore[arg-type]  # looked at above
        if parts is not None and all(_is_whole(part) for part in parts.values()):
            return Span(**parts)
    else:
        wanted = "a table of top, bottom and sides: shares of the picture, below 1"
        if parts is not None and all(_is_number(part) and part < 1 for part in parts.values()):
            return SafeArea(**parts)
    raise BadSetting(key, str(value), origin, wanted)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_number(value: object) -> bool:
    """True for a finite number of 0 or more."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
