"""Where the program starts."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from clipforge.cli.endings import interrupted, report_bug
from clipforge.cli.show import error_line
from clipforge.errors import ClipforgeError


def run(arguments: Sequence[str]) -> int:
    """The whole command line; returns the exit code."""
    from clipforge.cli.spelling import respell

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows a substitute; it never stops a batch.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        from clipforge.cli.app import app

        app(respell(arguments), prog_name="clipforge")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return interrupted()
    except ClipforgeError as error:
        print(error_line(error), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (`| head`). Keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # outside of any command
        return report_bug("".join(traceback.format_exception(error)))
    return 0
