"""What SubRip and WebVTT have in common: lines with two times, and the text below each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clipforge.captions.cues import Cue
from clipforge.formats.sources.base import Edit, Entry, Fault, Line
from clipforge.formats.sources.markup import Markup

ARROW = "-->"
_TIMES = re.compile(r"[ \t]*([\d:.,]+)[ \t]*-->[ \t]*([\d:.,]+)(?=\s|$)", re.ASCII)
_TIME = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:([.,])(\d{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Times:
    """What a line of times says."""

    in_ms: int
    out_ms: int
    in_span: tuple[int, int]
    out_span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Style:
    """How a format writes its times."""

    point: str
    """Between seconds and milliseconds."""
    hours: bool
    """True where hours must be written."""
    strict: bool
    """True where a cue whose times are written otherwise is not shown."""
    name: str


def read_times(line: Line, style: Style) -> tuple[Times | None, list[Fault]]:
    """The times of a line with an arrow in it, and what is wrong with them."""
    match = _TIMES.match(line.text)
    if match is None:
        column = line.text.index(ARROW) + 1
        return None, [Fault(line.number, column, "an arrow, but not between two times: the cue is lost")]
    faults: list[Fault] = []
    values = []
    for group in (1, 2):
        value, why, edits = _read_time(match[group], line.start + match.start(group), style)
        if why:
            is_error = style.strict or not edits
            faults.append(Fault(line.number, match.start(group) + 1, why, is_error, edits))
        values.append(value)
    if values[0] is None or values[1] is None:
        return None, faults
    spans = [(line.start + match.start(group), line.start + match.end(group)) for group in (1, 2)]
    return Times(values[0], values[1], spans[0], spans[1]), faults


def _read_time(text: str, start: int, style: Style) -> tuple[int | None, str, tuple[Edit, ...]]:
    """A time in ms, or None; what is wrong with it, or nothing; and what repairs that."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None, f"no time: {text}", ()
    hours, minutes, seconds, point, fraction = match.groups()
    ms = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction or 0)
    if int(minutes) > 59 or int(seconds) > 59:
        return None if style.strict else ms, f"no such time: {text}", ()
    if len(fraction or "") != 3:
        return ms, f"milliseconds have three digits: {text}", ()
    well_formed = point == style.point and len(minutes) == len(seconds) == 2
    if well_formed and (len(hours) >= 2 if hours else not style.hours):
        return ms, "", ()
    return ms, f"not as {style.name} writes times: {text}", (Edit(start, start + len(text), time_text(ms, style)),)


def time_text(ms: int, style: Style, like: str = "") -> str:
    """``01:02:03,456``; without hours where ``like`` has none and there are none."""
    seconds, ms = divmod(max(0, ms), 1000)
    hours, rest = divmod(seconds, 3600)
    head = f"{hours:02d}:" if hours or style.hours or like.count(":") != 1 else ""
    return f"{head}{rest // 60:02d}:{rest % 60:02d}{style.point}{ms:03d}"


def entry(
    line: Line, times: Times, body: Sequence[Line], markup: Markup, number: tuple[int, int] | None = None
) -> Entry:
    """A cue with the lines of its text, of which the last is not blank."""
    span = (body[0].start, body[-1].end) if body else (line.next, line.next)
    raw = "\n".join(part.text for part in body)
    return Entry(
        cue=Cue(times.in_ms, times.out_ms, markup.seen(raw)),
        line=line.number,
        unit=line.start,
        in_span=times.in_span,
        out_span=times.out_span,
        body=span,
        number=number,
        column=times.in_span[0] - line.start + 1,
    )


def without_blank_ends(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines from the first to the last that is not blank."""
    shown = [i for i, line in enumerate(lines) if not line.is_blank]
    return lines[shown[0] : shown[-1] + 1] if shown else ()
