"""The published profiles, number by number, and the choice among them."""

from __future__ import annotations

import pickle
from dataclasses import fields

import pytest

from clipforge.captions.profiles import (
    CHEVRON,
    CPS,
    DASH,
    NEW_CUE,
    PROFILES,
    WPM,
    Profile,
    SafeArea,
    Span,
    choose,
)
from clipforge.errors import UnknownName

NETFLIX = PROFILES["netflix-en"]
BBC_UPRIGHT = choose("bbc", 1080, 1920)
FRAMES_2 = Span(frames=2)


# fmt: off
TABLE: dict[str, tuple[object, ...]] = {
    #                       netflix-en  bbc            youtube       shorts
    "max_line_length":      (42,        37,            42,           24),
    "max_lines":            (2,         2,             2,            2),
    "max_speed":            (20,        180,           21,           25),
    "aim_speed":            (15,        160,           17,           18),
    "speed_unit":           (CPS,       WPM,           CPS,          CPS),
    "least_ms":             (833,       1000,          1000,         700),
    "least_per_word_ms":    (0,         300,           0,            0),
    "most_ms":              (7000,      7000,          7000,         5000),
    "gap":                  (FRAMES_2,  Span(),        FRAMES_2,     Span()),
    "chain_below_ms":       (500,       1000,          500,          500),
    "early":                (FRAMES_2,  Span(ms=1500), Span(ms=100), FRAMES_2),
    "late":                 (FRAMES_2,  FRAMES_2,      FRAMES_2,     FRAMES_2),
    "linger_ms":            (500,       1500,          1000,         300),
    "shot_zone_ms":         (500,       500,           0,            0),
    "shot_gap":             (FRAMES_2,  Span(),        Span(),       Span()),
    "speakers":             (DASH,      NEW_CUE,       CHEVRON,      NEW_CUE),
    "min_words":            (1,         1,             1,            2),
    "max_words":            (0,         0,             0,            6),
    "highlight":            (False,     False,         False,        True),
    "safe_area":            (SafeArea(), SafeArea(),   SafeArea(),   SafeArea(top=0.14, bottom=0.35, sides=0.06)),
    "line_height":          (None,      0.08,          None,         None),
}
# fmt: on


@pytest.mark.parametrize("field", TABLE)
def test_the_published_numbers(field: str) -> None:
    names = ("netflix-en", "bbc", "youtube", "shorts")
    assert tuple(getattr(PROFILES[name], field) for name in names) == TABLE[field]
    assert set(names) == set(PROFILES)


def test_the_table_leaves_no_rule_out() -> None:
    ours = {"tail_ms", "pause_ms"}  # of layout: no guideline names them
    other_scripts = {"full_width_line_length", "full_width_max_speed"}
    every = {field.name for field in fields(Profile)} - {"name", "sources", "vertical"}
    assert set(TABLE) == every - ours - other_scripts


def test_the_bbc_s_upright_picture() -> None:
    assert (BBC_UPRIGHT.max_line_length, BBC_UPRIGHT.max_lines, BBC_UPRIGHT.line_height) == (25, 3, 0.045)
    assert BBC_UPRIGHT.most_ms == PROFILES["bbc"].most_ms


def test_flickering_gaps_are_those_of_3_to_11_frames_at_24_fps() -> None:
    frame_ms = 1000 / 24
    assert NETFLIX.gap.at(24) < 3 * frame_ms
    assert 11 * frame_ms < NETFLIX.chain_below_ms <= 12 * frame_ms


def test_the_shape_of_the_picture_chooses() -> None:
    assert choose(None, 1280, 720) is NETFLIX
    assert choose(None, 1080, 1920) is PROFILES["shorts"]
    assert choose("youtube", 1080, 1920) is PROFILES["youtube"]
    assert choose("bbc", 1920, 1080) is PROFILES["bbc"]


def test_an_unknown_name_is_an_error_that_helps() -> None:
    with pytest.raises(UnknownName, match="Did you mean netflix-en"):
        choose("netflix", 1280, 720)


@pytest.mark.parametrize("profile", [*PROFILES.values(), BBC_UPRIGHT], ids=lambda p: f"{p.name}-{p.max_lines}")
def test_every_number_names_its_source(profile: Profile) -> None:
    assert pickle.loads(pickle.dumps(profile)) == profile  # noqa: S301
    sources = dict(profile.sources)
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
    defaults = {f.name: f.default for f in fields(profile)}
    set_here = {name for name, default in defaults.items() if getattr(profile, name) != default}
    said_elsewhere = {"name", "sources", "vertical", "speed_unit"}
    assert set_here - said_elsewhere <= set(sources)
    assert all(len(source) > 10 for source in sources.values())


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


def test_what_children_can_read_is_an_override() -> None:
    profile = NETFLIX.override(max_cps=17)
    assert (profile.max_speed, profile.aim_speed) == (17, 15)
