"""``clipforge caption`` as a process of its own that things happen to, and what is left of it afterwards."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psutil

from clipforge.formats import srt
from tests.cli.conftest import environment
from tests.clips import make_clip, speech

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"
DEADLINE_S = 240.0
MARK = "FAULTS_RUN"
"""Every process of a run has this in its environment, ffmpeg too, so none can be overlooked when it is orphaned."""

Event = dict[str, Any]


@lru_cache
def made(name: str) -> Path:
    """A clip in which the speech of that name is spoken; made once. Copy it, leave it as it is."""
    folder = Path(mkdtemp(prefix="clipforge-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_clip(folder / f"{name}.mp4", speech(name))


def folder_of(folder: Path, *names: str) -> Path:
    """A new folder with these clips."""
    folder.mkdir()
    for name in names:
        shutil.copy(made(name), folder / f"{name}.mp4")
    return folder


@dataclass
class Run:
    """A run, its events as far as they were read, and its processes."""

    process: subprocess.Popen[str]
    mark: str
    events: list[Event] = field(default_factory=list)

    def read(self) -> Iterator[Event]:
        """The events that were not read yet, as they come."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with suppress(ValueError):  # a line that a kill cut off
                self.events.append(json.loads(line))
                yield self.events[-1]

    def until(self, what: Callable[[Event], bool]) -> Event:
        """Read up to the first event of this kind."""
        for event in self.read():
            if what(event):
                return event
        raise AssertionError(f"the run ended before that: {self.events} {self.rest()}")

    def rest(self) -> str:
        """Wait for its end, having read all of its events; what it said on standard error."""
        for _ in self.read():
            pass
        _, err = self.process.communicate(timeout=DEADLINE_S)
        return err or ""

    @property
    def code(self) -> int:
        return self.process.returncode

    def of(self, name: str) -> list[Event]:
        return [event for event in self.events if event["event"] == name]

    def ends(self) -> dict[str, str]:
        """How each clip ended, by its name."""
        return {Path(e["clip"]).name: e["status"] for e in self.of("clip_finished")}

    def clip(self, name: str) -> Event:
        (found,) = [e for e in self.of("clip_finished") if Path(e["clip"]).name == name]
        return found

    def windows_transcribed(self) -> int:
        """Windows that went through an engine, for the clips that came to their end."""
        return sum(e["windows"] - e["windows_from_cache"] for e in self.of("clip_finished"))

    def alive(self) -> list[psutil.Process]:
        """All processes that belong to the run and are at work, whoever their parent is by now."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def all_gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while left := self.alive():
            if time.monotonic() > deadline:
                print(*(p.as_dict(["pid", "cmdline", "status"]) for p in left), sep="\n")
                return False
            time.sleep(0.02)
        return True


def start(home: Path, *arguments: str | os.PathLike[str], env: Mapping[str, str] | None = None, **more: Any) -> Run:
    """Start ``clipforge caption --json ARGUMENTS``. ``more`` goes to `subprocess.Popen`."""
    mark = uuid.uuid4().hex
    options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "start_new_session": True, **more}
    process = subprocess.Popen(
        [sys.executable, "-m", "clipforge", "caption", "--json", *arguments],
        env=environment(home, {MARK: mark, **(env or {})}),
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )
    return Run(process, mark)


def caption(
    home: Path, *arguments: str | os.PathLike[str], env: Mapping[str, str] | None = None, **more: Any
) -> tuple[Run, str]:
    """A whole run; with it, what it said on standard error."""
    run = start(home, *arguments, env=env, **more)
    return run, run.rest()


def leftovers(folder: Path) -> list[str]:
    """Names in a folder of clips that are neither clips nor captions."""
    return sorted(p.name for p in folder.iterdir() if p.suffix not in (".mp4", ".srt"))


def are_whole(folder: Path) -> bool:
    """Whether each caption file can be read and says something."""
    return all(srt.read(path.read_text("utf-8")) for path in folder.glob("*.srt"))


def text_of(path: Path) -> str:
    return " ".join(line for cue in srt.read(path.read_text("utf-8")) for line in cue.lines)
