"""The worker's side of the pipe: takes one order at a time, runs it, answers; dies with its parent, never before.

A worker leads a session and process group of its own, so Ctrl-C at the terminal reaches the parent alone, and whatever
a job starts can be ended with it. It ends when

- the pipe says so or closes, between two jobs: the ordinary end;
- the parent is gone, at any moment: the kernel kills the whole group then (`_kernel_kills_group`), even in a long call
  into C that holds the interpreter's lock. Where it cannot, a thread does, and PDEATHSIG serves for the long call.
"""

from __future__ import annotations

import atexit
import errno
import os
import pickle
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipforge.errors import ClipforgeError
from clipforge.pool import channel
from clipforge.pool.jobs import WorkerBug

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_REFUSED = re.compile(
    r"bad[ _]alloc|out of memory|(cannot|failed to|unable to) allocate|not enough memory|alloc(ation)? failed",
    re.IGNORECASE,
)
"""How libraries in C++ that raise RuntimeError say that they got no memory: ``std::bad_alloc``, ``CUDA failed with
error out of memory``, ``mkl_malloc: failed to allocate memory``."""

KILL_ME_FIRST = 500
"""What the kernel adds to a worker's badness, of 1,000, when it looks for a process to kill for memory: it must never
take the parent."""


@dataclass(frozen=True, slots=True)
class Order:
    """A job on its way to the worker."""

    number: int
    body: bytes
    """Pickle of (run, payload), apart so that trouble with it is the job's alone."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has started and waits for its first order."""


@dataclass(frozen=True, slots=True)
class Reported:
    number: int
    body: bytes
    """Pickle of the reported value."""

    def value(self, what: str) -> Any:
        """What was reported. Raises `WorkerBug`."""
        try:
            return pickle.loads(self.body)  # noqa: S301  # from our own worker
        except Exception as error:  # unpickling may raise anything
            raise WorkerBug.of(error, f"{what} reported what does not unpickle") from error


@dataclass(frozen=True, slots=True)
class Answer:
    """How an order ended."""

    number: int
    body: bytes
    """Pickle of the result, or of the exception; empty where the exception does not pickle."""
    bug: WorkerBug | None
    """None where there is a result; else what to show if the exception is none of ours, or does not unpickle."""
    took_s: float
    peak_bytes: int
    """Resident at most, as the kernel noted it."""
    rss_bytes: int
    """Resident now that the job is over."""

    def result(self, what: str) -> Any:
        """What the job returned; raises what it raised: one of our errors, else `WorkerBug`."""
        try:
            value = pickle.loads(self.body) if self.body else None  # noqa: S301  # from our own worker
        except Exception as error:  # so may unpickling
            raise self.bug or WorkerBug.of(error, f"the result of {what} does not unpickle") from error
        if self.bug is not None:
            raise value if isinstance(value, ClipforgeError) else self.bug
        return value


@dataclass(frozen=True, slots=True)
class RanOut:
    """An order ended for want of memory. The worker ends, too: what is left of it is not to be relied on."""

    number: int
    how: str
    peak_bytes: int


Message = Ready | Reported | Answer | RanOut


def serve(pipe: Connection, env: Mapping[str, str], log: Path | None) -> None:
    """Main function of a worker process; does not return."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked by the parent until we can ignore it
    _tie_to_parent()
    os.environ.update(env)
    _redirect(log)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  # Linux
        file.write(str(KILL_ME_FIRST))
    lock = threading.Lock()

    def send(message: Message) -> None:
        try:
            with lock:  # a job may report from several threads
                channel.send(pipe, message)
        except OSError:  # nobody listens any more
            os.killpg(0, signal.SIGKILL)

    send(Ready())
    while True:
        try:
            order = channel.receive(pipe)
        except (EOFError, OSError):
            break
        answer = _carry_out(order, send)
        send(answer)
        if isinstance(answer, RanOut):
            os._exit(1)
    _leave()


def _carry_out(order: Order, send: Callable[[Message], None]) -> Answer | RanOut:
    def report(value: object) -> None:
        send(Reported(order.number, pickle.dumps(value)))

    _forget_peak()
    started_s = time.monotonic()
    bug = None
    try:
        run, payload = pickle.loads(order.body)  # noqa: S301  # from our own parent
        body = _pickled_result(run(payload, report))
    except BaseException as error:  # SystemExit from a library must not end the worker either
        refused = _refusal(error)
        if refused is not None:
            return RanOut(order.number, refused, _memory()[0])
        bug = WorkerBug(type(error).__name__, _text_of(error), traceback.format_exc())
        body = b""
        with suppress(Exception):
            body = pickle.dumps(error)
    took_s = time.monotonic() - started_s
    peak_bytes, rss_bytes = _memory()
    return Answer(order.number, body, bug, took_s, peak_bytes, rss_bytes)


def _refusal(error: BaseException | None) -> str | None:
    """What says that memory was refused, in an exception or in what led to it; None where nothing does."""
    while error is not None:
        text = " ".join(_text_of(error).split())
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            return text or "MemoryError"
        if isinstance(error, RuntimeError) and _REFUSED.search(text):
            return text
        error = error.__cause__ or error.__context__
    return None


def _pickled_result(result: Any) -> bytes:
    try:
        return pickle.dumps(result)
    except Exception as error:
        raise TypeError(f"the result ({type(result).__name__}) does not pickle: {error}") from error


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a broken __str__ is part of the bug
        return "(no message: its __str__ fails)"


def _redirect(log: Path | None) -> None:
    """Nothing that a library prints may reach the parent's standard output, nor may anything read its input."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if log is not None:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.dup2(file, 2)
        os.close(file)
        import faulthandler

        faulthandler.enable()
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files in a fresh process


def _tie_to_parent() -> None:
    parent = parent_process()
    if parent is None:
        raise RuntimeError("a worker is started by multiprocessing")
    lifeline = int(parent.sentinel)  # read end of a pipe whose other end only the parent has
    if not _kernel_kills_group(lifeline):
        die_with_parent()
    threading.Thread(target=_watch, args=(lifeline,), name="lifeline", daemon=True).start()


def _watch(lifeline: int) -> None:
    connection.wait([lifeline])
    os.killpg(0, signal.SIGKILL)


def _kernel_kills_group(lifeline: int) -> bool:
    """Have SIGKILL sent to our whole group when the pipe closes: O_ASYNC with SIGKILL for a signal. Linux only.

    Better than PDEATHSIG, which ends this process alone, and so early that nobody is left to end its children.
    """
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:  # a sandbox that does not have it
        return False
    return True


def die_with_parent() -> None:
    """PDEATHSIG: SIGKILL to this process when the thread that started it ends. Linux only."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _leave() -> None:
    """End in order, but without C's own exit handlers: two OpenMP runtimes in one process can deadlock there."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _forget_peak() -> None:
    """Start the kernel's high-water mark anew, where it can (Linux); elsewhere it is that of all jobs so far."""
    with suppress(OSError), open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123  # not for reading, ever
        file.write("5")


def _memory() -> tuple[int, int]:
    """Resident bytes: at most since `_forget_peak`, and now."""
    try:
        with open("/proc/self/status", "rb") as file:  # noqa: PTH123
            figures = dict(line.split(b":", 1) for line in file)
        return int(figures[b"VmHWM"].split()[0]) * 1024, int(figures[b"VmRSS"].split()[0]) * 1024
    except (OSError, KeyError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak_bytes = peak if sys.platform == "darwin" else peak * 1024
        return peak_bytes, peak_bytes
