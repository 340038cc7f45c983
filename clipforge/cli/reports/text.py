"""For people: a line for each finding as compilers print them, then a table of what was found, then one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from clipforge.captions.findings import ERROR
from clipforge.captions.repair import REPAIRED_IDS
from clipforge.cli.reports.rules import RULES
from clipforge.cli.show import count, one_line, path_text
from clipforge.pipeline.lint_file import PARSES, FileReport


def lines_of(report: FileReport) -> Iterator[str]:
    """``clip.srt:12: CF005 reading speed 24.1 > 20 CPS (netflix-en)``."""
    name = path_text(report.path)
    for each in report.found:
        where = f"{each.line}:{each.column}" if each.column else f"{each.line}"
        yield f"{name}:{where}: {each.finding.id} {one_line(each.finding.message)}"


def diff_of(report: FileReport, *, for_people: bool) -> str:
    """What a repair would change, as ``patch`` takes it; control characters escaped where people read it."""
    if report.texts is None:
        return ""
    name = path_text(report.path)
    before, after = ([f"{line}\n" for line in text.split("\n")] for text in report.texts)
    for lines in (before, after):
        last = lines.pop().removesuffix("\n")
        if last:
            lines.append(f"{last}\n\\ No newline at end of file\n")
    diff = "".join(unified_diff(before, after, name, name))
    return "".join(f"{one_line(line)}\n" for line in diff.split("\n")[:-1]) if for_people else diff


def print_table(reports: Sequence[FileReport]) -> None:
    """The findings by id; nothing where there are none."""
    found = [each.finding for report in reports for each in report.found]
    if not found:
        return
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    levels = Counter((finding.id, finding.level == ERROR) for finding in found)
    files = Counter(rule for report in reports for rule in {each.finding.id for each in report.found})
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("", "rule"):
        table.add_column(heading)
    for heading in ("errors", "warnings", "files"):
        table.add_column(heading, justify="right")
    for rule in sorted(files):
        numbers = (levels[rule, True], levels[rule, False], files[rule])
        table.add_row(rule, RULES[rule], *(str(number or "") for number in numbers))
    Console(highlight=False).print(table)


def diff_line(reports: Sequence[FileReport]) -> str:
    """``Would repair 12 findings in 2 of 10 files.``"""
    changed = [report for report in reports if report.texts is not None]
    mended = count(sum(report.mended for report in changed), "finding")
    return f"Would repair {mended} in {len(changed)} of {count(len(reports), 'file')}."


def closing_line(reports: Sequence[FileReport], *, repaired: bool) -> str:
    """``Found 12 findings, 3 of them errors, in 2 of 10 files.  6 may be repaired: --fix``."""
    found = [each.finding for report in reports for each in report.found]
    mended = sum(report.mended for report in reports)
    parts = []
    if mended and repaired:
        parts.append(f"Repaired {count(mended, 'finding')} in {count(sum(r.mended > 0 for r in reports), 'file')}.")
    if not found:
        return " ".join([*parts, f"No findings in {count(len(reports), 'file')}."])
    errors = sum(finding.level == ERROR for finding in found)
    with_some = sum(bool(report.found) for report in reports)
    which = f"{count(len(found), 'finding')}, {count(errors, 'error')} among them,"
    parts.append(f"{which} in {with_some} of {count(len(reports), 'file')}.")
    hopeful = sum(finding.repairable and finding.id in REPAIRED_IDS | {PARSES} for finding in found)
    if hopeful and not repaired:
        parts.append(f" {hopeful} may be repaired: --fix, or --diff to see it first")
    return " ".join(parts)
