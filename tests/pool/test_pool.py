from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.errors import BudgetTooSmall
from clipforge.pool.jobs import Done, Job, Limits, Progress, Started, WorkerRules
from clipforge.pool.pool import Pool
from tests.pool import work
from tests.pool.conftest import (
    COST_BYTES,
    LIMITLESS,
    MIB,
    done,
    eventually,
    failed,
    finish,
    gone,
    job,
    wait_for,
    workers_of,
)


def test_a_job_starts_reports_and_ends() -> None:
    counting = job(work.count, 3, tag="mine")
    with Pool(LIMITLESS) as pool:
        pool.submit(counting)
        assert pool.outstanding == 1
        *before, last = finish(pool)
        assert pool.outstanding == 0
        assert pool.wait(1000.0) == []  # nothing outstanding: at once
    assert before == [Started(counting), *(Progress(counting, n) for n in range(3))]
    assert isinstance(last, Done)
    assert (last.job.tag, last.result) == ("mine", "counted")
    assert last.took_s >= 0
    assert last.peak_bytes > 1 * MIB


def test_wait_comes_back_empty_when_nothing_happens_in_time(tmp_path: Path) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.wait_for, tmp_path / "go"))
        wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        assert pool.wait(0.0) == []
        assert pool.wait(0.05) == []
        (tmp_path / "go").touch()
        assert len(done(finish(pool))) == 1


def test_many_jobs_over_few_workers_which_keep_what_their_lane_has_loaded() -> None:
    with Pool(LIMITLESS) as pool:
        for number in range(20):
            pool.submit(job(work.load, "model", tag=number))
        ends = done(finish(pool))
    assert sorted(end.job.tag for end in ends) == list(range(20))
    loads: dict[int, list[int]] = {}
    for end in ends:
        pid, times = end.result
        loads.setdefault(pid, []).append(times)
    assert 1 <= len(loads) <= 2
    assert all(times == list(range(1, len(times) + 1)) for times in loads.values())


def test_lanes_do_not_share_workers_and_idle_ones_stay() -> None:
    with Pool(Limits(1, 2**40)) as pool:
        pids: dict[str, set[int]] = {"a": set(), "b": set()}
        for _ in range(3):
            for lane in "ab":
                pool.submit(job(work.load, lane, lane=lane))
                pids[lane] |= {end.result[0] for end in done(finish(pool))}
    assert len(pids["a"]) == len(pids["b"]) == 1
    assert pids["a"] != pids["b"]


def test_the_charges_of_living_workers_never_exceed_the_budget(tmp_path: Path) -> None:
    """Two of three fit; the third lane gets its place when an idle one has been ended for it."""
    limits = Limits(3, 3 * COST_BYTES - 1)
    with Pool(limits) as pool:
        for lane in "abc":
            pool.submit(job(work.wait_for, tmp_path / lane, lane=lane))
        seen = wait_for(pool, lambda seen: sum(isinstance(outcome, Progress) for outcome in seen) == 2)
        assert {outcome.job.lane for outcome in seen if isinstance(outcome, Started)} == {"a", "b"}
        assert len(workers_of()) == 2
        (tmp_path / "a").touch()
        wait_for(pool, lambda seen: any(isinstance(o, Progress) and o.job.lane == "c" for o in seen))
        assert len(workers_of()) == 2
        (tmp_path / "b").touch()
        (tmp_path / "c").touch()
        assert len(done(finish(pool))) == 2


def test_a_job_larger_than_the_budget_fails_at_once_and_the_others_go_on() -> None:
    with Pool(Limits(1, COST_BYTES, "--max-memory")) as pool:
        pool.submit(job(work.square, 2, cost_bytes=COST_BYTES + 1, what="large-v3"))
        pool.submit(job(work.square, 3))
        assert pool.outstanding == 2
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, BudgetTooSmall)
    assert failure.error.needed_bytes == COST_BYTES + 1
    assert "large-v3 needs 1.0 GiB, and --max-memory allows 1.0 GiB" in str(failure.error)
    assert "No model" not in str(failure.error)  # what else there is to choose is not the pool's to know
    assert failure.attempts == 0
    assert [end.result for end in done(outcomes)] == [9]


def test_low_free_memory_holds_a_second_job_back_but_not_the_only_one(tmp_path: Path) -> None:
    with Pool(LIMITLESS, free_bytes=lambda: 0) as pool:
        for name in ("one", "two"):
            pool.submit(job(work.wait_for, tmp_path / "go", lane=name))
        wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        assert len(workers_of()) == 1
        (tmp_path / "go").touch()
        outcomes = finish(pool)
    assert [end.job.lane for end in done(outcomes)] == ["one", "two"]


def test_cancel_drops_what_is_queued_and_leaves_what_runs(tmp_path: Path) -> None:
    with Pool(Limits(1, 2**40)) as pool:
        for number in range(4):
            pool.submit(job(work.wait_for, tmp_path / "go", tag=number))
        wait_for(pool, lambda seen: any(isinstance(outcome, Started) for outcome in seen))
        assert [each.tag for each in pool.cancel(lambda each: each.tag != 2)] == [1, 3]
        assert pool.outstanding == 2
        (tmp_path / "go").touch()
        assert [end.job.tag for end in done(finish(pool))] == [0, 2]


def test_a_result_larger_than_any_pipe_buffer() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.big, 10 * MIB))
        (end,) = done(finish(pool))
    assert end.result == b"x" * (10 * MIB)


def test_the_peak_is_that_of_the_job_and_not_of_the_one_before() -> None:
    with Pool(Limits(1, 2**40)) as pool:
        for size in (200 * MIB, 1):
            pool.submit(job(work.hold, size))
        large, small = done(finish(pool))
    assert large.peak_bytes > 200 * MIB
    assert small.peak_bytes < 150 * MIB


def test_a_worker_is_replaced_after_so_many_jobs() -> None:
    with Pool(Limits(1, 2**40), rules=WorkerRules(jobs_each=2)) as pool:
        for _ in range(5):
            pool.submit(job(work.load, "model"))
        ends = done(finish(pool))
    assert [end.result[1] for end in ends] == [1, 2, 1, 2, 1]


def test_a_worker_that_keeps_more_than_its_charge_is_replaced() -> None:
    with Pool(Limits(1, 2**40)) as pool:
        for size in (1, 260 * MIB, 1):
            pool.submit(job(work.keep, size, cost_bytes=200 * MIB))
        first, second, third = (end.result for end in done(finish(pool)))
    assert first == second != third


def test_used_bytes_counts_workers() -> None:
    with Pool(Limits(1, 2**40)) as pool:
        before = pool.used_bytes()
        assert before > MIB
        pool.submit(job(work.keep, 80 * MIB))
        (end,) = done(finish(pool))
        assert pool.used_bytes() > before + 80 * MIB
        assert end.peak_bytes > 80 * MIB


def test_close_lets_workers_end_and_kills_those_that_do_not(tmp_path: Path) -> None:
    pool = Pool(LIMITLESS, rules=WorkerRules(exit_deadline_s=0.5))
    pool.submit(job(work.refuse_to_end, lane="a"))
    pool.submit(job(work.who, lane="b"))
    pids = [end.result if isinstance(end.result, int) else end.result[0] for end in done(finish(pool))]
    pool.submit(job(work.wait_for, tmp_path / "never", lane="c"))
    wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
    pool.submit(job(work.square, 3))
    assert len(workers_of()) == 3
    pool.close()
    assert workers_of() == []
    assert all(gone(pid) for pid in pids)
    assert pool.outstanding == 0
    assert pool.wait(1000.0) == []
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(job(work.square, 3))


def test_an_idle_worker_ends_by_itself(tmp_path: Path) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.touch_at_exit, tmp_path / "ended"))
        assert len(done(finish(pool))) == 1
        assert not (tmp_path / "ended").exists()
    assert (tmp_path / "ended").exists()


def test_a_pool_that_is_forgotten_leaves_nothing() -> None:
    pool = Pool(LIMITLESS)
    pool.submit(job(work.who))
    (end,) = done(finish(pool))
    del pool
    eventually(lambda: gone(end.result[0]), "a forgotten pool's worker lives on")


def test_limits_need_a_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Limits(0, 1)


def test_a_job_is_frozen_and_says_what_it_is() -> None:
    assert job(work.square, what="listening to clip.mp4").what == "listening to clip.mp4"
    with pytest.raises(AttributeError):
        job(work.square).lane = "b"  # type: ignore[misc]
    assert isinstance(job(work.square), Job)
