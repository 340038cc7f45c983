"""Row 1: a worker is killed while it works."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import psutil

from clipforge.pool.jobs import Limits, Progress, Started
from clipforge.pool.pool import Pool
from tests.faults.runs import MICRO_WHISPER, Run, are_whole, folder_of, leftovers, start
from tests.pool import work
from tests.pool.conftest import done, failed, finish, is_worker, job, wait_for, workers_of

JOBS, WORKERS = 20, 4
NAMES = ("captain", "kitchen", "storm", "week")


def test_twenty_jobs_on_four_workers(tmp_path: Path, attempt: int) -> None:
    """One of the jobs, at a random place among them, is killed in the middle, at a random moment."""
    luck = random.Random(attempt)  # noqa: S311  # no secret
    victim = luck.randrange(JOBS)
    with Pool(Limits(WORKERS, 2**40)) as pool:
        for number in range(JOBS):
            if number == victim:
                pool.submit(job(work.wait_for, tmp_path / "go", tag=number))
            else:
                pool.submit(job(work.sleep, luck.uniform(0.0, 0.1), tag=number))
        outcomes = wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        outcomes += pool.wait(luck.uniform(0.0, 0.1))
        psutil.Process(next(outcome.value for outcome in outcomes if isinstance(outcome, Progress))).kill()
        (tmp_path / "go").touch()
        outcomes += finish(pool)
    assert failed(outcomes) == []
    assert sorted(end.job.tag for end in done(outcomes)) == list(range(JOBS))
    starts = sorted(outcome.job.tag for outcome in outcomes if isinstance(outcome, Started))
    assert starts == sorted([*range(JOBS), victim]), "the victim alone was tried twice"
    assert workers_of() == []


def worker_of(run: Run, luck: random.Random) -> psutil.Process | None:
    """A worker of the run, any of them; None once there is none any more."""
    while run.process.poll() is None:
        with suppress(psutil.Error):
            if workers := [child for child in psutil.Process(run.process.pid).children() if is_worker(child)]:
                return luck.choice(workers)
    return None


def test_a_run_whose_worker_is_killed(home: Path, tmp_path: Path, attempt: int) -> None:
    """Whatever the worker is at: starting, reading, listening, loading the model, transcribing."""
    luck = random.Random(attempt)  # noqa: S311  # no secret
    folder = folder_of(tmp_path / "clips", *NAMES)
    run = start(home, folder, "--model", str(MICRO_WHISPER), "-l", "en")
    stage = luck.choice(["reading", "listening", "transcribing"])
    run.until(lambda event: event.get("stage") == stage)
    victim = worker_of(run, luck)
    if victim is not None:
        with suppress(psutil.Error):
            victim.kill()
    err = run.rest()
    assert run.code == 0, err
    assert set(run.ends().values()) == {"captioned"}
    assert len(run.ends()) == len(list(folder.glob("*.srt"))) == len(NAMES)
    assert are_whole(folder)
    assert leftovers(folder) == []
    assert run.all_gone_within(1)
