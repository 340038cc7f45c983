"""SubRip, as it is found: nobody wrote it down, so what most players take is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from clipforge.formats.sources.base import Edit, Entry, Fault, Line, Source, lines_of
from clipforge.formats.sources.blocks import ARROW, Style, entry, read_times, without_blank_ends
from clipforge.formats.sources.decoding import Encoding
from clipforge.formats.sources.markup import SUBRIP

STYLE = Style(point=",", hours=True, strict=False, name="SubRip")

_NUMBER = re.compile(r"\s*(\d+)\s*", re.ASCII)
_TIME = r"\s*\d+:\d\d(?::\d\d)?[.,]\d+\s*"
_NEARLY_TIMES = re.compile(rf"{_TIME}(?:-+>?|–>?|—>?|=+>|→|>+){_TIME}", re.ASCII)


def scan(text: str, encoding: Encoding) -> Source:
    """The cues of a file and its faults. A blank line ends no cue: only the next times do, as in ffmpeg."""
    lines = lines_of(text)
    heads = [i for i, line in enumerate(lines) if ARROW in line.text]
    eol = "\r\n" if "\r\n" in text else "\n"
    entries: list[Entry] = []
    faults = _before_first(lines, heads)
    starts = [_start(lines, i) for i in heads]
    for at, start, end in zip(heads, starts, [*starts, len(lines)][1:], strict=True):
        line = lines[at]
        times, wrong = read_times(line, STYLE)
        faults += wrong
        faults += _head_faults(lines, at, start, eol, len(entries) + 1)
        if times is None:
            continue
        text_end, nearly = _up_to_broken_times(lines, at + 1, end)
        faults += nearly
        body = without_blank_ends(lines[at + 1 : text_end])
        found = entry(line, times, body, SUBRIP, _number_span(lines[start]) if start < at else None)
        if found.cue.lines:
            entries.append(found)
            faults += _blank_lines(body)
        else:
            faults.append(Fault(line.number, 1, "a cue without text", is_error=False))
    return Source("srt", text, encoding, tuple(entries), tuple(sorted(faults, key=lambda f: (f.line, f.column))))


def _start(lines: Sequence[Line], at: int) -> int:
    """The line that a cue begins with: its number, or the times at ``at``."""
    return at - 1 if at and _NUMBER.fullmatch(lines[at - 1].text) and ARROW not in lines[at - 1].text else at


def _number_span(line: Line) -> tuple[int, int]:
    match = _NUMBER.fullmatch(line.text)
    return (line.start + match.start(1), line.start + match.end(1)) if match else (line.start, line.start)


def _before_first(lines: Sequence[Line], heads: Sequence[int]) -> list[Fault]:
    first = _start(lines, heads[0]) if heads else len(lines)
    stray = next((line for line in lines[:first] if not line.is_blank), None)
    if stray is None:
        return []
    what = "text before the first cue" if heads else "no cue: no line with two times and an arrow between them"
    return [Fault(stray.number, 1, what)]


def _head_faults(lines: Sequence[Line], at: int, start: int, eol: str, number: int) -> list[Fault]:
    """A missing number, or a cue that begins right below the text of the one before."""
    found = []
    if start == at:
        edit = Edit(lines[at].start, lines[at].start, f"{number}{eol}")
        found.append(Fault(lines[at].number, 1, "a cue without a number", is_error=False, edits=(edit,)))
    if start and not lines[start - 1].is_blank:
        edit = Edit(lines[start].start, lines[start].start, eol)
        found.insert(0, Fault(lines[start].number, 1, "no empty line before this cue", edits=(edit,)))
    return found


def _up_to_broken_times(lines: Sequence[Line], begin: int, end: int) -> tuple[int, list[Fault]]:
    """Where a cue's text ends, as lines that were meant for times belong to none; and those lines."""
    broken = [i for i in range(begin, end) if _NEARLY_TIMES.match(lines[i].text)]
    wrong = [Fault(lines[i].number, 1, f"times without the arrow {ARROW}: this cue is not shown") for i in broken]
    return (max(begin, _start(lines, broken[0])) if broken else end), wrong


def _blank_lines(body: Sequence[Line]) -> list[Fault]:
    """Each run of blank lines inside a text."""
    found = []
    for before, line in pairwise(body):
        if line.is_blank and not before.is_blank:
            after = next(later for later in body if later.number > line.number and not later.is_blank)
            edit = Edit(line.start, after.start, "")
            found.append(Fault(line.number, 1, "an empty line inside a cue: many players end it there", edits=(edit,)))
    return found
