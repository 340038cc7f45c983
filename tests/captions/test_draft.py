"""Dressing lower-case words."""

from __future__ import annotations

import pytest
from hypothesis import given

from clipforge.captions.draft import SENTENCE_PAUSE_MS, dress
from clipforge.captions.words import Word, join
from tests.captions.speech import any_words


def spoken(text: str) -> list[Word]:
    """Words of 200 ms; ``/`` is a long pause."""
    words: list[Word] = []
    time_ms = 0
    for written in text.split():
        if written == "/":
            time_ms += SENTENCE_PAUSE_MS
        else:
            words.append(Word(written, time_ms, time_ms + 200))
            time_ms += 200
    return words


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("so i think i'm late", "So I think I'm late"),
        ("i'll go i've seen i'd say", "I'll go I've seen I'd say"),
        ("we met on monday in may or june", "We met on Monday in may or June"),
        ("it is late / we go", "It is late We go"),
        ("we saw the / harbour and / left it", "We saw the harbour and left it"),
        ("'twas late", "'Twas late"),
        ("in italy / 3d is big", "In italy 3d is big"),
        ("NATO met i left", "NATO met i left"),
    ],
)
def test_capitals(heard: str, written: str) -> None:
    assert join(dress(spoken(heard))) == written


def test_another_speaker_begins_a_sentence() -> None:
    words = [Word("yes", 0, 200, speaker="A"), Word("no", 210, 400, speaker="B")]
    assert join(dress(words)) == "Yes No"


def test_a_word_inside_another_is_left_alone() -> None:
    assert join(dress([Word("semi", 0, 200), Word("finals", 900, 1200, glued=True)])) == "Semifinals"


@given(any_words())
def test_nothing_but_case_changes(words: list[Word]) -> None:
    dressed = dress(words)
    assert [w.text.lower() for w in dressed] == [w.text.lower() for w in words]
    assert [(w.start_ms, w.end_ms, w.glued, w.speaker) for w in dressed] == [
        (w.start_ms, w.end_ms, w.glued, w.speaker) for w in words
    ]
