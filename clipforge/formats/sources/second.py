"""A second reader, which shares no code with ours: pysrt for SubRip, pysubs2 for the others. Where it finds other cues
than we do, so will some player."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from itertools import zip_longest
from types import MappingProxyType

from clipforge.formats.sources.base import Fault, Source
from clipforge.formats.text import unix_lines

_TIME = re.compile(r"\d:\d\d\.\d\d")

Times = list[tuple[int, int]]
"""In and out times in ms."""


def disagreement(source: Source) -> Fault | None:
    """Where the other library begins to read other times; None where it agrees, or where it is known to be wrong."""
    if source.kind == "vtt" and any(_TIME.search(source.text, *entry.body) for entry in source.entries):
        return None  # pysubs2 takes a line with two times inside a text for a cue
    name, theirs = _READERS[source.kind](source.text)
    ours = [(entry.cue.in_ms, entry.cue.out_ms) for entry in source.entries]
    if source.kind == "ass":
        theirs = [times for times in theirs if times in set(ours)]
        theirs.sort(key=lambda times: times[0])
    if theirs == ours:
        return None
    for entry, times in zip_longest(source.entries, theirs):
        if entry is None or times != (entry.cue.in_ms, entry.cue.out_ms):
            line = entry.line if entry else source.entries[-1].line if source.entries else 1
            return Fault(line, 1, f"{name} reads {len(theirs)} cues, others than these {len(ours)} from here", False)
    return None


def _by_pysrt(text: str) -> tuple[str, Times]:
    from pysrt import SubRipFile

    items = SubRipFile.from_string(unix_lines(text))
    return "pysrt", [(item.start.ordinal, item.end.ordinal) for item in items if item.text.strip()]


def _by_pysubs2(text: str, kind: str) -> tuple[str, Times]:
    from pysubs2 import SSAFile

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fields that have no say in times
            read = SSAFile.from_string(unix_lines(text), format_=kind)
    except Exception:  # it lets ValueError, KeyError and more of its own parsing pass
        return "pysubs2", []
    return "pysubs2", [(event.start, event.end) for event in read if event.text and not event.is_comment]


_READERS: Mapping[str, Callable[[str], tuple[str, Times]]] = MappingProxyType(
    {"srt": _by_pysrt, "vtt": partial(_by_pysubs2, kind="vtt"), "ass": partial(_by_pysubs2, kind="ass")}
)
