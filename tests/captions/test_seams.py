"""Words of windows laid one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.seams import joined
from clipforge.captions.words import Doubt, HeardWindow, Transcript, Word


def window(start_ms: int, end_ms: int, *words: Word, doubts: tuple[Doubt, ...] = ()) -> HeardWindow:
    return HeardWindow(start_ms, end_ms, Transcript(words, "en", {}, doubts))


def test_words_count_from_the_start_of_the_clip() -> None:
    found = joined([window(1000, 2000, Word("a", 100, 300)), window(5000, 6000, Word("a", 0, 300))])
    assert [(word.text, word.start_ms, word.end_ms) for word in found] == [("a", 1100, 1300), ("a", 5000, 5300)]
    assert joined([]) == joined([window(0, 1000)]) == ()


def test_a_word_that_was_cut_in_two_is_one() -> None:
    before = window(0, 1000, Word("the", 400, 700, 0.9), Word("kitchen", 700, 1000, 0.5))
    (the, kitchen) = joined([before, window(1000, 2000, Word("Kitchen.", 0, 250, 0.8))])
    assert the == Word("the", 400, 700, 0.9)
    assert kitchen == Word("Kitchen.", 700, 1250, 0.8)


@pytest.mark.parametrize(
    ("before", "start_ms", "after"),
    [
        (Word("kitchen", 700, 1000), 1000, Word("chicken", 0, 250)),
        (Word("kitchen", 600, 900), 1000, Word("kitchen", 0, 250)),
        (Word("kitchen", 700, 1000), 1000, Word("kitchen", 100, 350)),
        (Word("kitchen", 700, 1000), 1300, Word("kitchen", 0, 250)),
        (Word("no", 800, 1000), 1000, Word("no", 0, 200)),
        (Word("…", 800, 1000), 1000, Word("…", 0, 200)),
    ],
    ids=["another word", "a pause before", "a pause after", "windows apart", "said twice", "no letters"],
)
def test_two_words_stay_two(before: Word, start_ms: int, after: Word) -> None:
    assert len(joined([window(0, 1000, before), window(start_ms, start_ms + 1000, after)])) == 2


def test_dropped_words_are_kept_on_request() -> None:
    thanks = Word("thanks", 200, 500)
    windows = [window(1000, 2000, doubts=(Doubt((thanks,), ("a", "b"), dropped=True),))]
    assert joined(windows) == ()
    assert joined(windows, keep_doubtful=True) == (thanks.shifted(1000),)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500), st.sampled_from("ab")), max_size=30))
def test_no_word_is_lost_where_windows_do_not_touch(words: list[tuple[int, int, str]]) -> None:
    windows = [
        window(i * 2000, i * 2000 + 1000, Word(text, start, start + length))
        for i, (start, length, text) in enumerate(words)
    ]
    assert [word.text for word in joined(windows)] == [text for *_, text in words]
