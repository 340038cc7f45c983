"""A caption file as a document: what stands where, so that it can be checked, and edited without touching the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from clipforge.captions.cues import Cue
from clipforge.formats.sources.decoding import Encoding

Span = tuple[int, int]
"""Start and end (exclusive) in the text of a `Source`."""


_LINE_END = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces a span of the text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about the file itself that players stumble over."""

    line: int
    column: int
    """Both from 1, the column in characters."""
    message: str
    is_error: bool = True
    """False where players cope."""
    edits: tuple[Edit, ...] = ()
    """What repairs it; empty where that would be a guess."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A cue, and where its parts stand."""

    cue: Cue
    """Its text as it is seen, without markup."""
    line: int
    """Of its times, from 1."""
    unit: int
    """Where the line with its times starts."""
    in_span: Span
    out_span: Span
    body: Span
    """The text with its markup, without the last line end."""
    number: Span | None = None
    """SubRip's number."""
    column: int = 1
    """Of the in time, from 1."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read."""

    kind: str
    """``srt``, ``vtt`` or ``ass``."""
    text: str
    """As it stands in the file, line ends included, without a byte order mark."""
    encoding: Encoding
    entries: tuple[Entry, ...]
    """In the file's order; those of ASS in the order of their in times, as they are shown."""
    faults: tuple[Fault, ...] = ()
    language: str = ""
    """As the file itself says; empty where it does not."""

    @property
    def cues(self) -> list[Cue]:
        return [entry.cue for entry in self.entries]

    @property
    def line_end(self) -> str:
        """The one that the file uses."""
        end = self.text.find("\n")
        if end < 0:
            return "\r" if "\r" in self.text else "\n"
        return "\r\n" if self.text[end - 1 : end] == "\r" else "\n"


class Line(NamedTuple):
    """A line of a file. A tuple, because there are thousands and a frozen dataclass takes three times as long."""

    number: int
    start: int
    text: str
    """Without its line end."""
    next: int
    """Where the next line starts."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        return not self.text or self.text.isspace()


def lines_of(text: str) -> list[Line]:
    """The lines of a whole file, ended by LF, CRLF or CR; the last one is what follows the last line end."""
    found = []
    start = 0
    for number, end in enumerate(_LINE_END.finditer(text), start=1):
        found.append(Line(number, start, text[start : end.start()], end.end()))
        start = end.end()
    return [*found, Line(len(found) + 1, start, text[start:], len(text))]


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits made; no two of them overlap. Insertions at one place keep their order."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


Scan = Callable[[str, Encoding], Source]
"""Reads the text of a whole file; never raises."""
