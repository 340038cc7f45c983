"""Which settings make words again: a wrong key silently hands a user somebody else's captions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clipforge.captions.own_profiles import extend
from clipforge.captions.profiles import PROFILES
from clipforge.engines.base import Recipe
from clipforge.engines.devices import Device
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import recipe_for
from clipforge.pipeline.made import differences, listening, made_with
from clipforge.pipeline.prepare import asked
from clipforge.pipeline.work import word_key
from clipforge.settings import NAMES, Scope, Settings, spec_of

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"

OTHER: dict[str, Any] = {
    "model": "another",
    "language": "en",
    "task": "translate",
    "prompt": "Names.",
    "hotwords": "harbour",
    "multilingual": True,
    "keep_doubtful": True,
    "beam_size": 2,
    "compute_type": "float32",
    "audio_track": 2,
    "format": ("vtt",),
    "profile": "bbc",
    "max_line_length": 30,
    "max_lines": 1,
    "max_cps": 17.0,
    "shots": True,
    "output_dir": Path("out"),
    "name_template": "{name}.{ext}",
    "overwrite": True,
    "recursive": False,
    "jobs": 1,
    "max_memory": "1GiB",
    "device": "cpu",
    "cache": False,
    "cache_dir": Path("elsewhere"),
    "state_dir": Path("elsewhere"),
    "cache_limit": "1GiB",
    "fail_fast": True,
    "json": True,
    "quiet": True,
    "verbose": True,
}
"""Another value than the default, for each setting."""


def keys(settings: Settings) -> tuple[str, object, object]:
    """(key of a window's words, what decides how a clip is heard, what an output is made with)."""
    model = replace(folder_model(MICRO_WHISPER), english_only=False, translates=True)
    of_file = (lambda _: "1") if settings.model == "auto" else (lambda _: "2")  # another model has other files
    recipe = recipe_for(model, asked(settings, Device()), of_file)
    return word_key("a window", recipe), listening(settings), made_with(settings, recipe)


def test_every_setting_has_another_value_here() -> None:
    assert set(OTHER) == set(NAMES)
    assert all(getattr(Settings(), name) != value for name, value in OTHER.items())


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_changes_what_its_scope_says(name: str) -> None:
    words, heard, made = keys(Settings())
    other_words, other_heard, other_made = keys(replace(Settings(), **{name: OTHER[name]}))
    scope = spec_of(name).scope
    assert (words != other_words) == (scope is Scope.WORDS)
    assert (heard != other_heard) == (scope is Scope.LISTEN)
    assert (made != other_made) == (scope in (Scope.WORDS, Scope.LISTEN, Scope.LAYOUT))


@pytest.mark.parametrize("name", ["prompt", "beam_size", "audio_track", "profile", "language", "max_cps", "shots"])
def test_a_difference_is_named(name: str) -> None:
    made = keys(Settings())[2]
    other = keys(replace(Settings(), **{name: OTHER[name]}))[2]
    assert isinstance(made, dict)
    assert isinstance(other, dict)
    (said,) = differences(made, other)
    assert said.startswith(name.replace("_", " "))
    assert "→" in said


def test_a_number_of_ones_own_profile_is_named() -> None:
    def made(profile: str, **numbers: object) -> dict[str, object]:
        own = extend(PROFILES["netflix-en"], numbers, profile, "a.toml") if profile not in PROFILES else None
        return dict(made_with(replace(Settings(), profile=profile), Recipe("draft", "en-us", "1", "1"), own))

    house = made("house", max_line_length=38, gap={"frames": 4})
    assert differences(house, made("house", max_line_length=38, gap={"frames": 4})) == ()
    assert differences(house, made("house", max_line_length=40, gap=80)) == (
        "the profile's max line length 38 → 40",
        "the profile's gap 4 frames → 80 ms",
    )
    assert differences(house, made("house", gap={"frames": 4})) == ("the profile's max line length 38 → 42",)
    assert differences(made("bbc"), house) == ("profile bbc → house",)
    assert differences(house, made("bbc")) == ("profile house → bbc",)


def test_a_setting_that_is_new_had_its_default() -> None:
    made = keys(Settings())[2]
    assert isinstance(made, dict)
    older = {name: value for name, value in made.items() if name not in ("shots", "max_cps")}
    assert differences(older, made) == ()


def test_another_model_is_named_once() -> None:
    made = keys(Settings())[2]
    assert isinstance(made, dict)
    other = {**made, "model": "small", "model_digest": "x", "library": "y", "engine": "z"}
    assert differences(made, other) == ("model micro-whisper → small",)
    assert differences(made, {**made, "model_digest": "x"}) == ("the model's files differ",)
