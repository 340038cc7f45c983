"""Caption text made fit for a file: whatever an engine wrote, it stays text and never ends a line, a cue or a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINE_BREAKS = re.compile(
    "\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"
)  # all that str.splitlines and other readers break at
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f ]+")
_SURROGATES = re.compile("[\ud800-\udfff]")  # not encodable: half a character, or a byte of a file name


def plain(text: str) -> str:
    """One line of text that UTF-8 can hold: breaks and other control characters are spaces, no space at either end."""
    text = _SURROGATES.sub("\ufffd", text.replace("\ufeff", ""))
    return _CONTROLS.sub(" ", _LINE_BREAKS.sub(" ", text)).strip()


def shown_lines(lines: Iterable[str]) -> list[str]:
    """The lines as they can be shown: a line with a break inside is several, and none of them is blank."""
    parts = (plain(part) for line in lines for part in _LINE_BREAKS.split(line))
    return [part for part in parts if part]


def unix_lines(text: str) -> str:
    """A whole file with its lines ended by LF alone and without BOM; other break characters are spaces, so that they
    cannot cut a cue in two."""
    text = re.sub("\r\n?", "\n", text.removeprefix("\ufeff"))
    return re.sub("[\v\f\x1c-\x1e\x85\u2028\u2029]", " ", text)
