"""Times that layout can build on."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.heard import MS_PER_CHARACTER, hear
from clipforge.captions.words import Word
from tests.captions.speech import NARRATION, any_words, read_aloud


@given(any_words(), st.integers(0, 100_000))
def test_order_and_bounds_hold_for_any_times(words: list[Word], media_ms: int) -> None:
    heard = hear(words, media_ms, 7000)
    assert heard.limit_ms == max(media_ms, len(words))
    assert all(a < b for a, b in pairwise(heard.starts))
    assert all(0 <= start <= end for start, end in zip(heard.starts, heard.ends, strict=True))
    assert all(end <= after for end, after in zip(heard.ends, [*heard.starts[1:], heard.limit_ms], strict=True))


def test_true_times_are_left_alone() -> None:
    words = read_aloud(NARRATION)
    heard = hear(words, words[-1].end_ms, 7000)
    assert heard.starts == [word.start_ms for word in words]
    assert heard.ends == [word.end_ms for word in words]


def test_words_at_one_instant_get_room_before_it() -> None:
    words = [Word("one", 500, 600), *[Word("word", 9000, 9000)] * 3]
    step = MS_PER_CHARACTER * len("word")
    assert hear(words, 10_000, 7000).starts == [500, 9000 - 2 * step, 9000 - step, 9000]


def test_one_time_that_jumps_back_moves_no_other() -> None:
    words = read_aloud(NARRATION)
    starts = hear(words, 120_000, 7000).starts
    words[20] = Word(words[20].text, 0, 100)
    moved = hear(words, 120_000, 7000).starts
    assert moved[:20] + moved[21:] == starts[:20] + starts[21:]
    assert starts[19] < moved[20] < starts[21]


def test_no_word_lasts_longer_than_a_cue_may() -> None:
    assert hear([Word("Nooo", 1000, 41_000)], 60_000, 7000).ends == [8000]
