from __future__ import annotations

import itertools
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import pytest

from clipforge.errors import ToolMissing
from clipforge.media.speech import WARM_UP, AnchoredDetector, AnchorFinder, SpeechDetector, load_model, model_path
from clipforge.media.windows import FRAME, Run, plan
from tests.clips import RATE, samples, silence, speech

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def model() -> onnxruntime.InferenceSession:
    return load_model(model_path())


@pytest.fixture(scope="module")
def talk() -> NDArray[np.int16]:
    """Three minutes of speech over a little noise, none of it the same twice."""
    long = samples(speech("long"))
    sound = np.concatenate([long, long[len(long) // 3 :], silence(4), long[: len(long) // 2]])
    noise = np.random.default_rng(1).normal(0, 12, len(sound))
    return np.asarray(np.clip(sound * 0.8 + noise, -32768, 32767), np.int16)


def runs_of(model: onnxruntime.InferenceSession, pcm: NDArray[np.int16], seed: int = 1) -> list[Run]:
    """Runs of a recording that arrives in blocks of random size."""
    draw = random.Random(seed)  # noqa: S311  # no secret
    detector, at = AnchoredDetector(model), 0
    while at < len(pcm):
        size = draw.randrange(1, 60_000)
        detector.hear(pcm[at : at + size])
        at += size
    return detector.finish()


def test_block_by_block_is_the_same_as_the_librarys_whole_file(
    model: onnxruntime.InferenceSession, talk: NDArray[np.int16]
) -> None:
    from faster_whisper.vad import get_vad_model

    pcm = talk[: 1000 * FRAME].copy()
    pcm[-64:] = 0  # the library overwrites the last 64 samples it is given by zeros
    whole = get_vad_model()(pcm.astype(np.float32) / 32768.0).reshape(-1)
    detector, blocks, at = SpeechDetector(model), [], 0
    for frames in (1, 2, 0, 61, 300, 636):
        blocks.append(detector.hear(pcm[at * FRAME : (at + frames) * FRAME]))
        at += frames
    assert whole.min() < 0.05 < 0.95 < whole.max()
    np.testing.assert_allclose(np.concatenate(blocks), whole, atol=1e-5, rtol=0)


def test_without_anchors_the_runs_are_one_unbroken_stream(model: onnxruntime.InferenceSession) -> None:
    pcm = samples(speech("pause"))[:100_100]  # no anchor falls into it
    (run,) = runs_of(model, pcm)
    padded = np.pad(pcm, (0, -len(pcm) % FRAME))
    assert run.start == 0
    np.testing.assert_allclose(run.probabilities, SpeechDetector(model).hear(padded), atol=1e-6, rtol=0)


def test_runs_cover_the_recording_and_agree_with_an_unbroken_stream(
    model: onnxruntime.InferenceSession, talk: NDArray[np.int16]
) -> None:
    runs = runs_of(model, talk)
    assert len(runs) > 10
    assert runs[0].start == 0
    for run, following in itertools.pairwise(runs):
        left_over = following.start - run.start - len(run.probabilities) * FRAME
        assert 0 <= left_over < FRAME
        assert len(run.probabilities) * FRAME >= WARM_UP - FRAME
    whole = SpeechDetector(model).hear(talk[: len(talk) // FRAME * FRAME])
    differences = [
        abs(p - whole[min(len(whole) - 1, round((run.start + i * FRAME) / FRAME))])
        for run in runs
        for i, p in enumerate(run.probabilities)
    ]
    assert np.mean(differences) < 0.03


def test_the_size_of_blocks_does_not_matter(model: onnxruntime.InferenceSession, talk: NDArray[np.int16]) -> None:
    one, other = (runs_of(model, talk, seed) for seed in (1, 2))
    assert [run.start for run in one] == [run.start for run in other]
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.probabilities, b.probabilities, atol=1e-6, rtol=0)


def test_after_any_trim_at_the_head_windows_are_the_same_samples(
    model: onnxruntime.InferenceSession, talk: NDArray[np.int16]
) -> None:
    """At any sample, not only at multiples of a frame."""
    before = set(plan(runs_of(model, talk), len(talk)))
    for trim in (12_345, 50 * RATE + 77):
        rest = talk[trim:]
        after = plan(runs_of(model, rest), len(rest))
        changed = [(start, end) for start, end in after if (start + trim, end + trim) not in before]
        assert len(changed) <= 3
        assert changed == after[: len(changed)]
        assert len(after) > 2 * len(changed), "most are the same"


def test_anchors_depend_on_nothing_but_the_samples_near_them(talk: NDArray[np.int16]) -> None:
    whole = AnchorFinder().hear(talk)
    assert len(talk) / 2**17 / 3 < len(whole) < len(talk) / 2**17 * 3
    finder, pieces = AnchorFinder(), []
    for at in range(0, len(talk), 7001):
        pieces += finder.hear(talk[at : at + 7001])
    assert pieces == whole
    one_by_one = AnchorFinder()
    around = talk[whole[0] - 20 : whole[0] + 5]
    found = [position for i in range(len(around)) for position in one_by_one.hear(around[i : i + 1])]
    assert found == [20]
    trimmed = AnchorFinder().hear(talk[99_999:])
    assert trimmed == [p - 99_999 for p in whole if p - 99_999 >= 16]


def test_constant_silence_has_no_anchors() -> None:
    for level in (-1, 0, 1, 2):
        assert AnchorFinder().hear(np.full(300_000, level, np.int16)) == []


def test_speech_is_told_from_silence_and_noise(model: onnxruntime.InferenceSession) -> None:
    noise = np.random.default_rng(3).normal(0, 300, 5 * RATE).astype(np.int16)
    for sound, is_speech in ((samples(speech("captain")), True), (silence(5), False), (noise, False)):
        assert bool(plan(runs_of(model, sound), len(sound))) is is_speech


def test_empty_and_shorter_than_a_frame(model: onnxruntime.InferenceSession) -> None:
    assert AnchoredDetector(model).finish() == []
    (run,) = runs_of(model, silence(0.01))
    assert run.probabilities.shape == (1,)


def test_the_model_is_found_without_importing_the_library() -> None:
    code = "import sys, clipforge.media.speech as s; s.model_path(); print('faster_whisper' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_damaged_model_is_a_missing_tool(tmp_path: Path) -> None:
    path = tmp_path / "silero.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ToolMissing, match="cannot be loaded"):
        load_model(path)
