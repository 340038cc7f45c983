"""Texts with the times of their words: what `tests.bench.layout` lays out. `make` says how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clipforge.captions.scripts import is_unspaced
from clipforge.captions.words import Word

FOLDER = Path(__file__).parent
TAIL_MS = 1000
"""Silence between the last word and the end of the clip."""


@dataclass(frozen=True)
class Text:
    """One recording."""

    name: str
    language: str
    words: tuple[Word, ...]

    @property
    def media_ms(self) -> int:
        return self.words[-1].end_ms + TAIL_MS


def texts() -> list[Text]:
    """All of them, English first. A line of a file is start and end in ms, and the word."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.tsv"))]
    return sorted(found, key=lambda text: text.language != "en")


def _read(path: Path) -> Text:
    words: list[Word] = []
    for line in path.read_text("utf-8").splitlines():
        start, end, text = line.split("\t")
        glued = bool(words) and is_unspaced(text[0])
        words.append(Word(text, int(start), int(end), glued=glued))
    return Text(path.stem, path.stem.partition("-")[0], tuple(words))
