"""What a worker process runs."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from clipforge.engines.base import MAX_WINDOW_SAMPLES, Placement
from clipforge.engines.folders import draft_model, folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.work import Passage, TranscribeJob, detect_language, engine_for, transcribe
from clipforge.errors import ClipUnreadable
from tests.engines.outline import MICRO
from tests.engines.sound import SENTENCES, expected, silence, speech, texts, write_spool


@pytest.fixture
def job(tmp_path: Path) -> TranscribeJob:
    """Windows of two clips in one job, out of order."""
    one = write_spool(tmp_path / "one", [silence(1.5), speech("captain"), speech("kitchen")])
    two = write_spool(tmp_path / "two", [speech("storm"), speech("week"), silence(1.0)])
    passages = (
        Passage(tmp_path / "two", *two[1]),
        Passage(tmp_path / "one", *one[1]),
        Passage(tmp_path / "two", *two[0]),
        Passage(tmp_path / "one", *one[2]),
        Passage(tmp_path / "two", *two[2]),
    )
    return TranscribeJob(recipe_for(folder_model(MICRO), Asked()), Placement(MICRO, batch_size=2), passages)


def test_words_come_in_the_order_of_the_passages(job: TranscribeJob) -> None:
    reported: list[object] = []
    found = transcribe(pickle.loads(pickle.dumps(job)), reported.append)  # noqa: S301  # our own bytes
    assert [texts(t) for t in found] == [
        expected("week"),
        expected("captain"),
        expected("storm"),
        expected("kitchen"),
        [],
    ]
    assert reported == [2, 4, 5]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301


def test_language(job: TranscribeJob) -> None:
    assert detect_language(job, lambda _: None) == "en"


def test_draft(job: TranscribeJob) -> None:
    model = draft_model()
    short = replace(job, recipe=recipe_for(model, Asked()), placement=Placement(model.path), passages=job.passages[1:2])
    (found,) = transcribe(short, lambda _: None)
    assert texts(found) == expected(SENTENCES[0])


def test_a_model_stays_loaded_while_only_the_prompt_changes(job: TranscribeJob) -> None:
    first = engine_for(job.recipe, job.placement)
    other = engine_for(replace(job.recipe, prompt="the captain", beam_size=1, language="en"), job.placement)
    assert getattr(first, "_model") is getattr(other, "_model")  # noqa: B009  # private on purpose
    assert engine_for(replace(job.recipe, compute_type="float32"), job.placement) is not first


def test_a_spool_that_ends_too_early(job: TranscribeJob, tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(b"\0\0" * 100)
    with pytest.raises(ClipUnreadable):
        transcribe(job, lambda _: None)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4), (0, MAX_WINDOW_SAMPLES + 1)])
def test_a_passage_is_a_window(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no window"):
        Passage(Path("spool"), start, end)
