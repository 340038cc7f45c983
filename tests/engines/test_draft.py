"""The draft engine beyond what every engine promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clipforge.engines.base import SAMPLE_RATE, Placement, Recipe
from clipforge.engines.draft import MAX_WORD_MS, DraftEngine
from clipforge.errors import EngineFailed
from tests.engines.sound import expected, silence, speech, texts, utterance

SECONDS = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE


def test_words_are_as_in_the_dictionary(draft: DraftEngine) -> None:
    (heard,) = draft.transcribe([speech("pause")])
    assert texts(heard) == expected("pause")
    assert not any(set("()<>[]") & set(word.text) for word in heard.words)


def test_times_are_on_its_grid_and_exact(draft: DraftEngine) -> None:
    (heard,) = draft.transcribe([speech("week")])
    for word, true in zip(heard.words, utterance("week").words, strict=True):
        assert word.start_ms % 10 == word.end_ms % 10 == 0
        assert abs(word.start_ms - true.start_ms) <= 40
        assert abs(word.end_ms - true.end_ms) <= 40


@pytest.mark.parametrize("parts", [(50.0, 150.0), (262.0, 330.0, 392.0)], ids=["hum", "chord"])
def test_a_word_stretched_over_steady_sound_is_dropped(draft: DraftEngine, parts: tuple[float, ...]) -> None:
    tones = [np.sin(2 * np.pi * tone * SECONDS) for tone in parts]
    steady = np.sum(tones, axis=0).astype(np.float32) * np.float32(0.08)
    (heard,) = draft.transcribe([np.concatenate([speech("captain"), steady, speech("week")])])
    assert all(word.end_ms - word.start_ms <= MAX_WORD_MS for word in heard.words)
    gap = len(speech("captain")) * 1000 // SAMPLE_RATE
    assert not [w.text for w in heard.words if gap + 200 < w.start_ms and w.end_ms < gap + 1800]


def test_digital_silence_between_sentences_costs_no_words(draft: DraftEngine) -> None:
    (heard,) = draft.transcribe([np.concatenate([speech("captain"), silence(2.0), speech("kitchen")])])
    assert texts(heard) == [*expected("captain"), *expected("kitchen")]


def test_a_folder_that_is_no_model_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    recipe = Recipe("draft", "en-us", "", "", "en")
    with pytest.raises(EngineFailed) as caught:
        DraftEngine(recipe, Placement(tmp_path))
    assert caught.value.engine == "draft"
    assert capfd.readouterr() == ("", "")
