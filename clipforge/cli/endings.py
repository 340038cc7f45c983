"""How commands end: our errors in one line and an exit code, interrupts with 130, bugs with a log ready to paste."""

from __future__ import annotations

import functools
import os
import platform
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from clipforge import __version__
from clipforge.cli.places import machine_from
from clipforge.cli.show import error_line
from clipforge.errors import EXIT_BUG, EXIT_INTERRUPTED, ClipforgeError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ends_well(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command: our errors become one line and an exit code, a bug becomes a log file."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        for number in STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # what nohup was asked to ignore stays ignored
                signal.signal(number, _stop)
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(interrupted())
        except ClipforgeError as error:
            print(error_line(error), file=sys.stderr)
            sys.exit(error.exit_code)
        except (SystemExit, BrokenPipeError):
            raise
        except Exception as error:  # the last stop of every bug
            # click ends a command by exceptions of its own (Exit, UsageError), which know their exit code.
            if hasattr(error, "exit_code"):
                raise
            sys.exit(report_bug("".join(traceback.format_exception(error))))

    return wrapped


def _stop(number: int, frame: FrameType | None) -> None:
    """The first signal: unwind, so that workers, temporary files and the terminal are left in order."""
    for other in STOP_SIGNALS:
        if signal.getsignal(other) is not signal.SIG_IGN:
            signal.signal(other, _stop_at_once)
    raise KeyboardInterrupt


def _stop_at_once(number: int, frame: FrameType | None) -> None:
    """The second: be gone. Workers end with us; the next run sweeps what is left."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h\r\n")  # the cursor, which the bars had hidden
    os._exit(EXIT_INTERRUPTED)


def interrupted() -> int:
    with suppress(OSError):
        print("Interrupted; what was finished is kept. Run the same command again to go on.", file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # noqa: PERF203  # the terminal has gone: what it was to show must not fail again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    for number in STOP_SIGNALS:
        # Python puts its handlers back at exit: a second signal that comes so late would decide the exit code.
        signal.signal(number, signal.SIG_IGN)
    return EXIT_INTERRUPTED


def report_bug(trace: str) -> int:
    """Write a log ready to paste into a report, say where it is, return the exit code."""
    text = "\n".join(
        [
            f"clipforge {__version__}",
            f"python {platform.python_version()} on {platform.platform()}",
            f"arguments: {sys.argv[1:]!r}",
            "",
            trace,
        ]
    )
    folder = machine_from(os.environ).cache_root / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="bug-", suffix=".log", dir=folder)
    except OSError:
        handle, name = tempfile.mkstemp(prefix="clipforge-bug-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    last = trace.strip().splitlines()[-1]
    print(f"Error: this is a bug in ClipForge: {last}\nThe log to report: {Path(name)}", file=sys.stderr)
    return EXIT_BUG
