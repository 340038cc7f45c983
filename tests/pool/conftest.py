"""Pools of real processes, and ways to see that nothing of them is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import psutil
import pytest

from clipforge.pool.jobs import Done, Failed, Job, Limits, Outcome
from clipforge.pool.pool import Pool

MIB = 2**20
COST_BYTES = 1024 * MIB
"""More than any job here takes that is not about memory, and than the test run itself."""

PATIENCE_S = 30.0
"""Far beyond what anything here takes on a busy machine: a deadline for tests that hang, not a measurement."""

LIMITLESS = Limits(workers=2, budget_bytes=2**40)


def job(run: Callable[..., Any], payload: Any = None, **rest: Any) -> Job:
    plain = Job(run=run, payload=payload, lane="a", cost_bytes=COST_BYTES, what=f"doing {run.__name__}")
    return replace(plain, **rest)


def finish(pool: Pool) -> list[Outcome]:
    """Everything that happens until nothing is outstanding."""
    outcomes: list[Outcome] = []
    until_s = time.monotonic() + PATIENCE_S
    while pool.outstanding:
        assert time.monotonic() < until_s, f"still outstanding: {pool.outstanding}; so far: {outcomes}"
        outcomes += pool.wait(1.0)
    return outcomes


def wait_for(pool: Pool, condition: Callable[[list[Outcome]], object]) -> list[Outcome]:
    """What happens until the condition holds of it."""
    outcomes: list[Outcome] = []
    until_s = time.monotonic() + PATIENCE_S
    while not condition(outcomes):
        assert time.monotonic() < until_s, f"never came; so far: {outcomes}"
        outcomes += pool.wait(1.0)
    return outcomes


def done(outcomes: Sequence[Outcome]) -> list[Done]:
    return [outcome for outcome in outcomes if isinstance(outcome, Done)]


def failed(outcomes: Sequence[Outcome]) -> list[Failed]:
    return [outcome for outcome in outcomes if isinstance(outcome, Failed)]


def eventually(condition: Callable[[], object], what: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until_s, what
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """True where no such process runs; one that is dead and not yet reaped by whoever has to is gone, too."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def is_worker(process: psutil.Process) -> bool:
    """True for a living process that is not multiprocessing's resource tracker."""
    try:
        return not gone(process.pid) and "resource_tracker" not in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def workers_of(pid: int | None = None) -> list[psutil.Process]:
    """Living descendants of a process (of this one)."""
    return [child for child in psutil.Process(pid).children(recursive=True) if is_worker(child)]


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    assert workers_of() == []
