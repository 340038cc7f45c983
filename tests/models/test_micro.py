"""The micro Whisper is what its README says: it hears its words in each of its voices, and nothing in silence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from clipforge.engines.base import SAMPLE_RATE, Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.clips import samples
from tests.models.hearing import MAX_ERROR, MAX_VOICE_ERROR, nothing_said, word_errors
from tests.speech import utterances

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

FOLDER = Path(__file__).parent
MICRO = FOLDER / "micro-whisper"
MAX_BYTES = 4 * 10**6


@dataclass(frozen=True)
class Recording:
    voice: str
    words: tuple[str, ...]
    samples: Samples


@lru_cache(maxsize=1)
def recordings() -> tuple[Recording, ...]:
    """Newly drawn for this test, and those that the other tests hear, which are sentences of one voice or two."""
    said = json.loads((FOLDER / "recordings" / "said.json").read_text("utf-8"))
    found = [(FOLDER / "recordings" / s["file"], s["voice"], s["text"]) for s in said]
    found += [(u.path, u.voice, u.text) for u in utterances().values() if u.duration_ms <= 30_000]
    return tuple(Recording(voice, tuple(text.split()), sound(path)) for path, voice, text in found)


def sound(path: Path) -> Samples:
    return samples(path).astype(np.float32) / np.float32(32768)


@pytest.fixture(scope="module")
def model() -> WhisperModel:
    return WhisperModel(str(MICRO), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def sequential(model: WhisperModel) -> list[list[str]]:
    return [text_of(model.transcribe(recording.samples, beam_size=5)[0]) for recording in recordings()]


def batched(model: WhisperModel) -> list[list[str]]:
    """All recordings laid end to end, a second apart, in one call."""
    tape, bounds, at = [], [], 0
    for recording in recordings():
        bounds.append({"start": at / SAMPLE_RATE, "end": (at + len(recording.samples)) / SAMPLE_RATE})
        tape += [recording.samples, np.zeros(SAMPLE_RATE, np.float32)]
        at += len(recording.samples) + SAMPLE_RATE
    pipeline = BatchedInferencePipeline(model)
    segments, _ = pipeline.transcribe(np.concatenate(tape), clip_timestamps=bounds, batch_size=8, language="en")
    found: list[list[Segment]] = [[] for _ in bounds]
    starts = [bound["start"] - 0.02 for bound in bounds]
    for segment in segments:
        found[int(np.searchsorted(starts, segment.start, "right")) - 1].append(segment)
    return [text_of(part) for part in found]


def text_of(segments: Iterable[Segment]) -> list[str]:
    return " ".join(segment.text for segment in segments).split()


@pytest.mark.parametrize("way", [sequential, batched], ids=["sequential", "batched"])
def test_word_error_within_the_marks(model: WhisperModel, way: type) -> None:
    wrong: dict[str, int] = {}
    spoken: dict[str, int] = {}
    for recording, heard in zip(recordings(), way(model), strict=True):
        wrong[recording.voice] = wrong.get(recording.voice, 0) + word_errors(recording.words, heard)
        spoken[recording.voice] = spoken.get(recording.voice, 0) + len(recording.words)
    assert len(spoken) == 7
    assert sum(wrong.values()) / sum(spoken.values()) <= MAX_ERROR
    assert {
        voice: wrong[voice] / spoken[voice] for voice in spoken if wrong[voice] / spoken[voice] > MAX_VOICE_ERROR
    } == {}


def test_silence_and_noise_hold_no_words() -> None:
    engine = WhisperEngine(recipe_for(folder_model(MICRO), Asked()), Placement(MICRO, batch_size=8))
    heard = engine.transcribe(list(nothing_said().values()))
    assert {name: t.words for name, t in zip(nothing_said(), heard, strict=True)} == dict.fromkeys(nothing_said(), ())


def test_it_is_small() -> None:
    committed = [*MICRO.iterdir(), *(FOLDER / "recordings").iterdir()]
    assert sum(file.stat().st_size for file in committed) <= MAX_BYTES


def test_edit_distance() -> None:
    said = ("the", "red", "boat")
    assert word_errors((), ()) == 0
    assert word_errors(said, said) == 0
    assert word_errors(said, ("a", "red", "blue", "boat")) == 2
    assert word_errors(said, ()) == 3
