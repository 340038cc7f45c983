"""The recordings are what ``words.json`` says they are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.speech import FOLDER, Utterance, utterances
from tests.speech.make import LONG, RATE, decode

every_utterance = pytest.mark.parametrize("utterance", utterances().values(), ids=utterances())


def test_nothing_is_missing_or_left_over() -> None:
    assert {u.path for u in utterances().values()} == {*FOLDER.glob("*.flac"), *FOLDER.glob("*.opus")}


@every_utterance
def test_words_stand_in_order_inside_the_file(utterance: Utterance) -> None:
    samples = decode(utterance.path)
    assert len(samples) * 1000 // RATE == pytest.approx(utterance.duration_ms, abs=1)
    assert all(0 <= w.start_ms < w.end_ms <= utterance.duration_ms for w in utterance.words)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(utterance.words))


@every_utterance
def test_sound_where_the_words_are_and_silence_elsewhere(utterance: Utterance) -> None:
    samples = decode(utterance.path).astype(np.float64) / 32768
    spoken = np.zeros(len(samples), bool)
    for word in utterance.words:
        part = slice(word.start_ms * RATE // 1000, word.end_ms * RATE // 1000)
        assert np.sqrt(np.mean(samples[part] ** 2)) > 0.01, word.text
        spoken[max(0, part.start - RATE // 20) : part.stop + RATE // 20] = True  # 50 ms of attack and release
    assert np.abs(samples[~spoken]).max() < 0.01


def test_the_pauses() -> None:
    pauses = [b.start_ms - a.end_ms for a, b in pairwise(utterances()["pause"].words)]
    assert max(pauses) == pytest.approx(3000, abs=100)
    long = [b.start_ms - a.end_ms for a, b in pairwise(utterances()["long"].words)]
    assert sum(pause > 1900 for pause in long) == sum(pause >= 2 for pause in LONG.pauses_s)
