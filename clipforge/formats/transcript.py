"""The transcript file: everything known about the captions, as JSON. ``docs/json.md`` describes it for its readers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from clipforge.captions.cues import Cue
from clipforge.captions.words import Doubt, HeardWindow, Word
from clipforge.formats.base import Document
from clipforge.formats.text import plain, shown_lines

SCHEMA = 1
"""Rises when a field changes its meaning or goes away; new fields may come without it."""


def write(cues: Sequence[Cue], document: Document) -> str:
    """The file as text: one JSON object. Cues and windows have a line each, so that two versions can be compared."""
    head = {
        "schema": SCHEMA,
        "clip": plain(document.clip),
        "duration_ms": document.media_ms,
        "language": document.language,
        "model": plain(document.model),
    }
    parts = {"cues": [_cue(cue) for cue in cues], "windows": [_window(window) for window in document.windows]}
    return f"{_dump(head)[:-1]}, {', '.join(f'{_dump(name)}: [{_rows(rows)}]' for name, rows in parts.items())}}}\n"


def _rows(rows: Sequence[dict[str, Any]]) -> str:
    return "\n" + ",\n".join(map(_dump, rows)) + "\n" if rows else ""


def _dump(data: dict[str, Any] | str) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _cue(cue: Cue) -> dict[str, Any]:
    words = [_word(word) for word in cue.words]
    return {"in_ms": cue.in_ms, "out_ms": cue.out_ms, "lines": shown_lines(cue.lines), "words": words}


def _window(window: HeardWindow) -> dict[str, Any]:
    """Times from the clip's start, as everywhere in the file."""
    transcript = window.transcript
    facts = {name: plain(fact) if isinstance(fact, str) else fact for name, fact in transcript.facts.items()}
    doubts = [_doubt(doubt.shifted(window.start_ms)) for doubt in transcript.doubts]
    times = {"start_ms": window.start_ms, "end_ms": window.end_ms}
    return {**times, "language": transcript.language, **facts, **({"doubts": doubts} if doubts else {})}


def _doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "start_ms": doubt.start_ms,
        "end_ms": doubt.end_ms,
        "text": plain(doubt.text),
        "signals": list(doubt.signals),
        "dropped": doubt.dropped,
    }


def _word(word: Word) -> dict[str, Any]:
    confidence = word.confidence
    if confidence is not None:
        confidence = round(confidence, 3) if math.isfinite(confidence) else None
    data: dict[str, Any] = {
        "text": plain(word.text),
        "start_ms": word.start_ms,
        "end_ms": word.end_ms,
        "confidence": confidence,
    }
    if word.glued:
        data["glued"] = True
    if word.speaker is not None:
        data["speaker"] = plain(word.speaker)
    return data
