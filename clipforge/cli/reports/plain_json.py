"""One JSON object. ``docs/json.md`` describes it for its readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from clipforge.cli.show import path_text
from clipforge.pipeline.lint_file import FileReport

SCHEMA = 1
"""Rises when a field changes its meaning or goes away; new fields may come without it."""


def write(reports: Sequence[FileReport]) -> str:
    """Findings in the order of their files and lines."""
    findings = [
        {"file": path_text(report.path), "line": each.line, "column": each.column or None, **asdict(each.finding)}
        for report in reports
        for each in report.found
    ]
    data = {
        "schema": SCHEMA,
        "files": len(reports),
        "errors": sum(report.errors for report in reports),
        "warnings": sum(len(report.found) - report.errors for report in reports),
        "repaired": sum(report.mended for report in reports),
        "not_written": [{"file": path_text(r.path), "message": r.failure.message} for r in reports if r.failure],
        "findings": findings,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
