"""Profiles: the choice among them, and a person's own."""

from __future__ import annotations

import pickle
from dataclasses import fields

import pytest

from clipforge.captions.profiles import BBC_VERTICAL, CPS, PROFILES, SafeArea, Span, choose, extend
from clipforge.errors import BadSetting, UnknownName

NETFLIX = PROFILES["netflix-en"]


def test_the_shape_of_the_picture_chooses() -> None:
    assert choose(None, 1280, 720) is NETFLIX
    assert choose(None, 1080, 1920) is PROFILES["shorts"]
    assert choose("youtube", 1080, 1920) is PROFILES["youtube"]
    assert choose("bbc", 1920, 1080) is PROFILES["bbc"]
    assert (choose("bbc", 1080, 1920).max_line_length, choose("bbc", 1080, 1920).max_lines) == (25, 3)


def test_an_unknown_name_is_an_error_that_helps() -> None:
    with pytest.raises(UnknownName, match="Did you mean netflix-en"):
        choose("netflix", 1280, 720)


@pytest.mark.parametrize("profile", [*PROFILES.values(), BBC_VERTICAL], ids=lambda p: f"{p.name}-{p.max_lines}")
def test_every_number_names_its_source(profile: object) -> None:
    assert pickle.loads(pickle.dumps(profile)) == profile  # noqa: S301
    sources = dict(profile.sources)  # type: ignore[attr-defined]
    everywhere = {
        "max_line_length",
        "max_lines",
        "max_speed",
        "aim_speed",
        "least_ms",
        "most_ms",
        "gap",
        "early",
        "late",
    }
    assert everywhere | {"chain_below_ms", "linger_ms", "tail_ms", "pause_ms", "speakers", "breaks"} <= set(sources)
    defaults = {f.name: f.default for f in fields(profile)}  # type: ignore[arg-type]
    set_here = {name for name, default in defaults.items() if getattr(profile, name) != default}
    assert set_here - {"name", "sources", "speed_unit", "highlight", "max_words", "shot_gap"} <= set(sources)


def test_chinese_and_japanese_have_their_own_limits() -> None:
    for language in ("zh", "ja", "zh-TW"):
        profile = NETFLIX.for_language(language)
        assert (profile.max_line_length, profile.max_speed, profile.speed_unit) == (32, 9, CPS)
        assert profile.aim_speed < profile.max_speed
    assert NETFLIX.for_language("en") is NETFLIX
    assert PROFILES["bbc"].for_language("ja").speed_unit == CPS


def test_overrides_replace_the_three_numbers() -> None:
    profile = PROFILES["bbc"].override(max_line_length=30, max_lines=1, max_cps=12)
    assert (profile.max_line_length, profile.max_lines, profile.max_speed, profile.speed_unit) == (30, 1, 12, CPS)
    assert profile.aim_speed <= 12
    assert NETFLIX.override() == NETFLIX


def test_a_profile_of_ones_own() -> None:
    own = extend(
        NETFLIX,
        {"max_line_length": 38, "gap": {"frames": 4}, "linger_ms": 800, "early": 120, "safe_area": {"bottom": 0.1}},
        "house",
        "clipforge.toml",
    )
    assert (own.name, own.max_line_length, own.linger_ms, own.most_ms) == ("house", 38, 800, NETFLIX.most_ms)
    assert (own.gap, own.early, own.safe_area) == (Span(frames=4), Span(ms=120), SafeArea(bottom=0.1))
    assert own.source_of("max_line_length") == "profile house"
    assert own.source_of("most_ms") == NETFLIX.source_of("most_ms")


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean max_lines"):
        extend(NETFLIX, {"max_line": 2}, "house", "clipforge.toml")
    with pytest.raises(UnknownName):
        extend(NETFLIX, {"sources": ()}, "house", "clipforge.toml")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_lines", 0),
        ("max_lines", True),
        ("max_lines", "2"),
        ("max_speed", 0),
        ("gap", "2 frames"),
        ("gap", {"frame": 2}),
        ("gap", -1),
        ("speakers", "colour"),
        ("highlight", 1),
        ("least_ms", 9000),
    ],
)
def test_values_that_a_field_cannot_take(key: str, value: object) -> None:
    with pytest.raises(BadSetting, match=key):
        extend(NETFLIX, {key: value}, "house", "clipforge.toml")
