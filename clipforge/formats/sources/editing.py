"""Changing a caption file in place: its times, its line breaks, a cue made several. Every other byte stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from types import MappingProxyType

from clipforge.captions.cues import Cue
from clipforge.formats.sources import ass, scan, srt, vtt
from clipforge.formats.sources.base import Edit, Entry, Source, Span, apply
from clipforge.formats.sources.blocks import time_text
from clipforge.formats.sources.markup import MARKUP, rebroken

GRID_MS: Mapping[str, int] = MappingProxyType({"srt": 1, "vtt": 1, "ass": 10})
"""What the times of each kind are whole numbers of."""


def can_split(source: Source) -> list[bool]:
    """Per entry, whether its text can be divided: markup would have to be closed and opened again."""
    kind = MARKUP[source.kind]
    return [not kind.has_tags(source.text[slice(*entry.body)]) for entry in source.entries]


def edited(source: Source, repaired: Sequence[Sequence[Cue]]) -> Source | None:
    """The file with new cues: per entry those that it has become, one for most.

    The cues of one entry have its words, in order. What is unchanged is not touched, nor is a text whose line breaks
    cannot be moved. None where the new file would not be read as these cues.
    """
    edits: list[Edit] = []
    wanted: list[Cue] = []
    divides = any(len(cues) > 1 for cues in repaired)
    for entry, cues in zip(source.entries, repaired, strict=True):
        body = _body(source, entry, cues)
        if body is None:
            cues = [replace(cues[0], lines=entry.cue.lines)] if len(cues) == 1 else [entry.cue]
            body = source.text[slice(*entry.body)]
        number = len(wanted) + 1
        wanted += cues
        if divides and entry.number is not None:
            edits.append(Edit(*entry.number, str(number)))
        edits += (
            _changed(source, entry, cues[0], body) if len(cues) == 1 else _divided(source, entry, cues, body, number)
        )
    made = rescan(source, edits)
    expected = sorted(wanted, key=lambda cue: cue.in_ms) if source.kind == "ass" else wanted
    return made if made.cues == expected else None


def rescan(source: Source, edits: Sequence[Edit]) -> Source:
    """The file after its edits, read again."""
    return scan(apply(source.text, edits), source.kind, source.encoding)


def _changed(source: Source, entry: Entry, cue: Cue, body: str) -> Iterator[Edit]:
    now, was = (cue.in_ms, cue.out_ms), (entry.cue.in_ms, entry.cue.out_ms)
    for ms, before_ms, span in zip(now, was, (entry.in_span, entry.out_span), strict=True):
        if ms != before_ms:
            yield Edit(*span, _time(source, ms, span))
    if cue.lines != entry.cue.lines:
        yield Edit(*entry.body, body)


def _time(source: Source, ms: int, like: Span) -> str:
    if source.kind == "ass":
        return ass.time_text(ms)
    return time_text(ms, srt.STYLE if source.kind == "srt" else vtt.STYLE, source.text[slice(*like)])


def _line_break(source: Source) -> str:
    return "\\N" if source.kind == "ass" else source.line_end


def _body(source: Source, entry: Entry, cues: Sequence[Cue]) -> str | None:
    """An entry's text in the lines of these cues; None where it cannot be brought into them."""
    kind = MARKUP[source.kind]
    raw = source.text[slice(*entry.body)]
    lines = tuple(chain.from_iterable(cue.lines for cue in cues))
    if lines == entry.cue.lines and len(cues) == 1:
        return raw
    body = rebroken(raw, lines, kind, _line_break(source))
    divisible = len(cues) == 1 or len(body.split(_line_break(source))) == len(lines)
    return body if kind.seen(body) == lines and divisible else None


def _divided(source: Source, entry: Entry, cues: Sequence[Cue], body: str, number: int) -> Iterator[Edit]:
    """Several cues for one, each with everything that stood around its times."""
    end = source.line_end
    lines = iter(body.split(_line_break(source)))
    parts = []
    for later, cue in enumerate(cues):
        if later:
            parts.append({"srt": f"{end}{end}{number + later}{end}", "vtt": f"{end}{end}", "ass": end}[source.kind])
        parts += [
            source.text[entry.unit : entry.in_span[0]],
            _time(source, cue.in_ms, entry.in_span),
            source.text[entry.in_span[1] : entry.out_span[0]],
            _time(source, cue.out_ms, entry.out_span),
            source.text[entry.out_span[1] : entry.body[0]],
            _line_break(source).join(islice(lines, len(cue.lines))),
        ]
    yield Edit(entry.unit, entry.body[1], "".join(parts))
