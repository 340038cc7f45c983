"""Stopping: within seconds, no process left, no partial file, and what was finished is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Run, environment
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_and_go_on(cli: Run, home: Path, tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    names = ["captain", "kitchen", "storm", "week"]
    for name in names:
        make_clip(folder / f"{name}.mp4", speech(name))
    run = start(home, folder)
    assert run.stdout is not None
    finished = 0
    for line in run.stdout:
        finished += json.loads(line)["event"] == "clip_finished"
        if finished:
            break
    started = psutil.Process(run.pid).children(recursive=True)
    assert started
    os.kill(run.pid, number)
    rest, err = run.communicate(timeout=PATIENCE_S)
    finished += sum(json.loads(line)["event"] == "clip_finished" for line in rest.splitlines())
    assert run.returncode == 130, err
    assert "Interrupted" in err
    wait_for(lambda: not any(p.is_running() and p.status() != "zombie" for p in started), "the workers' end")
    left = {p.name for p in folder.iterdir()} - {f"{name}.mp4" for name in names}
    assert all(name.endswith(".srt") for name in left), "no partial file"
    assert len(left) == finished
    assert not list((home / ".cache" / "clipforge" / "spool").iterdir())

    again = cli("caption", folder, "--json", cold=True)
    assert again.code == 0, again.err
    assert again.of("run_finished")[0]["up_to_date"] == finished
    assert again.of("run_finished")[0]["captioned"] == len(names) - finished


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
