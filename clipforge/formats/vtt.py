"""WebVTT, as https://www.w3.org/TR/webvtt1/ has it: plain cues, hours always written, no styles."""

from __future__ import annotations

import html
from collections.abc import Sequence

from clipforge.captions.cues import Cue
from clipforge.formats.base import Document
from clipforge.formats.sources.decoding import UTF8
from clipforge.formats.sources.vtt import scan
from clipforge.formats.text import shown_lines

HEADER = "WEBVTT\n"


def timestamp(ms: int) -> str:
    """``01:02:03.456``; hours have two digits or more."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def write(cues: Sequence[Cue], document: Document) -> str:
    """The file as text; the header alone where there are no cues. Escaping ``>`` also disarms an arrow in the text."""
    blocks = [HEADER]
    for cue in cues:
        lines = [html.escape(line, quote=False) for line in shown_lines(cue.lines)]
        if lines:
            timing = f"{timestamp(cue.in_ms)} --> {timestamp(cue.out_ms)}"
            blocks.append("\n".join([timing, *lines]) + "\n")
    return "\n".join(blocks)


def read(text: str) -> list[Cue]:
    """The cues in the file's order, as their text is seen: tags taken out, character references resolved. Cue names and
    settings, notes, styles and regions are passed over."""
    return scan(text.removeprefix("\ufeff"), UTF8).cues
