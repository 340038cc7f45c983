"""How much of a prompt a model takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.engines.prompts import MOST_TOKENS, fit, tokens_cut
from tests.engines.outline import MICRO


def tokens_of(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def numbers(count: int) -> str:
    return " ".join(map(str, range(count)))


@pytest.mark.parametrize(
    ("prompt", "hotwords", "kept", "cut"),
    [
        (0, 0, (0, 0), 0),
        (10, 5, (10, 5), 0),
        (MOST_TOKENS, 0, (MOST_TOKENS, 0), 0),
        (MOST_TOKENS + 7, 0, (MOST_TOKENS, 0), 7),
        (MOST_TOKENS, 20, (MOST_TOKENS - 20, 20), 20),
        (50, MOST_TOKENS + 1, (0, MOST_TOKENS), 51),
    ],
)
def test_what_is_kept(prompt: int, hotwords: int, kept: tuple[int, int], cut: int) -> None:
    found = fit(numbers(prompt), numbers(hotwords), tokens_of)
    assert ((len(found.prompt), len(found.hotwords)), found.cut) == (kept, cut)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_end_of_the_prompt_and_the_beginning_of_the_hotwords(prompt: int, hotwords: int) -> None:
    found = fit(numbers(prompt), numbers(hotwords), tokens_of)
    assert len(found.prompt) + len(found.hotwords) == min(prompt + hotwords, MOST_TOKENS)
    assert list(found.prompt) == list(range(prompt))[prompt - len(found.prompt) :]
    assert list(found.hotwords) == list(range(hotwords))[: len(found.hotwords)]


def test_tokens_are_those_of_the_model(tmp_path: Path) -> None:
    assert tokens_cut(MICRO, "the captain " * 100, "") == 0  # 200 words, one token each
    assert tokens_cut(MICRO, "the captain " * 150, "") == 300 - MOST_TOKENS
    assert tokens_cut(MICRO, "", "ferry " * 300) == 300 - MOST_TOKENS
    assert tokens_cut(tmp_path, "the captain " * 150, "") == 0  # no model there: the engine says so
