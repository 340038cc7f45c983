"""Workflow commands of GitHub Actions, which show findings beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from clipforge.cli.show import path_text
from clipforge.pipeline.lint_file import FileReport, Located

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def write(reports: Sequence[FileReport]) -> str:
    """A command a line; nothing where there is nothing to say."""
    return "".join(_command(path_text(report.path), each) + "\n" for report in reports for each in report.found)


def _command(file: str, each: Located) -> str:
    finding = each.finding
    properties = {"file": file, "line": str(each.line)} | ({"col": str(each.column)} if each.column else {})
    properties["title"] = finding.id
    shown = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{finding.level} {shown}::{finding.id} {finding.message.translate(_DATA)}"
