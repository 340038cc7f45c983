"""Caption files by anybody, read as documents: `parse` says what is in one and what is wrong with it, `editing` changes
times and line breaks and leaves every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from clipforge.formats.sources import ass, srt, vtt
from clipforge.formats.sources.base import Edit, Fault, Scan, Source
from clipforge.formats.sources.decoding import UTF8, Encoding, decode
from clipforge.formats.sources.second import disagreement

__all__ = ["SUFFIXES", "Edit", "Fault", "Source", "kind_of", "parse", "scan"]

SUFFIXES: Mapping[str, str] = MappingProxyType({".srt": "srt", ".vtt": "vtt", ".ass": "ass", ".ssa": "ass"})
"""What caption files end in, and the kind that each is."""

_SCANS: Mapping[str, Scan] = MappingProxyType({"srt": srt.scan, "vtt": vtt.scan, "ass": ass.scan})
_ASS_SECTION = re.compile(r"^\s*\[(?:Script Info|V4\+? Styles\+?|Events)\]", re.MULTILINE | re.IGNORECASE)
_LINE_ENDS = re.compile("\r\n|\r|\n")


def kind_of(text: str, suffix: str) -> str | None:
    """The kind of caption file, by what is in it, else by its suffix (with the dot, in any case); None where neither
    tells."""
    if re.match(r"\s*WEBVTT(?:\s|$)", text):
        return "vtt"
    if _ASS_SECTION.search(text[:20_000]):
        return "ass"
    named = SUFFIXES.get(suffix.lower())
    return named or ("srt" if re.search(r"\d\s*-->\s*\d", text) else None)


def scan(text: str, kind: str, encoding: Encoding = UTF8) -> Source:
    """The cues of a file's text and its faults."""
    return _SCANS[kind](text, encoding)


def parse(data: bytes, suffix: str) -> Source | None:
    """A caption file's bytes as a document, and all its faults; None where it is no caption file."""
    text, encoding = decode(data)
    kind = kind_of(text, suffix)
    if kind is None:
        return None
    source = scan(text, kind, encoding)
    faults = [*_encoding_faults(text, encoding, kind), *_null_faults(text), *source.faults]
    named = SUFFIXES.get(suffix.lower())
    if named not in (None, kind):
        faults.insert(0, Fault(1, 1, f"its name says {named}, but this is {kind}"))
    if not faults and (why := disagreement(source)):
        faults.append(why)
    return replace(source, faults=tuple(faults))


def _encoding_faults(text: str, encoding: Encoding, kind: str) -> list[Fault]:
    if encoding.errors != "strict":
        bad = re.search("[\udc80-\udcff]", text)
        line, column = _position(text, bad.start() if bad else 0)
        return [
            Fault(line, column, "a byte that is not UTF-8" if bad else "not in the encoding that its first bytes say")
        ]
    if encoding.name == "utf-8":
        return []
    is_error = kind == "vtt"  # the standard knows UTF-8 alone
    if encoding.name not in ("cp1252", "latin-1"):
        message = f"{encoding.name.upper()}, where UTF-8 is expected"
        return [Fault(1, 1, message, is_error, () if encoding.guessed else (Edit(0, 0, ""),))]
    beyond_ascii = re.search("[^\0-\x7f]", text)
    line, column = _position(text, beyond_ascii.start() if beyond_ascii else 0)
    return [Fault(line, column, "not UTF-8: read as Windows-1252, which is a guess")]


def _null_faults(text: str) -> list[Fault]:
    """One for the first NUL; all of them are replaced by spaces, as which they are read."""
    at = text.find("\0")
    if at < 0:
        return []
    edits = tuple(Edit(i, i + 1, " ") for i, char in enumerate(text) if char == "\0")
    line, column = _position(text, at)
    return [Fault(line, column, "a NUL character: many players stop there", edits=edits)]


def _position(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1."""
    line, start = 1, 0
    for end in _LINE_ENDS.finditer(text, 0, at):
        line, start = line + 1, end.end()
    return line, at - start + 1
