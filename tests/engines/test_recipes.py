"""From what the user asked for to a recipe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clipforge.engines.base import Recipe
from clipforge.engines.devices import Device
from clipforge.engines.folders import Model, draft_model, folder_model
from clipforge.engines.languages import LANGUAGES, language_code
from clipforge.engines.models import Asked, asked_language, recipe_for
from clipforge.errors import BadSetting, UnknownName
from tests.engines.outline import MICRO

ENGLISH = folder_model(MICRO)
MANY = replace(ENGLISH, name="many", english_only=False, translates=True)
LARGE = replace(MANY, name="large-v3", cantonese=True)
GPU = Device("cuda", ("float16", "int8_float16", "float32"))
TURBO = replace(LARGE, name="turbo", translates=False)


def test_a_whisper_recipe() -> None:
    recipe = recipe_for(
        MANY, Asked("Spanish", "translate", "auto", 3, "  names:\n Ana ", "Ana"), lambda path: path.name
    )
    assert replace(recipe, model_digest="", library="") == Recipe(
        "whisper", "many", "", "", "es", "translate", "int8", 3, "names: Ana", "Ana"
    )
    assert recipe.library.startswith("faster-whisper 1.")
    assert "/ctranslate2 4." in recipe.library


def test_the_draft_recipe_holds_nothing_that_draft_ignores() -> None:
    plain = recipe_for(draft_model(), Asked())
    assert plain == recipe_for(draft_model(), Asked("en", "transcribe", "float32", 1, "a prompt", "words"))
    assert (plain.model, plain.language, plain.beam_size, plain.prompt) == ("draft", "en", 0, "")


@pytest.mark.parametrize("language", [None, "auto", " Auto ", ""])
def test_language_is_left_open_where_it_can_be_detected(language: str | None) -> None:
    assert asked_language(language) is None
    assert recipe_for(MANY, Asked(language)).language is None
    assert recipe_for(ENGLISH, Asked(language)).language == "en"


@pytest.mark.parametrize(
    ("model", "asked", "name"),
    [
        (ENGLISH, Asked("es"), "language"),
        (draft_model(), Asked("german"), "language"),
        (draft_model(), Asked(task="translate"), "task"),
        (ENGLISH, Asked(task="translate"), "task"),
        (TURBO, Asked(task="translate"), "task"),
        (MANY, Asked(task="summarize"), "task"),
        (MANY, Asked("cantonese"), "language"),
        (MANY, Asked(compute_type="float16"), "compute_type"),
        (MANY, Asked(compute_type="int4", device=GPU), "compute_type"),
        (MANY, Asked(compute_type="bfloat16", device=GPU), "compute_type"),
        (MANY, Asked(beam_size=0), "beam_size"),
    ],
)
def test_what_the_model_cannot_do_is_refused(model: Model, asked: Asked, name: str) -> None:
    with pytest.raises(BadSetting) as caught:
        recipe_for(model, asked)
    assert caught.value.name == name


def test_what_the_model_can_do_is_not() -> None:
    assert recipe_for(LARGE, Asked("cantonese")).language == "yue"
    assert recipe_for(ENGLISH, Asked("en-GB")).language == "en"
    assert recipe_for(MANY, Asked(device=GPU)).compute_type == "float16"
    assert recipe_for(MANY, Asked(compute_type="int8_float16", device=GPU)).compute_type == "int8_float16"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("Spanish", "es"),
        ("pt_BR", "pt"),
        ("haitian creole", "ht"),
        ("mandarin", "zh"),
        ("jv", "jw"),
    ],
)
def test_languages_by_code_and_name(text: str, code: str) -> None:
    assert language_code(text) == code


def test_every_language_is_found_by_its_code_and_its_name() -> None:
    for code, name in LANGUAGES.items():
        assert language_code(code) == language_code(name) == code
    assert len(LANGUAGES) == 100


def test_languages_are_those_of_the_library() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(LANGUAGES) == set(_LANGUAGE_CODES)


def test_an_unknown_language() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean spanish\?"):
        recipe_for(MANY, Asked("spanisch"))
