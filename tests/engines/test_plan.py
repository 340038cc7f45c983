"""Which model is taken, and how it is placed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.engines.catalogue import CATALOGUE
from clipforge.engines.folders import Places, draft_model, folder_model, resolve
from clipforge.engines.models import (
    choose_auto,
    cost_bytes,
    keeps_up,
    plan_placement,
    seconds_per_window,
    smaller_that_fits,
)
from clipforge.engines.plan import Room
from clipforge.errors import BudgetTooSmall
from tests.engines.outline import FLOAT16, MICRO, make_folder

MIB, GIB = 2**20, 2**30


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A machine with a few models, as the hub has them: float16."""
    for name in ("tiny", "small", "small.en", "medium", "large-v3"):
        shape = CATALOGUE[name].shape
        folder = make_folder(tmp_path / "models" / name, shape, of=FLOAT16)
        (folder / "vocabulary.json").write_text("[]" if CATALOGUE[name].english_only else '[""]')
    return Places(tmp_path / "models", tmp_path / "hub")


@pytest.mark.parametrize(
    ("budget_bytes", "cores", "language", "chosen"),
    [
        (64 * GIB, 8, None, "large-v3"),
        (64 * GIB, 2, None, "medium"),
        (64 * GIB, 1, None, "small"),
        (2 * GIB, 8, None, "medium"),
        (1 * GIB, 8, None, "small"),
        (1 * GIB, 8, "en", "small.en"),
        (1 * GIB, 8, "es", "small"),
        (400 * MIB, 8, None, "tiny"),
        (200 * MIB, 8, None, "draft"),
    ],
)
def test_auto_takes_the_best_that_fits_and_keeps_up(
    places: Places, budget_bytes: int, cores: int, language: str | None, chosen: str
) -> None:
    assert choose_auto(places, budget_bytes, cores, language=language).name == chosen


def test_auto_takes_an_english_model_only_where_it_may(tmp_path: Path) -> None:
    make_folder(tmp_path / "small.en", CATALOGUE["small.en"].shape)
    places = Places(tmp_path, tmp_path / "hub")
    assert choose_auto(places, 8 * GIB, 4).name == "small.en"
    assert choose_auto(places, 8 * GIB, 4, language="de").name == "draft"
    assert choose_auto(places, 8 * GIB, 4, task="translate").name == "draft"


def test_auto_leaves_models_without_a_name_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "my-own", CATALOGUE["tiny"].shape)
    assert choose_auto(Places(tmp_path, tmp_path / "hub"), 8 * GIB, 4).name == "draft"


def test_what_fits_is_named_with_its_size(places: Places) -> None:
    fits = smaller_that_fits(places, 800 * MIB)
    assert [text.partition(" ")[0] for text in fits] == ["small.en", "small", "tiny", "draft"]
    assert fits[1] == "small (0.6 GiB)"
    assert smaller_that_fits(places, 1 * MIB) == ()


@pytest.mark.parametrize(
    ("cores", "budget_bytes", "workers", "threads", "batch_size"),
    [
        (4, 64 * GIB, 4, 1, 8),
        (4, 7 * GIB, 4, 1, 4),
        (4, 3 * GIB, 4, 1, 1),
        (4, 2 * GIB, 2, 2, 2),
        (4, 1 * GIB, 1, 4, 2),
        (4, 700 * MIB, 1, 4, 1),
        (8, 3 * GIB, 4, 2, 1),
        (2, 64 * GIB, 2, 1, 8),
        (1, 64 * GIB, 1, 1, 8),
    ],
)
def test_workers_threads_and_batch_are_chosen_together(
    places: Places, cores: int, budget_bytes: int, workers: int, threads: int, batch_size: int
) -> None:
    found, placement = plan_placement(resolve("small", places), Room(cores, budget_bytes))
    assert (found, placement.threads, placement.batch_size) == (workers, threads, batch_size)


def test_jobs_bound_the_processes(places: Places) -> None:
    workers, placement = plan_placement(resolve("tiny", places), Room(8, 64 * GIB, jobs=2))
    assert (workers, placement.threads) == (2, 4)


def test_a_gpu_takes_one_process(places: Places) -> None:
    workers, placement = plan_placement(resolve("small", places), Room(8, 64 * GIB, device="cuda"))
    assert (workers, placement.device) == (1, "cuda")
    assert plan_placement(draft_model(), Room(8, 64 * GIB, device="cuda"))[1].device == "cpu"


def test_draft_has_no_batches() -> None:
    workers, placement = plan_placement(draft_model(), Room(2, 64 * GIB))
    assert (workers, placement.threads, placement.batch_size) == (2, 1, 1)


def test_a_cost_that_was_learned_lets_more_in_or_fewer(places: Places) -> None:
    small, room = resolve("small", places), Room(4, 2 * GIB)
    by_table = plan_placement(small, room)[0]
    assert by_table == 2
    assert plan_placement(small, room, lambda size: cost_bytes(small, size) * 2 // 3)[0] == 4
    workers, placement = plan_placement(small, room, lambda size: 2 * GIB)
    assert (workers, placement.cost_bytes) == (1, 2 * GIB)


def test_wider_numbers_take_more(places: Places) -> None:
    small = resolve("small", places)
    assert cost_bytes(small, 8, "float32") > cost_bytes(small, 8) + 600 * MIB


def test_a_budget_too_small_says_how_much_is_needed(places: Places) -> None:
    with pytest.raises(BudgetTooSmall) as caught:
        plan_placement(resolve("medium", places), Room(2, 1 * GIB))
    assert caught.value.needed_bytes == cost_bytes(resolve("medium", places), 1) > 1 * GIB


@given(cores=st.integers(1, 64), budget_bytes=st.integers(700 * MIB, 64 * GIB), jobs=st.none() | st.integers(1, 64))
def test_a_placement_stays_within_cores_and_budget(cores: int, budget_bytes: int, jobs: int | None) -> None:
    model = folder_model(MICRO)
    workers, placement = plan_placement(model, Room(cores, budget_bytes, jobs))
    assert 1 <= workers <= min(cores, jobs or cores)
    assert workers * placement.threads <= cores
    assert workers * placement.cost_bytes <= budget_bytes
    assert placement.cost_bytes == cost_bytes(model, placement.batch_size)


def test_costs_grow_with_the_model_and_the_batch() -> None:
    costs = [entry.cost for name, entry in CATALOGUE.items() if name in ("tiny", "base", "small", "medium", "large-v3")]
    assert [cost.bytes_at(1) for cost in costs] == sorted(cost.bytes_at(1) for cost in costs)
    assert [cost.work_s for cost in costs] == sorted(cost.work_s for cost in costs)
    assert all(cost.bytes_at(8) > cost.bytes_at(1) for cost in costs)


def test_seconds(places: Places) -> None:
    small = resolve("small", places)
    _, alone = plan_placement(small, Room(1, 700 * MIB))
    _, in_batches = plan_placement(small, Room(1, 64 * GIB))
    assert seconds_per_window(small, alone) == small.cost.work_s
    assert seconds_per_window(small, in_batches) < small.cost.work_s
    assert keeps_up(small, 1)
    assert not keeps_up(resolve("large-v3", places), 1)
