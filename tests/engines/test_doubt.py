"""Which results look wrong, and which of two is the better."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.words import Word
from clipforge.engines.doubt import Heard, Spoken, compression_ratio, doubts, is_looping, the_better, without_silent


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
        (UNSURE, ("log probability",)),
        (LOOP, ("compression ratio", "repeats")),
        (OVER_SILENCE, ("text over silence",)),
        (heard(spoken("yes", math.nan)), ("log probability",)),
    ],
)
def test_doubts(result: Heard, why: tuple[str, ...]) -> None:
    assert doubts(result) == why


@pytest.mark.parametrize(
    ("text", "looping"),
    [
        ("no no no", False),
        ("no no no no", True),
        ("No, no. NO no!", True),
        ("come on come on", False),
        ("come on come on come on", True),
        ("and so on and on and so on", False),
        ("", False),
    ],
)
def test_looping(text: str, looping: bool) -> None:
    assert is_looping(text.split()) is looping


@pytest.mark.parametrize(
    ("first", "second", "kept", "text"),
    [
        (UNSURE, GOOD, "second", "the ferry leaves at nine"),
        (UNSURE, UNSURE, "first", "the fairy leaves a nine"),
        (LOOP, UNSURE, "second", "the fairy leaves a nine"),
        (UNSURE, LOOP, "first", "the fairy leaves a nine"),
        (OVER_SILENCE, NOTHING, "second", ""),
        (OVER_SILENCE, OVER_SILENCE, "first", ""),
        (OVER_SILENCE, GOOD, "second", "the ferry leaves at nine"),
        (UNSURE, NOTHING, "second", ""),
        (heard(spoken("a", -1.3)), heard(spoken("b", -1.2)), "second", "b"),
    ],
)
def test_the_better(first: Heard, second: Heard, kept: str, text: str) -> None:
    better = the_better(without_silent(first), without_silent(second), doubts(first))
    assert (better.kept, better.text) == (kept, text)
    assert better.again == ", ".join(doubts(first))
    if not text:
        assert better.dropped == first.text


def test_only_what_stands_over_silence_is_dropped() -> None:
    mixed = without_silent(heard(spoken("hello there"), spoken("thank you", -0.3, 0.99)))
    assert (mixed.text, mixed.dropped) == ("hello there", "thank you")
    assert mixed.facts()["dropped"] == "thank you"


@given(st.floats(), st.floats())
def test_facts_are_plain_numbers(avg_logprob: float, no_speech_prob: float) -> None:
    json.dumps(heard(spoken("word", avg_logprob, no_speech_prob)).facts(), allow_nan=False)


def test_compression_ratio_is_that_of_openai_whisper() -> None:
    assert compression_ratio("") == 0
    assert compression_ratio("the ferry leaves at nine") < 1
    assert compression_ratio("thank you. " * 20) > 2.4
