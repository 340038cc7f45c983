"""Recorded speech whose every word and its time are known, for tests of everything that listens.

Spoken by a synthesizer (see ``make.py``), so the times are exact: they are the synthesizer's own. The words were chosen
so that both a rough engine and a tiny one can be asked for every word of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clipforge.captions.words import Word

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Utterance:
    """One file of speech: 16 kHz, mono."""

    path: Path
    voice: str
    duration_ms: int
    words: tuple[Word, ...]
    """In order; times from the start of the file, exact to the millisecond."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@lru_cache
def utterances() -> dict[str, Utterance]:
    """Every file, by the stem of its name: the short ones, ``pause`` (3 s of silence inside) and ``long`` (76 s)."""
    known = json.loads((FOLDER / "words.json").read_text("utf-8"))
    return {
        Path(entry["file"]).stem: Utterance(
            FOLDER / entry["file"],
            entry["voice"],
            round(entry["duration"] * 1000),
            tuple(Word(w["word"], round(w["start"] * 1000), round(w["end"] * 1000)) for w in entry["words"]),
        )
        for entry in known
    }
