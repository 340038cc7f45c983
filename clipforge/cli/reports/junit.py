"""JUnit XML, which CI systems show as tests: a suite for each file, a failed case for each error, a passed one with
its text for each warning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET  # only written here

from clipforge.captions.findings import ERROR
from clipforge.cli.show import path_text
from clipforge.pipeline.lint_file import FileReport, Located

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(reports: Sequence[FileReport]) -> str:
    """The document, with its declaration."""
    root = ET.Element("testsuites", name="clipforge lint")
    total = failed = 0
    for report in reports:
        suite = _suite(report)
        total, failed = total + int(suite.get("tests", 0)), failed + int(suite.get("failures", 0))
        root.append(suite)
    root.attrib.update(tests=str(total), failures=str(failed), errors="0", time="0")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(report: FileReport) -> ET.Element:
    name = _clean(path_text(report.path))
    tests = str(max(1, len(report.found)))
    suite = ET.Element(
        "testsuite", name=name, tests=tests, failures=str(report.errors), errors="0", skipped="0", time="0"
    )
    if not report.found:
        ET.SubElement(suite, "testcase", name="no findings", classname=name, file=name, time="0")
    for each in report.found:
        suite.append(_case(name, each))
    return suite


def _case(file: str, each: Located) -> ET.Element:
    finding = each.finding
    message = _clean(finding.message)
    text = f"{file}:{each.line}: {finding.id} {message}"
    title = f"{finding.id} line {each.line}"
    case = ET.Element("testcase", name=title, classname=file, file=file, line=str(each.line), time="0")
    if finding.level == ERROR:
        ET.SubElement(case, "failure", type=finding.id, message=message).text = text
    else:
        ET.SubElement(case, "system-out").text = text
    return case


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
