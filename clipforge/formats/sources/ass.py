"""Advanced SubStation Alpha (and its elder, SSA): the lines of dialogue, and where their fields stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clipforge.captions.cues import Cue
from clipforge.formats.sources.base import Entry, Fault, Line, Source, lines_of
from clipforge.formats.sources.decoding import Encoding
from clipforge.formats.sources.markup import ASS

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_TIME = re.compile(r"[ \t]*((\d{1,3}):([0-5]\d):([0-5]\d)\.(\d\d))[ \t]*", re.ASCII)
_LANGUAGE = re.compile(r"Language:[ \t]*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)[ \t]*", re.IGNORECASE)
_SIGN = re.compile(r"\\(?:pos|move|org|i?clip|p[1-9])")
"""Text set into the picture, and drawings: no captions."""


def time_text(ms: int) -> str:
    """``0:01:02.34``, rounded to centiseconds."""
    total = (max(0, ms) + 5) // 10
    return f"{total // 360_000}:{total // 6000 % 60:02d}:{total // 100 % 60:02d}.{total % 100:02d}"


def scan(text: str, encoding: Encoding) -> Source:
    """The lines of dialogue in the order in which they are shown. Comments, signs and drawings are passed over."""
    section, language = "", ""
    fields: Sequence[str] = _FIELDS
    entries: list[Entry] = []
    faults: list[Fault] = []
    sections = set()
    for line in lines_of(text):
        bare = line.text.strip()
        if bare.startswith("[") and bare.endswith("]"):
            section = bare[1:-1].strip().lower()
            sections.add(section)
        elif section == "script info" and (named := _LANGUAGE.fullmatch(bare)):
            language = named[1]
        elif section == "events" and bare.startswith("Format:"):
            fields = [name.strip().lower() for name in bare.removeprefix("Format:").split(",")]
            if not {"start", "end", "text"} <= set(fields) or fields[-1] != "text":
                faults.append(Fault(line.number, 1, "events need Start, End and, last, Text"))
                fields = _FIELDS
        elif section == "events" and bare.startswith("Dialogue:"):
            found, wrong = _read(line, fields)
            entries += [found] if found else []
            faults += wrong
    if "events" not in sections:
        faults.append(Fault(1, 1, "no [Events]: there is no caption in it"))
    entries.sort(key=lambda entry: entry.cue.in_ms)
    return Source("ass", text, encoding, tuple(entries), tuple(faults), language)


def _read(line: Line, fields: Sequence[str]) -> tuple[Entry | None, list[Fault]]:
    start = line.text.index("Dialogue:") + len("Dialogue:")
    values = line.text[start:].split(",", len(fields) - 1)
    if len(values) < len(fields):
        return None, [Fault(line.number, 1, f"{len(values)} fields, where the format has {len(fields)}")]
    at = {}
    for name, value in zip(fields, values, strict=True):
        at[name] = start
        start += len(value) + 1
    times: list[tuple[int, tuple[int, int]]] = []
    for name in ("start", "end"):
        value = values[fields.index(name)]
        match = _TIME.fullmatch(value)
        if match is None:
            return None, [Fault(line.number, at[name] + 1, f"no time: {value.strip()}")]
        hours, minutes, seconds, hundredths = map(int, match.groups()[1:])
        ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
        span = (line.start + at[name] + match.start(1), line.start + at[name] + match.end(1))
        times.append((ms, span))
    body = line.text[at["text"] :]
    lines = () if _SIGN.search(body) and "{" in body else ASS.seen(body)
    if not lines:
        return None, []
    (in_ms, in_span), (out_ms, out_span) = times
    cue = Cue(in_ms, out_ms, lines)
    span = (line.start + at["text"], line.end)
    return Entry(cue, line.number, line.start, in_span, out_span, span, column=in_span[0] - line.start + 1), []
