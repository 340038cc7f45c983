"""The transcript file: everything known about the captions, as JSON. ``docs/json.md`` describes it for its readers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from clipforge.captions.cues import Cue
from clipforge.captions.words import Word
from clipforge.formats.base import Document
from clipforge.formats.text import plain, shown_lines

SCHEMA = 1
"""Rises when a field changes its meaning or goes away; new fields may come without it."""


def write(cues: Sequence[Cue], document: Document) -> str:
    """The file as text: one JSON object, with each cue on a line of its own, so that two versions can be compared."""
    head = {
        "schema": SCHEMA,
        "clip": plain(document.clip),
        "duration_ms": document.media_ms,
        "language": document.language,
        "model": plain(document.model),
    }
    rows = ",\n".join(_dump(_cue(cue)) for cue in cues)
    body = f"\n{rows}\n" if rows else ""
    return f'{_dump(head)[:-1]}, "cues": [{body}]}}\n'


def _dump(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _cue(cue: Cue) -> dict[str, Any]:
    words = [_word(word) for word in cue.words]
    return {"in_ms": cue.in_ms, "out_ms": cue.out_ms, "lines": shown_lines(cue.lines), "words": words}


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
