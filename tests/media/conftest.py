"""Traps for whatever should be left alone, and an ear."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from clipforge.media.listen import ListenJob, Manifest, listen
from tests.clips import FFMPEG, RATE, samples, speech


class Canary:
    """A file that knows whether somebody opened it. (A pipe: who opens it for writing waits until a reader does.)"""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._thread = threading.Thread(target=self._wait_for_reader, daemon=True)
        self._thread.start()

    def _wait_for_reader(self) -> None:
        os.close(os.open(self.path, os.O_WRONLY))

    def was_opened(self, within_s: float = 0.0) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def release(self) -> None:
        while self._thread.is_alive():
            os.close(os.open(self.path, os.O_RDONLY | os.O_NONBLOCK))
            self._thread.join(0.01)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    trap = Canary(tmp_path / "canary.ts")
    yield trap
    trap.release()


class Listener:
    """A local server that knows whether somebody connected."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def was_called(self, within_s: float = 0.0) -> bool:
        return bool(select.select([self._socket], [], [], within_s)[0])

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def server() -> Iterator[Listener]:
    trap = Listener()
    yield trap
    trap.close()


Hear = Callable[..., Manifest]


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "1.s16"


@pytest.fixture
def hear(spool: Path) -> Hear:
    spool.parent.mkdir()

    def run(clip: Path, track: int | None = None, report: Callable[[float], None] = lambda _: None) -> Manifest:
        return listen(ListenJob(clip, spool, FFMPEG, track), report)

    return run


def onsets_s(spool: Path) -> list[float]:
    """When sound sets in after at least half a second of silence."""
    sound = np.abs(np.fromfile(spool, "<i2").astype(np.int32))
    loud = np.flatnonzero(sound > 0.1 * sound.max())
    return [float(at) / RATE for at in loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 2)]]


def onset_of_speech_s(name: str) -> float:
    sound = np.abs(samples(speech(name)).astype(np.int32))
    return float(np.flatnonzero(sound > 0.1 * sound.max())[0]) / RATE
