"""Events as JSON, and their documentation."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from clipforge.captions.findings import Finding
from clipforge.events import ClipFinished, Event, Notice, as_json
from clipforge.pipeline.forecast import Forecast

PAGE = (Path(__file__).parents[1] / "docs" / "json.md").read_text(encoding="utf-8")


def documented(name: str) -> set[str]:
    """The field names in the table under an event's heading."""
    section = PAGE.split(f"### {name}\n", 1)[1].split("\n#", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {field for cell in cells for field in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("event", get_args(Event), ids=lambda cls: cls.__name__)
def test_every_field_of_every_event_is_documented(event: type[Event]) -> None:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
    assert documented(name) == {field.name for field in fields(event)}


def test_the_forecast_is_documented() -> None:
    assert documented("clip_forecast") == {field.name for field in fields(Forecast)}


def test_every_field_of_a_finding_is_documented() -> None:
    section = PAGE.split("## Findings\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {field for cell in cells for field in re.findall(r"`(\w+)`", cell)}
    assert named >= {field.name for field in fields(Finding)}


def test_an_event_is_its_own_json() -> None:
    assert as_json(Notice("info", "hello")) == {"event": "notice", "level": "info", "message": "hello", "remedy": ""}
    finished = ClipFinished("a.mp4", "captioned", ("a.srt",))
    assert json.loads(json.dumps(as_json(finished)))["outputs"] == ["a.srt"]
