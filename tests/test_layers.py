"""Settings from several places become one, and what is wrong is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.errors import BadSetting, UnknownName
from clipforge.layers import DEFAULT_ORIGIN, Layer, resolve
from clipforge.settings import NAMES, Settings, default_of, in_scope, spec_of

FLAG = Layer("flag", {}, "--{flag}")


def test_nothing_given_gives_the_defaults() -> None:
    resolved = resolve([])
    assert resolved.settings == Settings()
    assert set(resolved.origins.values()) == {DEFAULT_ORIGIN}


def test_the_first_layer_that_gives_a_setting_wins() -> None:
    layers = [
        Layer("flag", {"model": None, "beam_size": "8"}),
        Layer("environment", {"model": "small", "beam_size": "3"}),
        Layer("a.toml", {"model": "tiny", "jobs": 2}),
    ]
    resolved = resolve(layers)
    assert (resolved.settings.beam_size, resolved.settings.model, resolved.settings.jobs) == (8, "small", 2)
    assert resolved.origins["beam_size"] == "flag"
    assert resolved.origins["model"] == "environment"
    assert resolved.origins["jobs"] == "a.toml"
    assert resolved.origins["task"] == DEFAULT_ORIGIN


def test_an_unknown_key_names_the_nearest_right_one() -> None:
    with pytest.raises(UnknownName, match='no setting named "beamsize"'):
        resolve([Layer("clipforge.toml", {"beamsize": 5})])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("jobs", "0", "--jobs = '0' (flag): expected a whole number, 1 or more"),
        ("jobs", "two", "--jobs = 'two' (flag): expected a whole number, 1 or more"),
        ("jobs", True, "--jobs = 'True' (flag): expected a whole number, 1 or more"),
        ("beam_size", "-1", "--beam-size = '-1' (flag): expected a whole number, 1 or more"),
        ("task", "sing", "--task = 'sing' (flag): expected transcribe or translate"),
        ("format", " , ", "--format = ' , ' (flag): expected at least one name"),
        ("quiet", "maybe", "--quiet = 'maybe' (flag): expected true or false"),
        ("model", 5, "--model = '5' (flag): expected a text"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(name: str, value: object, message: str) -> None:
    with pytest.raises(BadSetting) as caught:
        resolve([Layer("flag", {name: value}, "--{flag}")])
    assert caught.value.message == message


def test_a_wrong_value_is_refused_even_where_another_wins() -> None:
    with pytest.raises(BadSetting):
        resolve([Layer("flag", {"jobs": "2"}), Layer("a.toml", {"jobs": 0})])


def test_lists_come_with_commas_and_as_lists() -> None:
    assert resolve([Layer("flag", {"format": "srt, vtt,srt"})]).settings.format == ("srt", "vtt")
    assert resolve([Layer("a.toml", {"format": ["json", "txt"]})]).settings.format == ("json", "txt")


def test_paths_and_switches_have_their_types() -> None:
    settings = resolve([Layer("environment", {"output_dir": "out", "recursive": "no", "quiet": "1"})]).settings
    assert settings.output_dir == Path("out")
    assert (settings.recursive, settings.quiet) == (False, True)


def test_every_setting_says_what_it_can_change() -> None:
    scoped = [name for scope in {spec_of(name).scope for name in NAMES} for name in in_scope(scope)]
    assert sorted(scoped) == sorted(NAMES)
    for name in NAMES:
        spec = spec_of(name)
        assert spec.help.endswith(".")
        assert any(flag.startswith("--") for flag in spec.flags)
        assert default_of(name) == getattr(Settings(), name)


def test_tables_under_a_setting_are_collected_and_the_first_of_a_name_wins() -> None:
    project = Layer("a.toml", {"profile": {"use": "house", "house": {"extends": "bbc"}}})
    user = Layer("b.toml", {"profile": {"house": {"extends": "shorts"}, "kids": {"extends": "house"}}, "jobs": 2})
    resolved = resolve([FLAG, project, user])
    assert (resolved.settings.profile, resolved.origins["profile"]) == ("house", "a.toml")
    tables = resolved.tables["profile"]
    assert {name: table.values["extends"] for name, table in tables.items()} == {"house": "bbc", "kids": "house"}
    assert tables["kids"].where == "[profile.kids] of b.toml"


def test_tables_choose_nothing_by_themselves() -> None:
    resolved = resolve([Layer("a.toml", {"profile": {"house": {"extends": "bbc"}}})])
    assert (resolved.settings.profile, resolved.origins["profile"]) == (None, DEFAULT_ORIGIN)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "profile",
            {"max_lines": 3},
            "profile.max_lines = '3' (a.toml): expected a table of a name, [profile.NAME], or",
        ),
        ("profile", {"use": {"extends": "bbc"}}, "(a.toml): expected a text"),
        ("profile", {"use": 5}, "profile = '5' (a.toml): expected a text"),
        ("model", {"house": {}}, "(a.toml): expected a text"),
    ],
)
def test_tables_where_none_can_be(key: str, value: object, message: str) -> None:
    with pytest.raises(BadSetting) as caught:
        resolve([Layer("a.toml", {key: value})])
    assert message in caught.value.message


@pytest.mark.parametrize("value", ["0", "-3", "fast", "", "nan", "1e3", True, [17]])
def test_a_number_that_is_none(value: object) -> None:
    with pytest.raises(BadSetting, match="expected a number, 1 or more"):
        resolve([Layer("flag", {"max_cps": value})])


def test_numbers_may_have_fractions() -> None:
    assert resolve([Layer("flag", {"max_cps": "17.5"})]).settings.max_cps == 17.5
    assert resolve([Layer("a.toml", {"max_cps": 17})]).settings.max_cps == 17.0
