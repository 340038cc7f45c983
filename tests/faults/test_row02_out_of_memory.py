"""Row 2: a worker takes more memory than it may: refused by a limit, ended by our watch, killed by the kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clipforge.errors import OutOfMemory
from clipforge.pool.pool import Pool
from tests.clips import RATE
from tests.faults.groups import limited
from tests.faults.runs import MICRO_WHISPER, caption, folder_of
from tests.pool import work
from tests.pool.conftest import LIMITLESS, MIB, done, failed, finish, job, workers_of

NAMES = ("captain", "kitchen")


@pytest.mark.parametrize(
    ("run", "payload", "cost"),
    [(work.want_more_than_there_is, "limit", 100 * MIB), (work.grow, 900 * MIB, 100 * MIB)],
    ids=["refused by a limit", "ended by the watch"],
)
def test_only_that_job_fails(run: work.Runs, payload: object, cost: int, attempt: int) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(run, payload, cost_bytes=cost, what="transcribing clip.mp4"))
        for number in range(6):
            pool.submit(job(work.square, number, lane="b"))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, OutOfMemory)
    assert "out of memory while transcribing clip.mp4" in str(failure.error)
    assert sorted(end.result for end in done(outcomes)) == [0, 1, 4, 9, 16, 25]
    assert workers_of() == []


PARENT = """
import json
from clipforge.pool.jobs import Done, Failed, Job, Limits
from clipforge.pool.pool import Pool
from tests.pool import work

if __name__ == "__main__":
    # A budget that knows nothing of the group, so that it is the kernel that ends the worker.
    with Pool(Limits(2, 2**40)) as pool:
        pool.submit(Job(work.hold, 2**30, "a", 2**31, "transcribing clip.mp4"))
        for number in range(4):
            pool.submit(Job(work.square, number, "b", 2**27, "squaring"))
        while pool.outstanding:
            for outcome in pool.wait(30):
                if isinstance(outcome, Failed):
                    error = outcome.error
                    print(json.dumps([type(error).__name__, getattr(error, "how", ""), outcome.attempts]), flush=True)
                elif isinstance(outcome, Done):
                    print(json.dumps(outcome.result), flush=True)
"""


def test_a_worker_that_the_kernel_kills_for_memory(tmp_path: Path, attempt: int) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with limited(400 * MIB) as group:
        ran = subprocess.run(
            [sys.executable, script],
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=group.enter,
            check=False,
        )
        kills = group.kills()
    assert ran.returncode == 0, ran.stderr
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ["OutOfMemory", "killed by the system", 2] in said
    assert sorted(number for number in said if isinstance(number, int)) == [0, 1, 4, 9]
    assert kills == 2  # each try once, and nobody else


def test_a_run_in_a_small_container_stays_inside_it(home: Path, tmp_path: Path, attempt: int) -> None:
    """The group's limit is found, and what runs within it is never killed."""
    folder = folder_of(tmp_path / "clips", *NAMES)
    with limited(700 * MIB) as group:
        run, err = caption(home, folder, "--model", str(MICRO_WHISPER), "-l", "en", preexec_fn=group.enter)
        kills = group.kills()
    assert run.code == 0, err
    (started,) = run.of("run_started")
    assert started["budget_bytes"] == int(700 * MIB * 0.8)
    (finished,) = run.of("run_finished")
    assert 0 < finished["peak_bytes"] <= started["budget_bytes"]
    assert kills == 0


REFUSE = """
from clipforge.media import samples

read = samples.read_window

def refuse(spool, start, end):
    if end - start > {longest}:
        with open({log!r}, "a") as log:
            log.write("tried\\n")
        bytearray(2**62)
    return read(spool, start, end)

samples.read_window = refuse
"""
"""For a run's workers, as ``sitecustomize``: for a window of more than so many samples there is not enough memory."""


def test_a_window_for_which_there_is_no_memory_costs_its_own_clip(home: Path, tmp_path: Path, attempt: int) -> None:
    """It stands in one batch with others; it is tried once more by itself."""
    folder = folder_of(tmp_path / "clips", *NAMES, "goodbye")
    log = tmp_path / "tries"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(REFUSE.format(longest=5 * RATE, log=str(log)))
    options = ("--model", str(MICRO_WHISPER), "-l", "en", "-j", "1")
    run, err = caption(home, folder, *options, env={"PYTHONPATH": str(tmp_path / "site")})
    assert run.code == 1, err
    assert run.ends() == {"goodbye.mp4": "failed", **{f"{name}.mp4": "captioned" for name in NAMES}}
    assert run.clip("goodbye.mp4")["message"].startswith("out of memory while transcribing goodbye.mp4")
    assert log.read_text().splitlines() == ["tried"] * 2


def test_a_model_that_cannot_fit_is_refused_before_any_work(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    run, err = caption(home, folder, "--model", str(MICRO_WHISPER), "--max-memory", "150MiB")
    assert run.code == 2
    assert "needs" in err
    assert "--max-memory allows 0.1 GiB" in err
    assert run.of("clip_finished") == []
