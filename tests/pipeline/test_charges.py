"""What jobs are charged, and how a run's own peaks change the next one's."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clipforge.engines.base import Placement, Recipe
from clipforge.engines.catalogue import CATALOGUE
from clipforge.engines.folders import Model
from clipforge.engines.plan import BATCH_SIZES, cost_bytes
from clipforge.engines.work import Passage, transcribe
from clipforge.errors import EngineFailed, OutOfMemory
from clipforge.pipeline import charges
from clipforge.pipeline.charges import LISTEN_COST_BYTES, Charges, Kind
from clipforge.pipeline.jobs import Tag, job, words_job
from clipforge.pipeline.peaks import Peaks
from clipforge.pipeline.prepare import Plan, Prepared
from clipforge.pool.jobs import Done, Failed, Job
from clipforge.store.costs import MARGIN, Costs

GIB = 2**30
SMALL = Model(
    "small",
    Path("small"),
    "whisper",
    0,
    english_only=False,
    translates=True,
    cantonese=False,
    cost=CATALOGUE["small"].cost,
)
RECIPE = Recipe("whisper", "small", "digest", "library", "en", compute_type="int8")


@pytest.fixture
def costs(tmp_path: Path) -> Costs:
    return Costs(tmp_path / "costs.json")


def seen(costs: Costs, kind: Kind, *peaks: int) -> None:
    for peak in peaks:
        costs.saw(kind.key(), peak)
    costs.save()


def test_every_fact_makes_a_kind_of_its_own() -> None:
    kind = charges.transcribing(RECIPE, "cpu", 8)
    others: list[dict[str, Any]] = [
        {f.name: "other" if isinstance(getattr(kind, f.name), str) else 77} for f in fields(Kind)
    ]
    assert len({kind.key(), *(replace(kind, **other).key() for other in others)}) == 1 + len(fields(Kind))


def test_versions_of_the_libraries_are_part_of_a_kind() -> None:
    from importlib.metadata import version

    assert f"ctranslate2 {version('ctranslate2')}" in charges.transcribing(RECIPE, "cpu", 1).libraries
    assert (
        f"pocketsphinx {version('pocketsphinx')}"
        in charges.transcribing(replace(RECIPE, engine="draft"), "cpu", 1).libraries
    )
    assert f"imageio-ffmpeg {version('imageio-ffmpeg')}" in charges.listening().libraries


def test_the_table_is_replaced_by_what_was_seen(costs: Costs) -> None:
    run = Charges(costs, 64 * GIB)
    by_table = run.of_batches(SMALL, RECIPE, "cpu")
    assert [by_table(size) for size in BATCH_SIZES] == [cost_bytes(SMALL, size) for size in BATCH_SIZES]
    seen(costs, charges.transcribing(RECIPE, "cpu", 8), *[1700 * 2**20] * 5)
    assert run.of_batches(SMALL, RECIPE, "cpu")(8) == int(MARGIN * (1700 * 2**20))
    assert run.of_batches(SMALL, RECIPE, "cpu")(4) == by_table(4)
    assert run.of_batches(SMALL, RECIPE, "cuda")(8) == by_table(8)  # another device
    assert run.of_listening() == LISTEN_COST_BYTES
    assert LISTEN_COST_BYTES < run.of_looking(1920, 1080) < run.of_looking(3840, 2160)


def test_a_small_batch_never_costs_more_than_a_large_one(costs: Costs) -> None:
    seen(costs, charges.transcribing(RECIPE, "cpu", 1), 3 * GIB)
    seen(costs, charges.transcribing(RECIPE, "cpu", 8), *[GIB] * 5)
    charge = Charges(costs, 64 * GIB).of_batches(SMALL, RECIPE, "cpu")
    found = [charge(size) for size in BATCH_SIZES]
    assert found == sorted(found, reverse=True)


def test_what_was_seen_never_refuses_what_the_table_allows(costs: Costs) -> None:
    seen(costs, charges.transcribing(RECIPE, "cpu", 1), 50 * GIB)
    assert Charges(costs, 4 * GIB).of_batches(SMALL, RECIPE, "cpu")(1) == 4 * GIB
    assert Charges(costs, 1).of_listening() == LISTEN_COST_BYTES


def plan(batch_size: int = 8) -> Plan:
    placement = Placement(Path("small"), batch_size=batch_size, cost_bytes=2 * GIB)
    budget = SimpleNamespace(bytes=5 * GIB)
    rest = {"workers": 2, "model_workers": 2, "budget": budget}
    return cast("Plan", SimpleNamespace(model=SMALL, recipe=RECIPE, placement=placement, **rest))


def looked_at(width: int, height: int) -> Any:
    return SimpleNamespace(manifest=SimpleNamespace(width=width, height=height))


def wanted(count: int) -> Any:
    return tuple(
        SimpleNamespace(recipe=RECIPE, takers=[], passage=Passage(Path("x.s16"), 0, 16000)) for _ in range(count)
    )


def done(tag: Tag, peak_bytes: int, worker: int = 0, cost: int = 1) -> Done:
    return Done(Job(transcribe, None, "a", cost, "x", tag=tag), None, 1.0, peak_bytes, worker)


def test_peaks_are_kept_by_the_number_of_windows(costs: Costs) -> None:
    peaks = Peaks(plan(), costs)
    peaks.note(done(Tag("words", batch=wanted(1)), 10, worker=0))
    peaks.note(done(Tag("words", batch=wanted(8)), 80, worker=0))
    peaks.note(done(Tag("words", batch=wanted(1)), 70, worker=0))  # what it holds since the batch of 8
    peaks.note(done(Tag("words", batch=wanted(4)), 40, worker=1))
    peaks.note(done(Tag("language"), 1000, worker=1))
    peaks.note(done(Tag("listen"), 5, worker=2))
    peaks.note(done(Tag("survey"), 3, worker=2))
    peaks.note(done(Tag("shots", work=looked_at(1920, 1080)), 900, worker=2, cost=9))
    peaks.note(done(Tag("listen"), 700, worker=2))  # what it holds since it looked
    costs.save()
    found = {size: costs.peaks(charges.transcribing(RECIPE, "cpu", size).key()) for size in BATCH_SIZES}
    assert found == {8: [80], 4: [40], 2: [], 1: [10]}
    assert costs.peaks(charges.listening().key()) == [5]
    assert costs.peaks(charges.looking(1920 * 1080).key()) == [900]


def test_a_job_that_ran_out_of_memory_is_kept_at_once(costs: Costs) -> None:
    tag = Tag("words", batch=wanted(8))
    failure = Failed(Job(transcribe, None, "a", 1, "x", tag=tag), OutOfMemory("x", "y", 3 * GIB, 5 * GIB), 1)
    peaks = Peaks(plan(), costs)
    peaks.note(failure)
    peaks.note(replace(failure, error=EngineFailed("whisper", "bug")))
    assert costs.peaks(charges.transcribing(RECIPE, "cpu", 8).key()) == [3 * GIB]


def test_windows_of_a_batch_that_ran_out_of_memory_get_a_larger_charge_and_one_more_try() -> None:
    prepared = cast("Prepared", SimpleNamespace(plan=plan()))

    def one(error: Exception | None) -> Job:
        before = Failed(Job(transcribe, None, "a", 1, "x"), error, 1) if error else None
        batch = wanted(1)
        return job(Tag("words", batch=batch, before=before), words_job(batch, prepared), prepared)

    assert (one(None).cost_bytes, one(None).tried, one(None).divisible) == (2 * GIB, 0, False)
    crashed = one(EngineFailed("whisper", "bug"))
    assert (crashed.cost_bytes, crashed.tried) == (2 * GIB, 1)
    assert one(OutOfMemory("x", "y", 3 * GIB, 5 * GIB)).cost_bytes == 4 * GIB
    assert one(OutOfMemory("x", "y", int(4.5 * GIB), 5 * GIB)).cost_bytes == int(4.5 * GIB)
    assert one(OutOfMemory("x", "y", 9 * GIB, 5 * GIB)).cost_bytes == 5 * GIB
    batch = wanted(3)
    whole = job(Tag("words", batch=batch), words_job(batch, prepared), prepared)
    assert (whole.divisible, whole.lane_workers) == (True, 2)
