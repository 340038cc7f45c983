"""Signals and pipes that do not end a run in the usual way; `tests.faults` has those that do."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.cli.conftest import environment
from tests.clips import make_clip, speech

PATIENCE_S = 60


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def start(home: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "clipforge", "caption", ".", "--json"],
        cwd=folder,
        env=environment(home, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_killed_worker_costs_only_its_own_job(home: Path, tmp_path: Path) -> None:
    for name in ("captain", "kitchen", "storm"):
        make_clip(tmp_path / f"{name}.mp4", speech(name))
    run = start(home, tmp_path)
    assert run.stdout is not None
    for line in run.stdout:
        event = json.loads(line)
        if event["event"] == "clip_progress" and event["stage"] == "transcribing":
            break
    workers = [p for p in psutil.Process(run.pid).children() if "resource_tracker" not in " ".join(p.cmdline())]
    workers[0].kill()
    rest, err = run.communicate(timeout=PATIENCE_S * 2)
    events = [json.loads(line) for line in rest.splitlines()]
    assert run.returncode == 0, err
    assert events[-1]["captioned"] == 3


def test_nohup_outlives_its_terminal(home: Path, tmp_path: Path) -> None:
    make_clip(tmp_path / "captain.mp4", speech("captain"))
    command = 'trap "" HUP; exec "$0" -m clipforge caption . --json'
    run = subprocess.Popen(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env=environment(home, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    for line in run.stdout:
        if json.loads(line)["event"] == "clip_progress":
            break
    run.send_signal(signal.SIGHUP)
    rest, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0, err
    assert json.loads(rest.splitlines()[-1])["captioned"] == 1


def test_a_closed_pipe_ends_quietly(home: Path, tmp_path: Path) -> None:
    make_clip(tmp_path / "captain.mp4", speech("captain"))
    run = start(home, tmp_path)
    assert run.stdout is not None
    run.stdout.readline()
    run.stdout.close()
    assert run.stderr is not None
    err = run.stderr.read()
    run.stderr.close()
    run.wait(PATIENCE_S)
    assert "Traceback" not in err
