"""Workers that die, hang and are left behind: real processes, real signals."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from clipforge.errors import WorkerDied, WorkerOverdue
from clipforge.pool.jobs import Limits, Progress, Started
from clipforge.pool.pool import Pool
from tests.pool import work
from tests.pool.conftest import (
    LIMITLESS,
    PATIENCE_S,
    done,
    eventually,
    failed,
    finish,
    gone,
    job,
    wait_for,
    workers_of,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill_9_at_a_random_moment_costs_one_attempt_of_one_job(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311
    with Pool(Limits(4, 2**40)) as pool:
        for number in range(20):
            pool.submit(job(work.sleep, luck.uniform(0.0, 0.05), tag=number))
        at = luck.randrange(12)
        outcomes = wait_for(pool, lambda seen: len(done(seen)) >= at and workers_of())
        victim = luck.choice(workers_of())
        victim.kill()
        outcomes += finish(pool)
    assert failed(outcomes) == []
    assert sorted(end.job.tag for end in done(outcomes)) == list(range(20))
    starts = [outcome.job.tag for outcome in outcomes if isinstance(outcome, Started)]
    assert 20 <= len(starts) <= 21


def test_a_job_whose_worker_was_killed_is_done_by_another(tmp_path: Path) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.wait_for, tmp_path / "go"))
        seen = wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        (victim,) = (outcome.value for outcome in seen if isinstance(outcome, Progress))
        os.kill(victim, signal.SIGKILL)
        (tmp_path / "go").touch()
        (end,) = done(finish(pool))
    assert end.result != victim


def test_jobs_that_always_kill_their_worker_are_set_aside_and_the_rest_is_done() -> None:
    killers: list[tuple[Any, object, str]] = [
        (work.segfault, None, "SIGSEGV"),
        (work.suicide, None, "SIGKILL"),
        (work.exit_code, 3, "exit code 3"),
        (work.exit_code, 0, "exit code 0"),
    ]
    with Pool(LIMITLESS) as pool:
        for run, payload, how in killers:
            pool.submit(job(run, payload, tag=how))
        for number in range(6):
            pool.submit(job(work.square, number))
        outcomes = finish(pool)
    assert {failure.job.tag for failure in failed(outcomes)} == {how for _, _, how in killers}
    for failure in failed(outcomes):
        assert isinstance(failure.error, WorkerDied)
        assert (failure.error.how, failure.attempts) == (failure.job.tag, 2)
    assert sorted(end.result for end in done(outcomes)) == [0, 1, 4, 9, 16, 25]


def test_a_second_try_can_succeed(tmp_path: Path) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.die_once, tmp_path / "marker"))
        outcomes = finish(pool)
    assert len(done(outcomes)) == 1
    assert [type(outcome) for outcome in outcomes].count(Started) == 2


def test_jobs_past_their_deadline_die_with_their_children_and_are_not_tried_again() -> None:
    with Pool(Limits(3, 2**40)) as pool:
        for run in (work.hang, work.hang_in_own_session, work.hang_in_c):
            pool.submit(job(run, deadline_s=3.0, what="listening to clip.mp4"))
        pool.submit(job(work.square, 3))
        outcomes = finish(pool)
        pids = [pid for outcome in outcomes if isinstance(outcome, Progress) for pid in outcome.value]
        assert len(pids) == 6
        for pid in pids:
            eventually(partial(gone, pid), "a worker or its child lives on")
    assert len(failed(outcomes)) == 3
    for failure in failed(outcomes):
        assert isinstance(failure.error, WorkerOverdue)
        assert str(failure.error) == "listening to clip.mp4 did not end within 3 s"
        assert failure.attempts == 1
    assert [end.result for end in done(outcomes)] == [9]


def test_the_child_of_a_killed_worker_dies_too() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.hang))
        pids: set[int] = set()
        for _ in range(2):
            seen = wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
            worker, child = next(outcome.value for outcome in seen if isinstance(outcome, Progress))
            os.kill(worker, signal.SIGKILL)
            pids |= {worker, child}
        (failure,) = failed(finish(pool))
        assert isinstance(failure.error, WorkerDied)
        for pid in pids:
            eventually(partial(gone, pid), "a process is left")


def test_kill_leaves_nothing() -> None:
    pool = Pool(LIMITLESS)
    for run in (work.hang, work.hang_in_own_session):
        pool.submit(job(run))
    pool.submit(job(work.square, 3))
    seen = wait_for(pool, lambda seen: sum(isinstance(outcome, Progress) for outcome in seen) == 2)
    pids = [pid for outcome in seen if isinstance(outcome, Progress) for pid in outcome.value]
    pool.kill()
    assert workers_of() == []
    for pid in pids:
        eventually(partial(gone, pid), "a process is left")
    assert pool.outstanding == 0
    pool.kill()


def test_kill_while_workers_start_leaves_nothing() -> None:
    pool = Pool(LIMITLESS)
    pool.submit(job(work.hang))
    assert pool.wait(0.0) == []
    assert len(workers_of()) == 1
    pool.kill()
    assert workers_of() == []


def test_workers_ignore_ctrl_c(tmp_path: Path) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.wait_for, tmp_path / "go"))
        wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        (worker,) = workers_of()
        worker.send_signal(signal.SIGINT)
        (tmp_path / "go").touch()
        (end,) = done(finish(pool))
    assert end.result == worker.pid


PARENT = """
import sys
from clipforge.pool.jobs import Job, Limits, Progress
from clipforge.pool.pool import Pool
from tests.pool import work

def main():
    jobs = [getattr(work, name) for name in sys.argv[1:]]
    with Pool(Limits(len(jobs), 2**40)) as pool:
        for run in jobs:
            pool.submit(Job(run, None, "a", 2**30, "hanging"))
        while True:
            for outcome in pool.wait(1000):
                if isinstance(outcome, Progress):
                    print(*outcome.value, flush=True)

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
"""


@contextmanager
def parent_at_work(tmp_path: Path, *jobs: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process with a pool in which each of the jobs has reported; and the pids of workers and their children."""
    (tmp_path / "parent.py").write_text(PARENT)
    command = [sys.executable, str(tmp_path / "parent.py"), *jobs]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        try:
            assert parent.stdout
            yield parent, [int(pid) for _ in jobs for pid in parent.stdout.readline().split()]
        finally:
            left = workers_of(parent.pid) if psutil.pid_exists(parent.pid) else []
            parent.kill()
            for process in left:
                process.kill()


@pytest.mark.parametrize(
    ("how", "exit_code"),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)],
)
def test_a_parent_that_ends_leaves_no_process(tmp_path: Path, how: signal.Signals, exit_code: int) -> None:
    """Killed, ended or interrupted (as at a terminal: its whole group); workers that wait, and one deep in C."""
    with parent_at_work(tmp_path, "hang", "hang_in_c") as (parent, pids):
        everyone = [process.pid for process in psutil.Process(parent.pid).children(recursive=True)]
        assert len(pids) == 4
        assert set(pids) < set(everyone)  # and multiprocessing's resource tracker
        os.killpg(parent.pid, how)
        assert parent.wait(PATIENCE_S) == exit_code
        for pid in everyone:
            eventually(partial(gone, pid), "a process is left")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_parent_that_ends_while_its_workers_start_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(tmp_path / "parent.py"), "hang", "hang"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as parent:
        eventually(lambda: workers_of(parent.pid), "no worker was started")
        children = psutil.Process(parent.pid).children(recursive=True)
        parent.send_signal(how)
        parent.wait(PATIENCE_S)
        for child in children:
            eventually(partial(gone, child.pid), "a process is left")


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's")
def test_pdeathsig_ends_a_child_that_is_deep_in_c(tmp_path: Path) -> None:
    """What a worker falls back to where the kernel cannot end its whole group."""
    child = "import ctypes; from clipforge.pool.worker import die_with_parent as d; d(); print(1, flush=True); "
    child += "ctypes.PyDLL(None).pause()"
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(1000)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
        eventually(lambda: gone(pid), "the child lives on")
