"""The command line as users meet it: a process of its own, in an empty home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DEADLINE_S = 240


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Standard output of a ``--json`` run: each line one object, nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [found for found in self.events if found["event"] == event]

    def clip(self, name: str) -> dict[str, Any]:
        """The end of the clip whose path ends so."""
        found: list[dict[str, Any]] = [e for e in self.of("clip_finished") if e["clip"].endswith(name)]
        assert len(found) == 1, self.out + self.err
        return found[0]


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests that are not about the cache: the same speech is heard once."""
    return tmp_path_factory.mktemp("warm-cache")


def environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Nothing but a home and a PATH without ffmpeg."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **extra}


@pytest.fixture
def cli(home: Path, tmp_path: Path, warm_cache: Path) -> Run:
    """Run ``clipforge ARGS`` in `tmp_path`. ``cold=True`` gives it a cache of its own in the home folder."""

    def run(
        *args: str | os.PathLike[str],
        cold: bool = False,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        cwd: Path | None = None,
    ) -> Ran:
        extra = {} if cold else {"CLIPFORGE_CACHE_DIR": str(warm_cache)}
        done = subprocess.run(
            [sys.executable, "-m", "clipforge", *(os.fspath(arg) for arg in args)],
            input=stdin,
            capture_output=True,
            cwd=cwd or tmp_path,
            env=environment(home, {**extra, **(env or {})}),
            timeout=DEADLINE_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
