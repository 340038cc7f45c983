"""What the workers of these tests run. Everything here is importable by name in a fresh process."""

from __future__ import annotations

import atexit
import ctypes
import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clipforge.errors import EngineFailed

Report = Callable[[object], None]
Runs = Callable[[Any, Report], Any]
loaded: dict[str, int] = {}
"""What a lane has loaded in this process."""


def square(number: int, report: Report) -> int:
    return number * number


def who(payload: object, report: Report) -> tuple[int, int, int]:
    """Process, its parent, its group."""
    return os.getpid(), os.getppid(), os.getpgrp()


def load(name: str, report: Report) -> tuple[int, int]:
    """Process, and how often this name was asked for in it."""
    loaded[name] = loaded.get(name, 0) + 1
    return os.getpid(), loaded[name]


def modules(payload: object, report: Report) -> list[str]:
    return sorted(sys.modules)


def environment(name: str, report: Report) -> str | None:
    return os.environ.get(name)


def count(upto: int, report: Report) -> str:
    for number in range(upto):
        report(number)
    return "counted"


def big(size: int, report: Report) -> bytes:
    return b"x" * size


def hold(size: int, report: Report) -> int:
    """Take memory, then give it back."""
    return len(bytearray(b"x") * size)


def keep(size: int, report: Report) -> int:
    """Take memory and never give it back."""
    loaded["kept"] = id(data := bytearray(b"x") * size)
    sys.modules["kept_by_a_job"] = data  # type: ignore[assignment]  # anything that lives as long as the process
    return os.getpid()


def fail(why: str, report: Report) -> None:
    raise EngineFailed("draft", why)


def crash_in_python(why: str, report: Report) -> None:
    raise RuntimeError(why)


class Unloadable(Exception):
    """Pickles, but does not unpickle: its arguments are not what its class wants."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def raise_unloadable(payload: object, report: Report) -> None:
    raise Unloadable("one", "two")


class Tangled:
    """Pickles, but does not unpickle."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return int, ("not a number",)


def return_tangled(payload: object, report: Report) -> Tangled:
    return Tangled()


def report_tangled(payload: object, report: Report) -> None:
    report(Tangled())
    threading.Event().wait()


def report_unpicklable(payload: object, report: Report) -> None:
    report(threading.Lock())


def return_unpicklable(payload: object, report: Report) -> object:
    return threading.Lock()


def leave_early(payload: object, report: Report) -> None:
    sys.exit(3)


def talk(text: str, report: Report) -> None:
    print(text)
    print(text + " to stderr", file=sys.stderr)
    os.system(f"echo {text} from a child")  # noqa: S605


def read_input(payload: object, report: Report) -> str:
    return os.read(0, 10).decode()


def segfault(payload: object, report: Report) -> None:
    ctypes.string_at(0)


def out_of_memory(payload: object, report: Report) -> None:
    raise MemoryError


def grow(size: int, report: Report) -> int:
    """Take memory step by step, up to ``size`` bytes and at most so fast that it can be seen; then give it back."""
    report(os.getpid())
    kept: list[bytearray] = []
    while len(kept) * 2**24 < size:
        kept.append(bytearray(b"x") * 2**24)
        time.sleep(0.02)
    time.sleep(1.0)  # longer than it takes to be looked at
    return os.getpid()


def hold_until(wanted: tuple[int, Path], report: Report) -> int:
    """Take memory and hold it until a file exists."""
    size, file = wanted
    held = bytearray(b"x") * size
    report(os.getpid())
    while not file.exists():
        time.sleep(0.01)
    return len(held)


def grow_a_child(size: int, report: Report) -> None:
    """The same, in a child of the worker."""
    code = f"b = bytearray(b'x') * {size}; print(len(b), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    report((os.getpid(), child.pid))
    child.wait()


def want_more_than_there_is(how: str, report: Report) -> None:
    """Memory is refused, in the ways in which Python and libraries say so."""
    report(os.getpid())
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
        bytearray(2**33)
    if how == "bad_alloc":
        raise EngineFailed("whisper", "no luck") from RuntimeError("std::bad_alloc")
    if how == "ENOMEM":
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    raise RuntimeError(how)


def report_then_return(size: int, report: Report) -> bytes:
    report(os.getpid())
    return b"x" * size


def length(payload: bytes, report: Report) -> int:
    return len(payload)


def exit_code(code: int, report: Report) -> None:
    os._exit(code)


def suicide(payload: object, report: Report) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(marker: Path, report: Report) -> int:
    """Killed on its first try, done on the second."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def wait_for(file: Path, report: Report) -> int:
    """Busy until a file exists."""
    report(os.getpid())
    while not file.exists():
        time.sleep(0.01)
    return os.getpid()


def hang(payload: object, report: Report) -> None:
    """Forever, with a child that hangs too; reports both."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    report((os.getpid(), child.pid))
    threading.Event().wait()


def hang_in_own_session(payload: object, report: Report) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
    report((os.getpid(), child.pid))
    threading.Event().wait()


def hang_in_c(payload: object, report: Report) -> None:
    """A long call into C that holds the interpreter's lock: no other thread of this process runs any more."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    report((os.getpid(), child.pid))
    ctypes.PyDLL(None).pause()


def refuse_to_end(payload: object, report: Report) -> int:
    """Done, but the process will not end by itself."""
    atexit.register(threading.Event().wait)
    return os.getpid()


def touch_at_exit(file: Path, report: Report) -> None:
    """Leaves a trace if the process ends by itself."""
    atexit.register(file.touch)


def sleep(seconds: float, report: Report) -> int:
    time.sleep(seconds)
    return os.getpid()
