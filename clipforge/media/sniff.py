"""What a file is, from its first bytes: for saying why something is no clip, before any library opens it."""

from __future__ import annotations

import codecs
import os
from typing import BinaryIO

HEAD_BYTES = 4096

_READS_OTHERS = "which could read other files"
_TEXTS = (
    ("ffconcat version", f"an ffconcat list, {_READS_OTHERS}"),
    ("#extm3u", f"a playlist (M3U or HLS), {_READS_OTHERS}"),
    ("<mpd", f"a DASH manifest, {_READS_OTHERS}"),
    ("v=0", "an SDP session description, which could open network connections"),
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("webvtt", "WebVTT captions"),
    ("[script info]", "ASS captions"),
    ("{", "JSON text"),
)
_FILES = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
)
_MEDIA = (
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM"),
    (0, b"RIFF", "RIFF"),
    (0, b"OggS", "Ogg"),
    (0, b"fLaC", "FLAC"),
    (0, b"ID3", "MP3"),
    (0, b"FLV\x01", "FLV"),
    (0, b"\x30\x26\xb2\x75", "ASF"),
    (0, b"\x00\x00\x01\xba", "MPEG"),
    (4, b"ftyp", "MP4"),
    (4, b"moov", "MP4"),
    (4, b"mdat", "MP4"),
    (4, b"wide", "MP4"),
)


def text_kind(head: bytes) -> str | None:
    """What kind of text starts with these bytes; None if it is no text."""
    encoding = "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    try:
        # Not final: what was read may end within a character.
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    if any(c < " " and c not in "\t\n\r\f\v\x1b" for c in text):
        return None
    start = text.lstrip()[:1024].lower()
    for mark, kind in _TEXTS:
        if start.startswith(mark) or (mark.startswith("<") and mark in start):
            return kind
    return "text"


def file_kind(head: bytes) -> str | None:
    """What well-known kind of file, other than media, starts with these bytes."""
    return next((kind for magic, kind in _FILES if head.startswith(magic)), None)


def media_kind(head: bytes) -> str | None:
    """The container format whose mark these bytes carry, whether or not the rest is sound."""
    return next((kind for at, magic, kind in _MEDIA if head[at:].startswith(magic)), None)


def lacks_index(file: BinaryIO) -> bool:
    """True for an MP4 or QuickTime file without its index, the moov atom: a recording or a copy that was cut off.

    Walks the top-level boxes (ISO/IEC 14496-12, 4.2): size and type, eight bytes, then sixteen for sizes over 4 GiB.
    """
    size = file.seek(0, os.SEEK_END)
    at = 0
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if header[4:8] == b"moov":
            return at + length > size
        if length == 1 and len(header) == 16:
            length = int.from_bytes(header[8:], "big")
        if length < 8:
            return True
        at += length
    return True


def announced_bytes(head: bytes) -> int | None:
    """How long a RIFF file (WAV, AVI) says that it is; None for other files and where its writer could not know."""
    length = int.from_bytes(head[4:8], "little")
    return length + 8 if head[:4] == b"RIFF" and 0 < length < 0x7FFF_0000 else None
