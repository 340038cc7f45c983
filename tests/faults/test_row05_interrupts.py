"""Row 5: Ctrl-C once, or twice, at random moments."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.rows import patience_s, times
from tests.faults.runs import are_whole, caption, folder_of, leftovers, start

GONE_S = 2.0
NAMES = ("captain", "kitchen")


@pytest.fixture(scope="module")
def took_s(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the work of a run takes that nobody interrupts, on this machine as it is now."""
    home = tmp_path_factory.mktemp("undisturbed")
    run = start(home, folder_of(home / "clips", *NAMES))
    run.until(lambda e: e["event"] == "run_started")
    began = time.monotonic()
    run.rest()
    return time.monotonic() - began


def test_twice(home: Path, tmp_path: Path, attempt: int, took_s: float) -> None:
    chance = random.Random(attempt)  # noqa: S311  # no secret
    folder = folder_of(tmp_path / "clips", *NAMES)
    run = start(home, folder)
    run.until(lambda e: e["event"] == "run_started")
    time.sleep(chance.uniform(0, took_s))
    os.kill(run.process.pid, signal.SIGINT)
    time.sleep(chance.uniform(0, 0.3))
    os.kill(run.process.pid, signal.SIGINT)
    assert run.all_gone_within(patience_s(GONE_S))
    err = run.rest()
    assert run.code == 130 or (run.code == 0 and run.of("run_finished")), err
    assert "Traceback" not in err
    assert leftovers(folder) == []
    assert are_whole(folder)


@pytest.mark.parametrize("number", range(max(1, times(5) // 10)))
def test_once_and_then_on(home: Path, tmp_path: Path, number: int, took_s: float) -> None:
    chance = random.Random(1000 + number)  # noqa: S311
    folder = folder_of(tmp_path / "clips", *NAMES)
    run = start(home, folder)
    run.until(lambda e: e["event"] == "run_started")
    time.sleep(chance.uniform(0, took_s))
    os.kill(run.process.pid, signal.SIGINT)
    err = run.rest()
    assert run.code == 130 or (run.code == 0 and run.of("run_finished")), err
    assert run.all_gone_within(patience_s(GONE_S))
    assert "Traceback" not in err
    assert leftovers(folder) == []
    spool = home / ".cache" / "clipforge" / "spool"
    assert not spool.exists() or not list(spool.iterdir())
    done = set(run.ends())
    again, err = caption(home, folder)
    assert again.code == 0, err
    assert {name for name, status in again.ends().items() if status == "up to date"} == done
    assert len(again.ends()) == len(NAMES)
    assert are_whole(folder)
