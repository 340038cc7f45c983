"""What a person at a terminal sees."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.clips import make_clip, speech

DEADLINE_S = 240


def typed_at_a_terminal(arguments: list[str], columns: int, home: Path, cwd: Path, **env: str) -> str:
    """Everything that a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    run = subprocess.Popen(
        [sys.executable, "-m", "clipforge", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=environment(home, {"TERM": "xterm-256color", **env}),
        start_new_session=True,
    )
    os.close(theirs)
    written = b""
    deadline = time.monotonic() + DEADLINE_S
    try:
        while True:
            ready, _, _ = select.select([ours], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the command hangs"
            try:
                block = os.read(ours, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not block:
                break
            written += block
    finally:
        run.kill()
        run.wait()
        os.close(ours)
    return written.decode()


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


@pytest.mark.parametrize("columns", [80, 120])
def test_bars_while_it_works_and_lines_that_stay(home: Path, tmp_path: Path, columns: int) -> None:
    for name in ("captain", "kitchen"):
        make_clip(tmp_path / f"{name}.mp4", speech(name))
    screen = typed_at_a_terminal(["caption", "."], columns, home, tmp_path)
    text = without_escapes(screen)
    assert "━" in text
    assert "transcribing" in text
    assert "✓ captain.mp4" in text
    assert "✓ kitchen.mp4" in text
    assert "2 captioned in" in text
    drawn = [line for line in re.split(r"[\r\n]+", text) if "━" in line or "Captioning" in line]
    drawn += [line for line in re.split(r"[\r\n]+", text) if "No Whisper model" in line]
    assert all(len(line) <= columns for line in drawn), "nothing wraps"
    assert "\x1b[?25h" in screen, "the cursor is back"


def test_no_color(home: Path, tmp_path: Path) -> None:
    make_clip(tmp_path / "captain.mp4", speech("captain"))
    screen = typed_at_a_terminal(["caption", "."], 80, home, tmp_path, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", screen)
    assert "✓ captain.mp4" in without_escapes(screen)


def test_help_reads_well_at_80_columns(home: Path, tmp_path: Path) -> None:
    screen = without_escapes(typed_at_a_terminal(["caption", "--help"], 80, home, tmp_path))
    lines = screen.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for panel in ("Speech", "Captions", "Files", "Running"):
        assert any(f"─ {panel} ─" in line for line in lines)
    assert "--output-dir" in screen
