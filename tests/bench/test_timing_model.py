"""The timing model loads as a Whisper does, and says the same number of tokens however it is used."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.bench.timing_model import MAX_TOKENS, SHAPES, Shape, make, pseudo_words
from tests.engines.sound import noise, speech

TOKENS = 40


SMALLEST = Shape(256, 1, 1)
"""The way of it does not depend on the shape, and this one takes a hundredth of the time."""


@pytest.fixture(scope="module", params=["multilingual", "english"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind: str = request.param
    return make(SMALLEST, tmp_path_factory.mktemp(kind) / "m", tokens=TOKENS, multilingual=kind == "multilingual")


@lru_cache
def loaded(folder: Path) -> WhisperModel:
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def test_tiny_is_as_large_as_the_real_one_and_says_the_script(tmp_path: Path) -> None:
    """Weights of `tiny`: 37.2 million parameters, one byte each but for norms, biases, scales and positions."""
    tiny = make("tiny", tmp_path / "tiny", tokens=TOKENS)
    assert (tiny / "model.bin").stat().st_size == pytest.approx(40e6, rel=0.05)
    model = loaded(tiny)
    for segments in heard(model, {}):
        assert set(script_of(model, segments)) == {"script"}


def test_the_engine_hears_the_script_in_every_window(folder: Path) -> None:
    """At times that mean nothing, for which it may drop words."""
    engine = WhisperEngine(recipe_for(folder_model(folder), Asked()), Placement(folder, batch_size=2))
    for transcript in engine.transcribe([speech("captain"), speech("pause")]):
        dropped = [word for doubt in transcript.doubts if doubt.dropped for word in doubt.words]
        heard = {word.text for word in (*transcript.words, *dropped)}
        assert heard == {word.strip() for word in pseudo_words(TOKENS)}
        assert transcript.language == "en"
        assert "again" not in transcript.facts


MODES: dict[str, dict[str, Any]] = {
    "beam 5": {"beam_size": 5},
    "beam 1": {"beam_size": 1},
    "without times": {"without_timestamps": True},
    "a prompt": {"initial_prompt": "".join(pseudo_words(TOKENS))},
    "a temperature": {"temperature": 0.4, "beam_size": 1},
}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_decodes_the_same_tokens(folder: Path, mode: str) -> None:
    model = loaded(folder)
    assert [script_of(model, segments) for segments in heard(model, MODES[mode])] == [["script"], ["script"] * 2]


def test_a_second_window_is_decoded_as_the_first(folder: Path) -> None:
    """What was said before is given to it as a prompt."""
    model = loaded(folder)
    options = {"condition_on_previous_text": True, "word_timestamps": True}
    segments, _ = model.transcribe(noise(31.0, 0.1), language="en", **options)
    assert script_of(model, segments) == ["script"] * 2  # and so it goes on behind the window, not behind a word


def test_what_ctranslate2_takes_it_for(folder: Path) -> None:
    assert loaded(folder).model.is_multilingual == folder.parent.name.startswith("multilingual")


def heard(model: WhisperModel, options: dict[str, Any]) -> tuple[Iterable[Segment], Iterable[Segment]]:
    """One window sequentially, and two in a batch."""
    clips = [{"start": 0, "end": 2}, {"start": 2, "end": 4}]
    one, _ = model.transcribe(noise(2.0, 0.1), language="en", **options)
    two, _ = BatchedInferencePipeline(model).transcribe(
        noise(4.0, 0.1), language="en", clip_timestamps=clips, batch_size=2, **options
    )
    return one, two


def script_of(model: WhisperModel, segments: Iterable[Segment]) -> list[str]:
    """For each segment: ``script`` where its words are those of the script, otherwise its text."""
    script = [model.hf_tokenizer.token_to_id(word) for word in pseudo_words(TOKENS)]
    end = model.hf_tokenizer.token_to_id("<|endoftext|>")
    found = [(s.text, [token for token in s.tokens if token < end]) for s in segments]
    return ["script" if tokens == script else text for text, tokens in found]


def test_the_shapes_are_the_published_ones() -> None:
    heads = {name: shape.heads for name, shape in SHAPES.items()}
    assert heads == {"tiny": 6, "base": 8, "small": 12, "medium": 16, "large-v3": 20, "turbo": 20}


def test_what_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no shape 'huge'; there are tiny, base"):
        make("huge", tmp_path)
    with pytest.raises(ValueError, match="221 tokens; a window holds 1 to 220"):
        make("tiny", tmp_path, tokens=MAX_TOKENS + 1)


def test_no_word_of_the_script_comes_twice() -> None:
    words = pseudo_words(MAX_TOKENS)
    assert len(set(words)) == MAX_TOKENS
    assert np.all([word.startswith(" ") and word.strip().isalpha() for word in words])
