"""What `Engine` promises, on every engine."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipforge.captions.words import Transcript, transcript_from_data, transcript_to_data
from clipforge.engines.base import SAMPLE_RATE, Engine
from tests.engines.sound import SENTENCES, expected, noise, silence, speech, texts, utterance


def assert_in_window(transcript: Transcript, samples: int) -> None:
    now_ms = 0
    for word in transcript.words:
        assert now_ms <= word.start_ms <= word.end_ms <= samples * 1000 // SAMPLE_RATE
        now_ms = word.end_ms
        assert word.text == word.text.strip() != ""
        assert word.confidence is not None
        assert 0 <= word.confidence <= 1
    assert not (transcript.words and transcript.words[0].glued)


def test_each_window_gets_its_own_words(engine: Engine) -> None:
    heard = engine.transcribe([speech(name) for name in SENTENCES])
    assert [texts(transcript) for transcript in heard] == [expected(name) for name in SENTENCES]
    for transcript, name in zip(heard, SENTENCES, strict=True):
        assert transcript.language == "en"
        assert_in_window(transcript, len(speech(name)))


def test_words_stand_where_they_are_spoken(engine: Engine) -> None:
    (heard,) = engine.transcribe([speech("kitchen")])
    for found, true in zip(heard.words, utterance("kitchen").words, strict=True):
        assert abs(found.start_ms - true.start_ms) <= 100
        assert abs(found.end_ms - true.end_ms) <= 100


def test_neighbours_and_order_change_nothing(engine: Engine) -> None:
    together = engine.transcribe([speech("storm"), noise(1.0), speech("captain")])
    (alone,) = engine.transcribe([speech("captain")])
    (again,) = engine.transcribe([speech("storm")])
    assert together[2].words == alone.words
    assert together[0].words == again.words


@pytest.mark.parametrize(
    "sound",
    [silence(3.0), noise(2.0, 0.001), noise(2.0, 0.1), silence(0.5) + np.float32(0.3)],
    ids=["silence", "hiss", "noise", "a constant"],
)
def test_nothing_is_heard_where_nobody_speaks(
    engine: Engine, sound: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> None:
    (heard,) = engine.transcribe([sound])
    assert heard.words == ()


def test_silence_inside_a_window_gives_no_words(engine: Engine) -> None:
    (heard,) = engine.transcribe([speech("pause")])  # three seconds of it
    assert texts(heard) == expected("pause")


@pytest.mark.parametrize("samples", [0, 1, 100, 399, 400, 1000])
def test_no_window_is_too_short(engine: Engine, samples: int) -> None:
    for sound in (noise(1.0, 0.1)[:samples], speech("captain")[5000 : 5000 + samples]):
        (heard,) = engine.transcribe([sound])
        assert_in_window(heard, samples)


def test_no_windows_give_no_transcripts(engine: Engine) -> None:
    assert engine.transcribe([]) == []


def test_overdriven_sound_is_no_error(engine: Engine) -> None:
    (heard,) = engine.transcribe([np.clip(speech("captain") * 40, -1, 1)])
    assert_in_window(heard, len(speech("captain")))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 40_000), length=st.integers(400, 40_000))
def test_any_cut_of_speech_keeps_its_words_inside(engine: Engine, start: int, length: int) -> None:
    sound = speech("week")[start : start + length]
    (heard,) = engine.transcribe([sound])
    assert_in_window(heard, len(sound))


def test_what_it_says_can_be_kept(engine: Engine) -> None:
    (heard,) = engine.transcribe([speech("captain")])
    text = json.dumps(transcript_to_data(heard), allow_nan=False)
    assert transcript_from_data(json.loads(text)) == replace(heard, facts=dict(heard.facts))
    assert heard.facts


def test_language(engine: Engine) -> None:
    assert engine.detect_language([speech("captain"), speech("storm")]) == "en"


def test_nothing_is_printed(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    engine.transcribe([speech("captain"), noise(0.5, 0.1), silence(1.0)])
    assert capfd.readouterr() == ("", "")
