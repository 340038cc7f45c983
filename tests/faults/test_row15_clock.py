"""Row 15: the wall clock jumps a day while a run is at work.

Setting the machine's clock would disturb everything else on it, and a time namespace moves monotonic clocks only. What
jumps here is the clock that Python gives to ClipForge, in the parent and in every worker; the times of files stay real.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.faults.runs import are_whole, caption, folder_of, start

DAY_S = 86_400
NAMES = ("captain", "kitchen", "storm")

CLOCK = """
import time
_real, _real_ns = time.time, time.time_ns
def _ahead():
    with open({offset!r}) as file:
        return int(file.read() or 0)
time.time = lambda: _real() + _ahead()
time.time_ns = lambda: _real_ns() + _ahead() * 10**9
"""


@pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
def test_jump(home: Path, tmp_path: Path, attempt: int, jump_s: int) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    offset = tmp_path / "offset"
    offset.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(CLOCK.format(offset=str(offset)))
    env = {"PYTHONPATH": str(tmp_path)}
    run = start(home, folder, "--cache-limit", "1MiB", env=env)
    run.until(lambda e: e["event"] == "clip_progress" and e["stage"] == "transcribing")
    new = tmp_path / "new"
    new.write_text(str(jump_s))
    new.rename(offset)
    err = run.rest()
    assert run.code == 0, err
    assert set(run.ends().values()) == {"captioned"}, "no false time-out"
    assert are_whole(folder)
    stats = subprocess.run(
        [sys.executable, "-m", "clipforge", "cache", "stats", "--json"],
        env=environment(home, {}),
        capture_output=True,
        check=True,
    )
    assert json.loads(stats.stdout)["entries"] == {"manifest": len(NAMES), "words": len(NAMES)}, "no eviction"
    again, err = caption(home, folder)
    assert set(again.ends().values()) == {"up to date"}, err
