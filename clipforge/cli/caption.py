"""``clipforge caption``: clips in, captions out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clipforge.cli.endings import report_bug
from clipforge.cli.options import profiles_of, settings_from, takes_settings
from clipforge.cli.places import machine_for
from clipforge.errors import BadSetting
from clipforge.pipeline.request import Request
from clipforge.settings import Scope


@takes_settings(*Scope)
def caption(
    paths: Annotated[list[Path] | None, typer.Argument(help="Clips, and folders of clips.", show_default=False)] = None,
    files_from: Annotated[
        Path | None,
        typer.Option(
            "--files-from",
            metavar="FILE",
            rich_help_panel="Files",
            show_default=False,
            help="Read more paths from a file, one a line; - for standard input. NUL-separated lists work, too.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", rich_help_panel="Running", metavar=" ", help="Transcribe again, whatever is known."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", rich_help_panel="Running", metavar=" ", help="Say what would be done and why, and do nothing."
        ),
    ] = False,
    given: dict[str, object] | None = None,
) -> None:
    """Caption video clips.

    Writes captions beside each clip. Nothing that was done before is done again.
    """
    resolved = settings_from(given or {}, os.environ, Path.cwd())
    settings = resolved.settings
    listed = paths_listed_in(files_from) if files_from is not None else []
    machine = machine_for(settings, os.environ)
    request = Request((*(paths or ()), *listed), settings, machine, force, profiles_of(resolved))
    sys.exit(_forecast(request) if dry_run else _caption(request))


def _caption(request: Request) -> int:
    from clipforge.cli.printer import printer_for
    from clipforge.pipeline.prepare import prepare
    from clipforge.pipeline.run import caption as run
    from clipforge.pipeline.stores import Stores

    settings = request.settings
    with Stores.open(request) as stores:
        prepared = prepare(request, stores)
        with printer_for(settings, len(prepared.clips)) as emit:
            outcome = run(prepared, stores, emit)
    if outcome.bugs:
        return report_bug("\n".join(outcome.bugs))
    return outcome.finished.exit_code


def _forecast(request: Request) -> int:
    from clipforge.cli.forecast import print_forecast
    from clipforge.pipeline.forecast import forecast
    from clipforge.pipeline.prepare import prepare
    from clipforge.pipeline.stores import Stores

    with Stores.open(request) as stores:
        prepared = prepare(request, stores)
        print_forecast(forecast(prepared, stores), prepared)
    return 0


def paths_listed_in(source: Path) -> list[Path]:
    """Paths from a list, one a line or NUL-separated, empty ones left out. Raises `BadSetting`."""
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
    except OSError as error:
        raise BadSetting("--files-from", str(source), error.strerror or str(error), "a file, or -") from error
    separator = b"\0" if b"\0" in data else b"\n"
    names = [name if separator == b"\0" else name.removesuffix(b"\r") for name in data.split(separator)]
    return [Path(os.fsdecode(name)) for name in names if name]
