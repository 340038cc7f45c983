"""What every test gets: a home of its own, and an environment that says nothing about ClipForge."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # properties are about what holds, not how fast
settings.load_profile("unhurried")

# Tests send real signals to real processes. A run that was started by nohup or in the background ignores some of them,
# and would pass that on.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder: no test can read or write the user's own files."""
    folder = tmp_path_factory.mktemp("home")
    for name in [n for n in os.environ if n.startswith(("CLIPFORGE_", "XDG_", "HF_", "SLURM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    return folder
