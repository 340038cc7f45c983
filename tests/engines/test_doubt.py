"""Which results look wrong, and which of two is the better."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.words import Word
from clipforge.engines.doubt import ALONE, FIRST, SAMPLED, Heard, Spoken, compression_ratio, looks_wrong, the_better


def spoken(text: str, avg_logprob: float = -0.2, no_speech_prob: float = 0.01) -> Spoken:
    words = tuple(Word(word, i * 100, i * 100 + 90, 0.9) for i, word in enumerate(text.split()))
    return Spoken(text, words, len(words), avg_logprob, no_speech_prob)


def heard(*parts: Spoken) -> Heard:
    return Heard(parts)


GOOD = heard(spoken("the ferry leaves at nine"))
UNSURE = heard(spoken("the fairy leaves a nine", -1.3))
LOOP = heard(spoken("we go round and " * 12, -0.1))
OVER_SILENCE = heard(spoken("the", -0.3, 0.998))
NOTHING = heard()


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (GOOD, ()),
        (NOTHING, ()),
        (heard(spoken("", -5, 0.999)), ()),
        (heard(spoken("no no no no")), ()),
        (UNSURE, ("log probability",)),
        (LOOP, ("compression ratio",)),
        (OVER_SILENCE, ("no speech",)),
        (heard(spoken("yes", math.nan)), ("log probability",)),
    ],
)
def test_looks_wrong(result: Heard, why: tuple[str, ...]) -> None:
    assert looks_wrong(result) == why


@pytest.mark.parametrize(
    ("first", "second", "kept", "text"),
    [
        (UNSURE, GOOD, ALONE, "the ferry leaves at nine"),
        (UNSURE, UNSURE, FIRST, "the fairy leaves a nine"),
        (LOOP, UNSURE, ALONE, "the fairy leaves a nine"),
        (UNSURE, LOOP, FIRST, "the fairy leaves a nine"),
        (OVER_SILENCE, GOOD, ALONE, "the ferry leaves at nine"),
        (OVER_SILENCE, NOTHING, FIRST, "the"),
        (UNSURE, NOTHING, FIRST, "the fairy leaves a nine"),
        (heard(spoken("a", -1.3)), heard(spoken("b", -1.2)), ALONE, "b"),
    ],
)
def test_the_better(first: Heard, second: Heard, kept: str, text: str) -> None:
    better = the_better(first, second, ALONE)
    assert (better.kept, better.text) == (kept, text)
    assert better.why_again == ", ".join(looks_wrong(first))
    assert better.unheard_again is (not second.text)
    facts = better.facts()
    assert (facts["again"], facts["kept"]) == (better.why_again, kept)
    other = second if kept == FIRST else first
    assert facts.get("instead_of", text) == (other.text or text)


def test_a_third_result_is_compared_with_the_better_of_two() -> None:
    two = the_better(LOOP, UNSURE, ALONE)
    three = the_better(two, GOOD, SAMPLED)
    assert (three.kept, three.text, three.instead_of) == (SAMPLED, GOOD.text, UNSURE.text)
    assert three.why_again == "compression ratio"
    assert the_better(two, LOOP, SAMPLED).kept == ALONE


@given(st.floats(), st.floats())
def test_facts_are_plain_numbers(avg_logprob: float, no_speech_prob: float) -> None:
    json.dumps(heard(spoken("word", avg_logprob, no_speech_prob)).facts(), allow_nan=False)


def test_confidence_of_a_window_is_that_of_its_words() -> None:
    unsure = replace(spoken("a b"), words=(Word("a", 0, 90, 0.5), Word("b", 100, 190, 0.2)))
    assert heard(unsure).facts()["confidence"] == 0.35
    assert "confidence" not in NOTHING.facts()


def test_compression_ratio_is_that_of_openai_whisper() -> None:
    assert compression_ratio("") == 0
    assert compression_ratio("the ferry leaves at nine") < 1
    assert compression_ratio("thank you. " * 20) > 2.4
