"""What all errors share: the exit codes, how they say what they know, and the three kinds."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import fields
from typing import ClassVar

EXIT_OK = 0
EXIT_CLIPS_FAILED = 1
EXIT_USAGE = 2
EXIT_BUG = 3
EXIT_MISSING = 4
EXIT_INTERRUPTED = 130


MOST_NAMES = 12
"""Names that an error lists: what fits in a glance."""


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that a typing slip most likely meant, or None."""
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def gib(size_bytes: int) -> str:
    """A size the way our messages print it: ``0.7 GiB``, ``50 MiB``."""
    return f"{size_bytes / 2**30:.1f} GiB" if size_bytes >= 2**30 / 10 else f"{size_bytes / 2**20:.0f} MiB"


class ClipforgeError(Exception):
    """Base of every expected failure. Subclasses are dataclasses (``eq=False``: an error is equal to itself only)."""

    exit_code: ClassVar[int] = EXIT_CLIPS_FAILED
    says: ClassVar[str]
    """The message, its fields in braces; a class whose message needs more overrides `message`."""
    advises: ClassVar[str] = ""
    """The remedy, likewise."""

    @property
    def message(self) -> str:
        """What is wrong and where, in one line."""
        return self.says.format_map(vars(self))

    @property
    def remedy(self) -> str:
        """What the user can type next; empty where there is nothing to type."""
        return self.advises.format_map(vars(self))

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[type[ClipforgeError], tuple[object, ...]]:
        # Exception.__reduce__ would call the class with its message alone.
        return type(self), tuple(getattr(self, f.name) for f in fields(self))  # type: ignore[arg-type]  # all are dataclasses


class UsageError(ClipforgeError):
    """The request itself is wrong; nothing was started."""

    exit_code = EXIT_USAGE


class MissingError(ClipforgeError):
    """Something that ClipForge needs is not on this machine."""

    exit_code = EXIT_MISSING


class ClipError(ClipforgeError):
    """One clip could not be done."""

    exit_code = EXIT_CLIPS_FAILED
