"""``--dry-run``: what would be done and why, one line a clip."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from clipforge.cli.results import NAME_WIDTH
from clipforge.cli.show import count, duration, one_line, path_text, size
from clipforge.pipeline.forecast import TRANSCRIBE, Forecast
from clipforge.pipeline.prepare import Prepared


def print_forecast(rows: Iterable[Forecast], prepared: Prepared) -> None:
    """Lines for people, or with ``--json`` one object per clip."""
    total_s, windows = 0.0, 0
    for row in rows:
        if prepared.settings.json:
            print(json.dumps({"event": "clip_forecast", **asdict(row)}))
        else:
            print(forecast_line(row))
        total_s += row.took_s
        windows += row.windows
    if windows and not prepared.settings.json and not prepared.settings.quiet:
        workers = count(prepared.plan.workers, "worker")
        took = duration(total_s / prepared.plan.workers)
        print(f" {count(windows, 'window')} with {prepared.plan.model.name} on {workers}: about {took}")


def forecast_line(row: Forecast) -> str:
    """`` harbour-tour.mp4   transcribe 2 windows   beam size 5 → 8   ~6 s   0.5 GiB``."""
    what = row.action
    if row.action == TRANSCRIBE:
        about = "up to " if row.is_estimate else ""
        what = f"{row.action} {about}{count(row.windows, 'window')}"
    why = ", ".join(row.reasons) or row.message
    parts = [f" {path_text(Path(row.clip).name):<{NAME_WIDTH}}", f"{what:<28}", one_line(why)]
    if row.action == TRANSCRIBE:
        parts += [f"~{duration(row.took_s)}", size(row.cost_bytes)]
    return "  ".join(part for part in parts if part).rstrip()
