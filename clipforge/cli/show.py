"""How things look in a line of text."""

from __future__ import annotations

import os

from clipforge.errors import ClipforgeError

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {10: "\\n", 9: "\\t", 13: "\\r"}


def path_text(path: str | os.PathLike[str]) -> str:
    """A path for people: what no terminal can show is escaped, so a name cannot break a line or move the cursor."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").translate(_CONTROL)


def one_line(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").translate(_CONTROL)


def error_line(error: ClipforgeError) -> str:
    """``Error: what and where.  What to type``, in one line."""
    tail = f"  →  {error.remedy}" if error.remedy else ""
    return one_line(f"Error: {error.message}{tail}")


def duration(seconds: float) -> str:
    """``14.2 s``, ``1 min 52 s``, ``2 h 05 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60):02} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02} min"


def clock(ms: int) -> str:
    """``0:04.2``: where a cue stands in its clip."""
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 1000:02}.{rest % 1000 // 100}"
    return f"{hours}:{minutes:02}:{seconds}" if hours else f"{minutes}:{seconds}"


def count(number: int, noun: str) -> str:
    """``1 cue``, ``9 cues``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(size_bytes: float) -> str:
    """``4.2 MiB``, ``0.6 GiB``."""
    if size_bytes < 2**20:
        return f"{size_bytes / 2**10:.1f} KiB"
    if size_bytes < 2**29:
        return f"{size_bytes / 2**20:.1f} MiB"
    return f"{size_bytes / 2**30:.1f} GiB"
