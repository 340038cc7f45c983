"""The micro Whisper is what its README says: small, and silent where nobody speaks."""

from __future__ import annotations

from pathlib import Path

from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.models.hearing import nothing_said, word_errors

MICRO = Path(__file__).parent / "micro-whisper"
MAX_BYTES = 4 * 10**6


def test_silence_and_noise_hold_no_words() -> None:
    engine = WhisperEngine(recipe_for(folder_model(MICRO), Asked()), Placement(MICRO, batch_size=8))
    heard = engine.transcribe(list(nothing_said().values()))
    assert {name: t.words for name, t in zip(nothing_said(), heard, strict=True)} == dict.fromkeys(nothing_said(), ())


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in MICRO.iterdir()) <= MAX_BYTES


def test_edit_distance() -> None:
    said = ("the", "red", "boat")
    assert word_errors((), ()) == 0
    assert word_errors(said, said) == 0
    assert word_errors(said, ("a", "red", "blue", "boat")) == 2
    assert word_errors(said, ()) == 3
