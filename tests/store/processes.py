"""Other Python processes for the tests of this room, and the user that root is not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process that runs `code`; its arguments are in ``sys.argv[1:]``."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """Its standard output, once it has ended well."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def run(code: str, *arguments: object) -> str:
    return finish(start(code, *arguments))


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=60)


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """A folder of an ordinary user, and the rest of the test as that user: permissions do not bind root."""
    with tempfile.TemporaryDirectory(prefix="clipforge-test-") as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
