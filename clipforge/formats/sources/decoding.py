"""Bytes of a caption file to text: UTF-8, UTF-16 and UTF-32, and the code page that is left where they do not fit."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 4096
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's text stands on the disk."""

    name: str
    """Python's."""
    mark: bytes = b""
    """The byte order mark."""
    errors: str = "strict"
    """``surrogateescape`` where some bytes do not decode: they are written back as they were."""
    guessed: bool = False
    """True where nothing in the file says so."""

    def encode(self, text: str) -> bytes:
        """The whole file. Raises UnicodeEncodeError."""
        return self.mark + text.encode(self.name, self.errors)


UTF8 = Encoding("utf-8")


def decode(data: bytes) -> tuple[str, Encoding]:
    """The text of a file, without its byte order mark, and how to write it back.

    Never raises, and what it gives encodes to the same bytes again.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name, mark)
    wide = _wide(data[:_SAMPLE_BYTES])
    return _decoded(data, wide or "utf-8", b"")


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: mostly every other byte is zero."""
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _decoded(data: bytes, name: str, mark: bytes) -> tuple[str, Encoding]:
    try:
        return data.decode(name), Encoding(name, mark, guessed=not mark and name != "utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "surrogateescape")
    damaged = len(_ESCAPED.findall(text))
    beyond_ascii = sum(char > "\x7f" for char in text) - damaged
    if mark or damaged < beyond_ascii:
        return text, Encoding("utf-8", mark, "surrogateescape")
    try:
        return data.decode("cp1252"), Encoding("cp1252", guessed=True)
    except UnicodeDecodeError:
        return data.decode("latin-1"), Encoding("latin-1", guessed=True)
