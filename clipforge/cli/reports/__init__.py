"""The findings of ``clipforge lint``, written for people and for programs: one module a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from clipforge.cli.reports import github, junit, plain_json, sarif
from clipforge.pipeline.lint_file import FileReport

TEXT = "text"

WHOLE: Mapping[str, Callable[[Sequence[FileReport]], str]] = MappingProxyType(
    {"json": plain_json.write, "sarif": sarif.write, "junit": junit.write, "github": github.write}
)
"""Formats that are written once all files are known. `TEXT` is printed file by file."""

NAMES = (TEXT, *WHOLE)
