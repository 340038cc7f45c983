"""Jobs that take more memory than they were charged: real processes that really take it."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.errors import OutOfMemory, WorkerDied
from clipforge.pool.jobs import Limits, Progress, Started
from clipforge.pool.pool import Pool
from clipforge.pool.processes import Census
from clipforge.pool.scheduler import Seat
from clipforge.pool.watch import OUTGROWN, OVERRUN, outgrown
from tests.pool import work
from tests.pool.conftest import LIMITLESS, MIB, done, eventually, failed, finish, gone, job, wait_for


def seat(number: int, charge: int, used: int) -> Seat:
    return Seat(number, "a", charge, used, busy=True, ending=False)


def test_whoever_outgrows_its_charge_by_half_is_ended() -> None:
    seats = [seat(1, 100, 150), seat(2, 100, 151), seat(3, 10, 16)]
    assert outgrown(seats, 317, 1000) == [2, 3]


def test_where_all_together_overrun_the_budget_the_worst_is_ended() -> None:
    seats = [seat(1, 400, 420), seat(2, 300, 400), seat(3, 300, 290)]
    assert outgrown(seats, 1100, 1000) == []
    assert outgrown(seats, 1110, 1000) == [2]
    assert outgrown([seat(3, 300, 290)], 5000, 1000) == []  # others may be at fault, a worker within its charge is not


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 300)), max_size=8), st.integers(0, 400))
def test_nobody_within_its_charge_is_ended_and_what_stays_is_within_bounds(
    pairs: list[tuple[int, int]], own: int
) -> None:
    seats = [seat(number, charge, used) for number, (charge, used) in enumerate(pairs)]
    budget = own + sum(charge for charge, _ in pairs)
    ended: set[int] = set()
    while numbers := outgrown(
        [each for each in seats if each.number not in ended],
        own + sum(each.used_bytes for each in seats if each.number not in ended),
        budget,
    ):
        ended |= set(numbers)
    assert all(each.used_bytes > each.charge_bytes for each in seats if each.number in ended)
    staying = [each for each in seats if each.number not in ended]
    assert all(each.used_bytes <= OUTGROWN * each.charge_bytes for each in staying)
    assert own + sum(each.used_bytes for each in staying) <= OVERRUN * budget


def test_a_worker_that_outgrows_its_charge_is_ended_and_its_job_done_with_a_larger_one() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.grow, 300 * MIB, cost_bytes=150 * MIB))
        outcomes = finish(pool)
    (end,) = done(outcomes)
    charges = [outcome.job.cost_bytes for outcome in outcomes if isinstance(outcome, Started)]
    first, second = (outcome.value for outcome in outcomes if isinstance(outcome, Progress))
    assert first != second == end.result
    assert charges[0] == 150 * MIB
    assert charges[1] >= 300 * MIB
    assert end.peak_bytes > 300 * MIB


def test_one_that_outgrows_its_second_charge_too_fails_by_name_and_the_rest_is_done() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.grow, 900 * MIB, cost_bytes=100 * MIB, what="transcribing clip.mp4"))
        for number in range(4):
            pool.submit(job(work.square, number, lane="b"))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, OutOfMemory)
    assert failure.attempts == 2
    assert failure.error.message.startswith("out of memory while transcribing clip.mp4: it took ")
    assert sorted(end.result for end in done(outcomes)) == [0, 1, 4, 9]


def test_the_memory_of_children_counts_and_they_die_too() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.grow_a_child, 300 * MIB, cost_bytes=60 * MIB, divisible=True))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, OutOfMemory)
    assert failure.error.used_bytes > 90 * MIB
    for pid in next(outcome.value for outcome in outcomes if isinstance(outcome, Progress)):
        eventually(partial(gone, pid), "a process is left")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("limit", "MemoryError"),
        ("bad_alloc", "std::bad_alloc"),
        ("ENOMEM", "[Errno 12] Cannot allocate memory"),
        ("mkl_malloc: failed to allocate memory", "mkl_malloc: failed to allocate memory"),
        ("CUDA failed with error out of memory", "CUDA failed with error out of memory"),
    ],
)
def test_memory_that_is_refused_is_no_crash(how: str, said: str) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.want_more_than_there_is, how))
        pool.submit(job(work.square, 3))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, OutOfMemory)
    assert failure.error.how == said
    assert failure.attempts == 2  # the second time by itself, with twice the charge
    assert [end.result for end in done(outcomes)] == [9]


def test_there_is_no_second_try_where_no_larger_charge_fits() -> None:
    with Pool(Limits(1, 200 * MIB, "--max-memory")) as pool:
        pool.submit(job(work.want_more_than_there_is, "std::bad_alloc", cost_bytes=200 * MIB))
        (failure,) = failed(finish(pool))
    assert isinstance(failure.error, OutOfMemory)
    assert failure.attempts == 1
    assert failure.error.remedy.startswith("--max-memory 401MiB")


def test_a_divisible_job_is_left_to_its_caller_at_once() -> None:
    """Out of memory or killed: the caller takes it apart, and each part is tried once more."""
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.want_more_than_there_is, "std::bad_alloc", divisible=True))
        pool.submit(job(work.segfault, divisible=True))
        whole = failed(finish(pool))
        assert {(type(failure.error), failure.attempts) for failure in whole} == {(OutOfMemory, 1), (WorkerDied, 1)}
        pool.submit(job(work.segfault, tried=1))
        pool.submit(job(work.square, 3, tried=1))
        outcomes = finish(pool)
    (part,) = failed(outcomes)
    assert isinstance(part.error, WorkerDied)
    assert part.error.attempts == part.attempts == 2
    assert [end.result for end in done(outcomes)] == [9]


def test_a_second_worker_waits_while_all_together_hold_more_than_the_budget(tmp_path: Path) -> None:
    """Charges say that both fit; live memory says that they do not."""
    budget_bytes = Census().take(()).total_bytes + 270 * MIB
    with Pool(Limits(2, budget_bytes)) as pool:
        pool.submit(job(work.hold_until, (280 * MIB, tmp_path / "go"), cost_bytes=200 * MIB))
        seen = wait_for(pool, lambda seen: pool.used_bytes() > budget_bytes)
        pool.submit(job(work.square, 3, lane="b", cost_bytes=50 * MIB))
        seen += pool.wait(1.0)
        assert [outcome.job.lane for outcome in seen if isinstance(outcome, Started)] == ["a"]
        (tmp_path / "go").touch()
        assert [end.job.lane for end in done(finish(pool))] == ["a", "b"]


def test_a_worker_killed_by_somebody_is_no_case_of_memory() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.hang, divisible=True))
        seen = wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        os.kill(next(o.value[0] for o in seen if isinstance(o, Progress)), signal.SIGKILL)
        (failure,) = failed(finish(pool))
    assert isinstance(failure.error, WorkerDied)
    assert failure.error.how == "SIGKILL"
