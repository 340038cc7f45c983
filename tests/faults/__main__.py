"""Runs the fault suite and prints its table: ``python -m tests.faults [--full] [--rows 1-6,13] [--write]``.

Each row is a pytest run of its own. ``--write`` puts the rows that ran into the table of ``docs/reliability.md`` and
leaves the others there as they are, so a full run can be split.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import psutil

from tests.faults.rows import FULL, ROWS, Row

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
HEAD = "| # | fault | outcome | repetitions | passed | seconds |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Tried:
    """How a row came out."""

    row: Row
    repetitions: int
    passed: int
    skipped: int
    took_s: float

    def line(self) -> str:
        row = self.row
        passed = f"{self.passed}" if not self.skipped else f"{self.passed} ({self.skipped} skipped)"
        return f"| {row.number} | {row.fault} | {row.outcome} | {self.repetitions} | {passed} | {self.took_s:.0f} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the full counts")
    parser.add_argument("--rows", default="", help="only these: 1-6,13")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    tried = []
    for number in _numbers(chosen.rows):
        tried.append(_try(ROWS[number], full=chosen.full))
        print(tried[-1].line(), file=sys.stderr, flush=True)
    lines = {t.row.number: t.line() for t in tried}
    print(f"{machine()}\n\n{_table(lines)}")
    if chosen.write:
        _write(lines)
    return int(any(not t.repetitions or t.passed + t.skipped < t.repetitions for t in tried))


def machine() -> str:
    """What the figures were taken on, in one line."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}."
    )


def _numbers(text: str) -> list[int]:
    """The rows meant by ``1-6,13``; all where there is nothing."""
    chosen: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        chosen.update(range(int(first), int(last or first) + 1))
    return sorted(chosen & set(ROWS)) if text else sorted(ROWS)


def _try(row: Row, *, full: bool) -> Tried:
    files = sorted(FOLDER.glob(f"test_row{row.number:02}_*.py"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # One at a time: what is promised within seconds is promised to a machine that is not busy with other tests.
        options = ["-n", "0", "-p", "no:cacheprovider", f"--junitxml={report}"]
        environment = {**os.environ, FULL: "1"} if full else {n: v for n, v in os.environ.items() if n != FULL}
        if files:
            subprocess.run(
                [sys.executable, "-m", "pytest", *options, *files], cwd=ROOT, env=environment, stdout=sys.stderr
            )
        # Our own pytest wrote it.
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314
    skipped = sum(case.find("skipped") is not None for case in cases)
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    return Tried(row, len(cases), len(cases) - skipped - failed, skipped, time.monotonic() - began)


def _table(lines: dict[int, str]) -> str:
    return "\n".join([HEAD, *(lines[number] for number in sorted(lines))])


def _write(lines: dict[int, str]) -> None:
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    table, _, after = rest.partition(END)
    known = {int(found[1]): found[0] for found in re.finditer(r"^\| (\d+) \|.*$", table, re.MULTILINE)}
    PAGE.write_text(f"{before}{BEGIN}\n{machine()}\n\n{_table({**known, **lines})}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
