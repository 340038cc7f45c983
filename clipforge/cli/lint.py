"""``clipforge lint``: caption files by anybody checked against a profile, and repaired."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clipforge.cli.options import profiles_of, settings_from, takes_settings
from clipforge.cli.show import error_line
from clipforge.errors import EXIT_CLIPS_FAILED, EXIT_OK, BadSetting

if TYPE_CHECKING:
    from clipforge.pipeline.lint_file import FileReport

_SHARED = ("profile", "max_line_length", "max_lines", "max_cps", "language", "recursive", "jobs", "quiet")
_FORMATS = ("text", "json", "sarif", "junit", "github")


@takes_settings(also=_SHARED)
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Caption files, and folders of them.", show_default=False)
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(
            "--media",
            metavar="CLIP",
            show_default=False,
            help="The clip of these captions. The one of the same name beside each file if not given.",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", metavar=" ", help="Repair what can be repaired without touching the text.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", metavar=" ", help="Show what --fix would change, and change nothing.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="|".join(_FORMATS), help="How findings are printed.")
    ] = _FORMATS[0],
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select", metavar="IDS", show_default=False, help="Only these findings: CF005,CF01. With commas."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="IDS", show_default=False, help="Not these findings."),
    ] = None,
    given: dict[str, object] | None = None,
) -> None:
    """Check caption files (SRT, WebVTT, ASS), and repair them.

    Exits with 1 where there are findings of level error.
    """
    from clipforge.pipeline.lint import LintRequest, chosen_ids
    from clipforge.pipeline.lint import lint as run
    from clipforge.pipeline.lint_file import Task
    from clipforge.pool.cores import usable_cores

    if form not in _FORMATS:
        raise BadSetting("--format", form, "flag", " or ".join(_FORMATS))
    if diff and form != "text":
        raise BadSetting("--diff", form, "with --format", "--format text: a diff is one itself")
    resolved = settings_from(given or {}, os.environ, Path.cwd())
    settings = resolved.settings
    ids = chosen_ids(_ids(select), _ids(ignore))
    task = Task(settings, ids, profiles_of(resolved), media, repairs=fix or diff, writes=fix and not diff)
    request = LintRequest(tuple(paths or ()), task, settings.jobs or usable_cores())
    reports = _shown(run(request), form, diff=diff)
    if form != "text":
        from clipforge.cli.reports import WHOLE

        sys.stdout.write(WHOLE[form](reports))
    elif not settings.quiet:
        _sum_up(reports, diff=diff, repaired=fix and not diff)
    failed = any(report.errors or report.failure for report in reports)
    sys.exit(EXIT_CLIPS_FAILED if failed else EXIT_OK)


def _ids(lists: list[str] | None) -> list[str]:
    return [part.strip().upper() for each in lists or () for part in each.split(",") if part.strip()]


def _shown(reports: Iterator[FileReport], form: str, *, diff: bool) -> list[FileReport]:
    """All reports, each printed as it comes where that is asked for; what could not be written is always said."""
    from clipforge.cli.reports.text import diff_of, lines_of

    shown = []
    for report in reports:
        shown.append(report)
        if diff:
            sys.stdout.write(diff_of(report, for_people=sys.stdout.isatty()))
        elif form == "text":
            for line in lines_of(report):
                print(line)
        if report.failure is not None:
            print(error_line(report.failure), file=sys.stderr)
    return shown


def _sum_up(reports: Sequence[FileReport], *, diff: bool, repaired: bool) -> None:
    """Below a diff, which a program may read, on standard error."""
    from clipforge.cli.reports.text import closing_line, diff_line, print_table

    sys.stdout.flush()
    if diff:
        print(diff_line(reports), file=sys.stderr)
    else:
        print_table(reports)
        print(closing_line(reports, repaired=repaired))
