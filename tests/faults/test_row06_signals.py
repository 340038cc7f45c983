"""Row 6: SIGTERM, SIGKILL, and a terminal that is closed."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.faults.rows import patience_s
from tests.faults.runs import MARK, Event, Run, are_whole, caption, folder_of, leftovers, start

GONE_S = 5.0
NAMES = ("captain", "kitchen", "storm", "week")


def is_one_more_window(event: Event) -> bool:
    """The words of a window are kept when this is said."""
    return (event["event"], event.get("stage"), event.get("done")) == ("clip_progress", "transcribing", 1)


def check_what_is_left(run: Run, home: Path, folder: Path) -> None:
    """Nothing alive, nothing broken; and the next run makes nothing again whose making was over."""
    known = len({e["clip"] for e in run.events if is_one_more_window(e)})
    again, err = caption(home, folder)
    assert again.code == 0, err
    assert len(again.ends()) == len(NAMES)
    assert again.windows_transcribed() <= len(NAMES) - known
    assert leftovers(folder) == [], "what the dead run left is swept"
    assert are_whole(folder)
    assert not list((home / ".cache" / "clipforge" / "spool").iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_parent(home: Path, tmp_path: Path, attempt: int, number: signal.Signals) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    run = start(home, folder)
    for _ in range(random.Random(attempt).randrange(1, len(NAMES))):  # noqa: S311  # no secret
        run.until(is_one_more_window)
    os.kill(run.process.pid, number)
    assert run.all_gone_within(patience_s(GONE_S))
    err = run.rest()
    assert run.code == (130 if number == signal.SIGTERM else -signal.SIGKILL), err
    check_what_is_left(run, home, folder)


def test_a_terminal_that_is_closed(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    ours, theirs = pty.openpty()
    run = start(home, folder, stdin=theirs, stderr=theirs, preexec_fn=take_the_terminal)
    os.close(theirs)
    for _ in range(1 + attempt % 2):
        run.until(is_one_more_window)
    os.close(ours)
    assert run.all_gone_within(patience_s(GONE_S))
    run.process.wait(GONE_S)
    run.rest()
    assert run.code == 130
    assert not list((home / ".cache" / "clipforge").glob("logs/*")), "no bug"
    check_what_is_left(run, home, folder)


def test_a_terminal_that_is_closed_on_moving_bars(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", *NAMES)
    ours, theirs = pty.openpty()
    mark = f"bars {tmp_path}"
    process = subprocess.Popen(
        [sys.executable, "-m", "clipforge", "caption", folder],
        env=environment(home, {MARK: mark, "TERM": "xterm-256color"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_the_terminal,
        text=True,
    )
    run = Run(process, mark)
    os.close(theirs)
    while not list(folder.glob("*.srt")):
        os.read(ours, 65536)
    os.close(ours)
    assert run.all_gone_within(patience_s(GONE_S))
    assert process.wait(GONE_S) == 130
    assert not list((home / ".cache" / "clipforge").glob("logs/*")), "no bug"
    check_what_is_left(run, home, folder)


def take_the_terminal() -> None:
    """In the new process: standard input becomes its terminal, so closing it sends SIGHUP."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_killed_at_any_moment_of_writing(home: Path, tmp_path: Path, attempt: int) -> None:
    """A kill in the very moment of writing leaves a temporary file at most, and the next run removes it."""
    folder = folder_of(tmp_path / "clips", "captain")
    code = (
        "import os, sys\n"
        "from clipforge.store import files\n"
        "def die(fd): os.kill(os.getpid(), 9)\n"
        "files.os.fsync = die\n"
    )
    (tmp_path / "sitecustomize.py").write_text(code)
    run = start(home, folder, env={"PYTHONPATH": str(tmp_path)}, stderr=subprocess.DEVNULL)
    run.rest()
    assert run.code == -signal.SIGKILL
    assert run.all_gone_within(patience_s(GONE_S))
    assert len(leftovers(folder)) == 1
    assert not (folder / "captain.srt").exists()
    again, err = caption(home, folder)
    assert again.ends() == {"captain.mp4": "captioned"}, err
    assert again.windows_transcribed() == 0
    assert leftovers(folder) == []
