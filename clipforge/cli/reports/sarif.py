"""SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clipforge import __version__
from clipforge.cli.reports.rules import RULES
from clipforge.pipeline.lint_file import FileReport, Located

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(reports: Sequence[FileReport]) -> str:
    """One run, its rules in the order of their ids."""
    rules = [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()]
    driver = {"name": "ClipForge", "version": __version__, "semanticVersion": __version__, "rules": rules}
    results = [_result(report.path, each) for report in reports for each in report.found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _result(path: Path, each: Located) -> dict[str, Any]:
    finding = each.finding
    region = {"startLine": each.line} | ({"startColumn": each.column} if each.column else {})
    location = {"artifactLocation": {"uri": uri(path)}, "region": region}
    return {
        "ruleId": finding.id,
        "ruleIndex": list(RULES).index(finding.id),
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
        "properties": {
            "cue": finding.cue,
            "measured": finding.measured,
            "limit": finding.limit,
            "profile": finding.profile,
            "repairable": finding.repairable,
            "source": finding.source,
        },
    }


def uri(path: Path) -> str:
    """A path as a URI reference: relative paths stay so, other bytes than ASCII's are escaped."""
    return path.as_uri() if path.is_absolute() else quote(bytes(path))
