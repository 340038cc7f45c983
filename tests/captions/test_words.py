"""Words, transcripts and what may be invented in them."""

from __future__ import annotations

import json

from clipforge.captions.words import Doubt, Transcript, Word, transcript_from_data, transcript_to_data

FERRY, LEAVES, THANKS = Word("ferry", 0, 400, 0.9), Word("leaves", 400, 900), Word("Thanks.", 1500, 1900, 0.2)


def test_dropped_words_come_back_where_they_stood() -> None:
    heard = Transcript((FERRY, THANKS), "en", {}, (Doubt((LEAVES,), ("repeats", "word times"), dropped=True),))
    assert heard.believed() == (FERRY, THANKS)
    assert heard.believed(keep_doubtful=True) == (FERRY, LEAVES, THANKS)


def test_words_that_are_only_doubted_are_there_once() -> None:
    heard = Transcript((FERRY, LEAVES), "en", {}, (Doubt((LEAVES,), ("repeats",), dropped=False),))
    assert heard.believed() == heard.believed(keep_doubtful=True) == (FERRY, LEAVES)


def test_a_doubt_spans_its_words() -> None:
    doubt = Doubt((FERRY, LEAVES), ("repeats",), dropped=False)
    assert (doubt.start_ms, doubt.end_ms, doubt.text) == (0, 900, "ferry leaves")
    assert (doubt.shifted(100).start_ms, doubt.shifted(100).end_ms) == (100, 1000)


def test_everything_is_kept() -> None:
    doubts = (Doubt((THANKS,), ("known phrase", "little speech"), dropped=True),)
    heard = Transcript((FERRY, LEAVES), "en", {"avg_logprob": -0.2, "again": "no speech"}, doubts)
    assert transcript_from_data(json.loads(json.dumps(transcript_to_data(heard)))) == heard
