"""A person's own profiles: numbers changed, chains, and what is wrong named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pytest

from clipforge.captions.own_profiles import extend, numbers_of, own_profiles
from clipforge.captions.profiles import PROFILES, Profile, SafeArea, Span, choose
from clipforge.errors import BadSetting, UnknownName
from clipforge.layers import Table

NETFLIX = PROFILES["netflix-en"]
WHERE = "[profile.house] of clipforge.toml"


def built(**tables: Mapping[str, object]) -> dict[str, Profile]:
    return own_profiles({name: Table("profile", name, values, "clipforge.toml") for name, values in tables.items()})


def test_numbers_are_replaced_and_the_rest_stays() -> None:
    own = extend(
        NETFLIX,
        {"max_line_length": 38, "gap": {"frames": 4}, "linger_ms": 800, "early": 120, "safe_area": {"bottom": 0.1}},
        "house",
        WHERE,
    )
    assert (own.name, own.max_line_length, own.linger_ms, own.most_ms) == ("house", 38, 800, NETFLIX.most_ms)
    assert (own.gap, own.early, own.safe_area) == (Span(frames=4), Span(ms=120), SafeArea(bottom=0.1))
    assert own.source_of("max_line_length") == "profile house"
    assert own.source_of("most_ms") == NETFLIX.source_of("most_ms")


def test_a_table_extends_a_published_profile_or_another_table() -> None:
    own = built(
        kids={"extends": "house", "max_speed": 17},
        house={"extends": "netflix-en", "max_line_length": 38},
    )
    assert own["house"].max_line_length == own["kids"].max_line_length == 38
    assert (own["house"].max_speed, own["kids"].max_speed, own["kids"].aim_speed) == (20, 17, 15)
    assert choose("kids", 1920, 1080, own) is own["kids"]


def test_what_is_given_holds_for_upright_pictures_too() -> None:
    own = built(house={"extends": "bbc", "max_lines": 1})
    assert choose("house", 1920, 1080, own).max_lines == 1
    upright = choose("house", 1080, 1920, own)
    assert (upright.max_lines, upright.max_line_length, upright.line_height) == (1, 25, 0.045)


def test_a_lower_limit_takes_the_aim_along() -> None:
    assert extend(NETFLIX, {"max_speed": 12}, "house", WHERE).aim_speed == 12
    with pytest.raises(BadSetting, match="aim_speed"):
        extend(NETFLIX, {"max_speed": 12, "aim_speed": 13}, "house", WHERE)


@pytest.mark.parametrize("key", ["max_line", "sources", "name", "vertical"])
def test_an_unknown_field_is_named_with_its_place(key: str) -> None:
    with pytest.raises(UnknownName, match=f'no profile setting named "{key}"') as caught:
        built(house={"extends": "bbc", key: 2})
    assert caught.value.remedy == f"in {WHERE}"


def test_a_typing_slip_is_guessed() -> None:
    with pytest.raises(UnknownName, match="Did you mean max_lines"):
        built(house={"extends": "bbc", "max_line": 2})


def test_a_setting_that_slid_into_the_table_is_told_where_it_belongs() -> None:
    with pytest.raises(UnknownName) as caught:
        built(house={"extends": "bbc", "model": "small"})
    assert caught.value.remedy == f"in {WHERE}; settings of a run stand above the first table"


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("max_lines", 0, "a whole number, 1 or more"),
        ("max_lines", True, "a whole number, 1 or more"),
        ("max_lines", "2", "a whole number, 1 or more"),
        ("tail_ms", -1, "a whole number, 0 or more"),
        ("max_speed", 0, "a number above 0"),
        ("max_speed", float("inf"), "a number above 0"),
        ("gap", "2 frames", "milliseconds, or a table of ms and frames (whole numbers)"),
        ("gap", {"frame": 2}, "milliseconds, or a table of ms and frames (whole numbers)"),
        ("gap", {"frames": 1.5}, "milliseconds, or a table of ms and frames (whole numbers)"),
        ("gap", -1, "milliseconds, or a table of ms and frames (whole numbers)"),
        ("gap", True, "milliseconds, or a table of ms and frames (whole numbers)"),
        ("safe_area", {"top": 1}, "a table of top, bottom and sides: shares of the picture, below 1"),
        ("safe_area", 0.1, "a table of top, bottom and sides: shares of the picture, below 1"),
        ("speakers", "colour", "dash or chevron or new cue"),
        ("highlight", 1, "true or false"),
        ("least_ms", 9000, "at most most_ms, 7000"),
    ],
)
def test_a_value_that_a_field_cannot_take_is_named_with_file_and_key(key: str, value: object, wanted: str) -> None:
    with pytest.raises(BadSetting) as caught:
        built(house={"extends": "netflix-en", key: value})
    assert caught.value.message == f"{key} = {str(value)!r} ({WHERE}): expected {wanted}"


def test_words_in_a_cue_must_leave_room() -> None:
    with pytest.raises(BadSetting, match="min_words = '7'"):
        built(house={"extends": "shorts", "min_words": 7})


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"house": {}}, "expected the name of the profile to start from"),
        ({"house": {"extends": 5}}, "expected the name of the profile to start from"),
        ({"bbc": {"extends": "netflix-en"}}, "expected another name: this profile is published"),
        ({"house": {"extends": "house"}}, "not house → house"),
        ({"a": {"extends": "b"}, "b": {"extends": "c"}, "c": {"extends": "b"}}, "not a → b → c → b"),
    ],
)
def test_tables_that_lead_nowhere(tables: dict[str, Mapping[str, object]], message: str) -> None:
    with pytest.raises(BadSetting, match=message):
        built(**tables)


def test_an_unknown_base_is_guessed_among_all_there_are() -> None:
    with pytest.raises(UnknownName, match="Did you mean house"):
        built(house={"extends": "bbc"}, kids={"extends": "hose"})


def test_a_wrong_table_is_named_even_where_another_is_asked_for() -> None:
    with pytest.raises(UnknownName):
        built(good={"extends": "bbc"}, bad={"extends": "bbc", "lines": 2})


def test_every_number_is_among_the_facts() -> None:
    numbers = numbers_of(PROFILES["bbc"])
    assert set(numbers) == {field.name for field in fields(Profile)} - {"name", "sources"}
    assert (numbers["gap"], numbers["late"], numbers["early"]) == ("0 ms", "2 frames", "1500 ms")
    assert numbers["vertical"] == "max_line_length 25, max_lines 3, line_height 0.045"
    for field in ("max_line_length", "max_speed", "gap", "safe_area"):
        changed = {"max_line_length": 30, "max_speed": 150, "gap": 40, "safe_area": {"top": 0.1}}[field]
        other = numbers_of(extend(PROFILES["bbc"], {field: changed}, "house", WHERE))
        assert {name for name in numbers if numbers[name] != other[name]} - {"vertical", "aim_speed"} == {field}
