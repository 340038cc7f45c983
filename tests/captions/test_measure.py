"""Characters as a reader counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.measure import characters, clusters, columns


@pytest.mark.parametrize(
    ("text", "count", "width"),
    [
        ("harbour", 7, 7),
        ("", 0, 0),
        ("e\u0301te\u0301", 3, 3),
        ("été", 3, 3),
        ("公園", 2, 4),
        ("ｱｲ", 2, 2),
        ("👩‍👩‍👧", 1, 2),
        ("👍🏽!", 2, 3),
        ("🇫🇷🇩🇪", 2, 2),
        ("각", 1, 2),
        ("नि", 1, 1),
        ("שָׁלוֹם", 4, 4),
        ("กำ", 1, 1),
    ],
)
def test_what_a_reader_counts(text: str, count: int, width: int) -> None:
    assert (characters(text), columns(text)) == (count, width)


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
