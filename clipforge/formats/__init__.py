"""Cues to files and back: one module a format, and the registry of them all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clipforge.errors import UnknownName
from clipforge.formats import srt, transcript, txt, vtt
from clipforge.formats.base import Document, Format

__all__ = ["FORMATS", "Document", "Format", "get", "names"]

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        known.name: known
        for known in (
            Format("srt", "srt", srt.write, srt.read),
            Format("vtt", "vtt", vtt.write, vtt.read),
            Format("txt", "txt", txt.write),
            Format("json", "json", transcript.write),
        )
    }
)


def names() -> tuple[str, ...]:
    return tuple(FORMATS)


def get(name: str) -> Format:
    """Raises `UnknownName`."""
    try:
        return FORMATS[name]
    except KeyError:
        raise UnknownName("format", name, names()) from None
