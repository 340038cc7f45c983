"""What a worker hands back, and how it is kept apart from us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clipforge.errors import EngineFailed
from clipforge.pool.jobs import Failed, Limits, WorkerBug, WorkerRules
from clipforge.pool.pool import Pool
from tests.pool import work
from tests.pool.conftest import LIMITLESS, done, failed, finish, job


def failure_of(run: Any, payload: Any = None) -> Failed:
    """How the job fails; and after it another one in the same pool does not."""
    with Pool(Limits(1, 2**40)) as pool:
        pool.submit(job(run, payload))
        pool.submit(job(work.square, 3))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert [end.result for end in done(outcomes)] == [9]
    assert failure.attempts == 1
    return failure


def test_one_of_our_errors_comes_back_as_it_is() -> None:
    error = failure_of(work.fail, "no pronunciation").error
    assert isinstance(error, EngineFailed)
    assert error.why == "no pronunciation"


@pytest.mark.parametrize(
    ("run", "type_name", "message", "where"),
    [
        (work.crash_in_python, "RuntimeError", "None", "raise RuntimeError(why)"),
        (work.raise_unloadable, "Unloadable", "one two", "raise Unloadable"),
        (work.report_unpicklable, "TypeError", "cannot pickle", "report(threading.Lock())"),
        (work.return_unpicklable, "TypeError", "the result (lock) does not pickle: cannot pickle", "_thread.lock"),
        (work.return_tangled, "ValueError", "the result of doing return_tangled does not unpickle", "pickle.loads"),
        (work.report_tangled, "ValueError", "doing report_tangled reported what does not unpickle", "pickle.loads"),
        (work.leave_early, "SystemExit", "3", "sys.exit(3)"),
    ],
)
def test_any_other_exception_comes_back_as_a_bug_with_its_traceback(
    run: Any, type_name: str, message: str, where: str
) -> None:
    error = failure_of(run).error
    assert isinstance(error, WorkerBug)
    assert error.type_name == type_name
    assert error.message.startswith(message)
    assert where in error.traceback_text


def test_a_payload_that_does_not_pickle_fails_its_own_job_by_name() -> None:
    error = failure_of(work.square, lambda: None).error
    assert isinstance(error, WorkerBug)
    assert error.message.startswith("doing square cannot be sent: ")


def local_to_the_parent(payload: object, report: work.Report) -> None: ...


def test_a_callable_that_the_worker_cannot_import_is_a_bug() -> None:
    local_to_the_parent.__module__ = "tests.pool.nowhere"
    module = type(sys)("tests.pool.nowhere")
    module.local_to_the_parent = local_to_the_parent  # type: ignore[attr-defined]
    sys.modules["tests.pool.nowhere"] = module
    try:
        error = failure_of(local_to_the_parent).error
    finally:
        del sys.modules["tests.pool.nowhere"]
    assert isinstance(error, WorkerBug)
    assert error.type_name == "ModuleNotFoundError"


def test_workers_have_groups_of_their_own_one_thread_and_no_input() -> None:
    with Pool(Limits(1, 2**40), rules=WorkerRules(env={"OMP_NUM_THREADS": "3", "NEW": "yes"})) as pool:
        pool.submit(job(work.who))
        pool.submit(job(work.environment, "OMP_NUM_THREADS"))
        pool.submit(job(work.environment, "NEW"))
        pool.submit(job(work.read_input))
        (pid, parent, group), threads, new, text = (end.result for end in done(finish(pool)))
    assert (parent, group) == (os.getpid(), pid)
    assert (threads, new, text) == ("3", "yes", "")
    assert WorkerRules().env == {"OMP_NUM_THREADS": "1"}


SCRIPT = """
import sys, typer, rich
from pathlib import Path
from clipforge.pool.jobs import Job, Limits, Done, WorkerRules
from clipforge.pool.pool import Pool
from tests.pool import work

print("main loaded", file=sys.stderr)
if __name__ == "__main__":
    with Pool(Limits(1, 2**40), rules=WorkerRules(log=Path(sys.argv[1]) if sys.argv[1:] else None)) as pool:
        for run, payload in ((work.modules, None), (work.talk, "hello")):
            pool.submit(Job(run, payload, "a", 2**30, "talking"))
        while pool.outstanding:
            for outcome in pool.wait(10):
                if isinstance(outcome, Done) and outcome.result:
                    print("\\n".join(outcome.result))
"""


def run_script(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "script.py").write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(tmp_path / "script.py"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)


def test_a_worker_does_not_load_the_main_script_and_cannot_print_on_our_output(tmp_path: Path) -> None:
    ran = run_script(tmp_path)
    modules = ran.stdout.split()
    assert "clipforge.pool.worker" in modules
    assert not {"typer", "rich", "psutil", "clipforge.pool.pool"} & set(modules)
    assert "hello" not in ran.stdout
    assert sorted(ran.stderr.splitlines()) == ["hello", "hello from a child", "hello to stderr", "main loaded"]


def test_what_workers_print_can_go_to_a_log(tmp_path: Path) -> None:
    ran = run_script(tmp_path, str(tmp_path / "workers.log"))
    assert ran.stderr == "main loaded\n"
    assert sorted((tmp_path / "workers.log").read_text().splitlines()) == [
        "hello",
        "hello from a child",
        "hello to stderr",
    ]


def test_a_crash_in_c_leaves_its_traceback_in_the_log(tmp_path: Path) -> None:
    with Pool(LIMITLESS, rules=WorkerRules(log=tmp_path / "workers.log")) as pool:
        pool.submit(job(work.segfault))
        assert len(failed(finish(pool))) == 1
    log = (tmp_path / "workers.log").read_text()
    assert "Segmentation fault" in log
    assert "in segfault" in log
