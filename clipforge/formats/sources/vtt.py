"""WebVTT, read as https://www.w3.org/TR/webvtt1/ has it, with what a browser would drop pointed out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clipforge.formats.sources.base import Edit, Entry, Fault, Line, Source, lines_of
from clipforge.formats.sources.blocks import ARROW, Style, entry, read_times
from clipforge.formats.sources.decoding import Encoding
from clipforge.formats.sources.markup import WEBVTT

STYLE = Style(point=".", hours=False, strict=True, name="WebVTT")

_NOTES = re.compile(r"(NOTE|STYLE|REGION)(?=\s|$)")
_LANGUAGE = re.compile(r"Language:[ \t]*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)[ \t]*", re.IGNORECASE)


def scan(text: str, encoding: Encoding) -> Source:
    """The cues of a file and its faults."""
    lines = lines_of(text)
    faults: list[Fault] = []
    language, body_from = "", 0
    if re.match(r"WEBVTT(?:[ \t]|$)", lines[0].text):
        body_from = 1
        while body_from < len(lines) and lines[body_from].text and ARROW not in lines[body_from].text:
            if named := _LANGUAGE.fullmatch(lines[body_from].text):
                language = named[1]
            body_from += 1
        if body_from < len(lines) and ARROW in lines[body_from].text:
            at = lines[body_from].start
            faults.append(Fault(body_from + 1, 1, "no empty line below WEBVTT", edits=(Edit(at, at, "\n"),)))
    else:
        faults.append(Fault(1, 1, "no WEBVTT on the first line: browsers refuse it", edits=(Edit(0, 0, "WEBVTT\n\n"),)))
    entries: list[Entry] = []
    for block in _blocks(lines[body_from:]):
        found, wrong = _read(block)
        entries += [found] if found else []
        faults += wrong
    return Source("vtt", text, encoding, tuple(entries), tuple(faults), language)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines without an empty one; a second line of times begins another."""
    block: list[Line] = []
    has_times = False
    for line in lines:
        times = ARROW in line.text
        if not line.text or (times and has_times):
            if block:
                yield block
            block, has_times = [], False
        if line.text:
            block.append(line)
            has_times = has_times or times
    if block:
        yield block


def _read(block: Sequence[Line]) -> tuple[Entry | None, list[Fault]]:
    at = next((i for i, line in enumerate(block[:2]) if ARROW in line.text), None)
    first = block[0]
    if at is None:
        if _NOTES.match(first.text) or all(line.is_blank for line in block):
            return None, []
        return None, [Fault(first.number, 1, "text that belongs to no cue is never shown")]
    times, faults = read_times(block[at], STYLE)
    if times is None:
        return None, faults
    found = entry(block[at], times, block[at + 1 :], WEBVTT)
    if not found.cue.lines:
        return None, [*faults, Fault(block[at].number, 1, "a cue without text", is_error=False)]
    return found, faults
