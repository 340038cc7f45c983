"""WebVTT, as https://www.w3.org/TR/webvtt1/ has it: plain cues, hours always written, no styles."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from clipforge.captions.cues import Cue
from clipforge.formats.base import Document
from clipforge.formats.text import shown_lines, unix_lines

HEADER = "WEBVTT\n"

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)", re.ASCII)
_TAG = re.compile(r"<[^>]*>")


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
    cues = []
    for block in re.split(r"\n{2,}", unix_lines(text)):
        lines = block.split("\n")
        for at, line in enumerate(lines[:2]):  # the timing, or a cue's name and the timing
            if match := _TIMING.match(line):
                times = [int(part or 0) for part in match.groups()]
                shown = shown_lines(html.unescape(_TAG.sub("", "\n".join(lines[at + 1 :]))).split("\n"))
                if shown:
                    cues.append(Cue(_ms(times[:4]), _ms(times[4:]), tuple(shown)))
                break
    return cues


def _ms(parts: Sequence[int]) -> int:
    hours, minutes, seconds, ms = parts
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
