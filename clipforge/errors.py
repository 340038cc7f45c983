"""Every way that ClipForge can fail, and the exit code of each.

::

    ClipforgeError                       exit code
    ├── UsageError                       2   wrong flags, settings or paths: nothing was started
    │   ├── BadSetting
    │   ├── UnknownName                      "Did you mean …?"
    │   ├── NothingFound
    │   ├── OutputClash
    │   ├── OutputIsSource
    │   ├── FolderNotWritable
    │   ├── WorkFolderUnusable
    │   ├── BadModel
    │   └── BudgetTooSmall
    ├── MissingError                     4   something that ClipForge needs is not here
    │   ├── ModelMissing
    │   ├── DownloadFailed
    │   └── ToolMissing
    └── ClipError                        1   this clip failed; the others go on
        ├── ClipUnreadable
        ├── NotMedia
        ├── DamagedMedia
        ├── NoSuchTrack
        ├── EngineFailed
        ├── OutputFailed
        ├── WorkerDied
        └── WorkerOverdue

An error is a frozen set of facts: its fields carry the data, ``message`` says what and where in one line, ``remedy``
is what the user can type next (or empty). All of them survive a pickle round trip, because workers raise them too.

A signal that asks to stop is a KeyboardInterrupt, which no handler of ours takes for a failure; its exit code is 130.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
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


@dataclass(eq=False)
class BadSetting(UsageError):
    """A setting has a value that it cannot take."""

    name: str
    value: str
    origin: str
    wanted: str

    says: ClassVar[str] = "{name} = {value!r} ({origin}): expected {wanted}"


@dataclass(eq=False)
class UnknownName(UsageError):
    """A name that is none of those we know: a format, a model, a setting's key."""

    kind: str
    name: str
    known: tuple[str, ...]
    hint: str = ""

    @property
    def message(self) -> str:
        guess = nearest(self.name, self.known)
        some = ", ".join(self.known[:MOST_NAMES]) + (", …" if len(self.known) > MOST_NAMES else "")
        tail = f"Did you mean {guess}?" if guess else f"Known: {some}"
        return f'no {self.kind} named "{self.name}". {tail}'

    advises: ClassVar[str] = "{hint}"


@dataclass(eq=False)
class NothingFound(UsageError):
    """The given paths hold no media file."""

    where: str

    says: ClassVar[str] = "no media files found in {where}"
    advises: ClassVar[str] = "clipforge caption clip.mp4, or a folder with clips in it"


@dataclass(eq=False)
class OutputClash(UsageError):
    """Two clips would write the same file."""

    first: Path
    second: Path
    output: Path

    says: ClassVar[str] = "both {first} and {second} would write {output}"

    @property
    def remedy(self) -> str:
        if self.first.parent == self.second.parent:
            return "--name-template '{name}.{ext}'"
        return "give their common folder instead, or run them apart"


@dataclass(eq=False)
class OutputIsSource(UsageError):
    """An output would replace its own clip."""

    clip: Path

    says: ClassVar[str] = "the output of {clip} would overwrite the clip itself"
    advises: ClassVar[str] = "another --name-template or --output-dir"


@dataclass(eq=False)
class FolderNotWritable(UsageError):
    """Outputs or cached results cannot be kept in a folder."""

    folder: Path
    why: str

    says: ClassVar[str] = "cannot write in {folder}: {why}"
    advises: ClassVar[str] = "--output-dir FOLDER"


@dataclass(eq=False)
class WorkFolderUnusable(UsageError):
    """There is no place for the temporary files of a run."""

    folder: Path
    why: str

    says: ClassVar[str] = "cannot keep temporary files in {folder}: {why}"
    advises: ClassVar[str] = "--cache-dir FOLDER"


@dataclass(eq=False)
class BadModel(UsageError):
    """A model folder that cannot be used."""

    path: Path
    why: str

    says: ClassVar[str] = "model folder {path}: {why}"
    advises: ClassVar[str] = "clipforge models list"


@dataclass(eq=False)
class BudgetTooSmall(UsageError):
    """One job alone needs more memory than all jobs together may use."""

    what: str
    needed_bytes: int
    budget_bytes: int
    limit: str
    fits: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        head = f"{self.what} needs {gib(self.needed_bytes)}, and {self.limit} allows {gib(self.budget_bytes)}"
        return f"{head}. Fits: {', '.join(self.fits)}" if self.fits else f"{head}. No model fits"

    @property
    def remedy(self) -> str:
        return f"--max-memory {self.needed_bytes // 2**20 + 1}MiB"


@dataclass(eq=False)
class ModelMissing(MissingError):
    """A known model that is not on this machine."""

    name: str

    says: ClassVar[str] = "model {name} is not on this machine"
    advises: ClassVar[str] = "clipforge models pull {name}"


@dataclass(eq=False)
class DownloadFailed(MissingError):
    """A model could not be fetched."""

    name: str
    why: str

    says: ClassVar[str] = "could not download model {name}: {why}"
    advises: ClassVar[str] = "copy the model's folder here and give it: --model FOLDER"


@dataclass(eq=False)
class ToolMissing(MissingError):
    """A program or library that ClipForge drives is not usable."""

    tool: str
    why: str
    fix: str = ""

    says: ClassVar[str] = "{tool}: {why}"
    advises: ClassVar[str] = "{fix}"


@dataclass(eq=False)
class ClipUnreadable(ClipError):
    """The file is not there, is empty, or may not be read."""

    path: Path
    why: str

    says: ClassVar[str] = "{why}"


@dataclass(eq=False)
class NotMedia(ClipError):
    """The file is something else than a media file."""

    path: Path
    why: str

    says: ClassVar[str] = "not a media file: {why}"


@dataclass(eq=False)
class DamagedMedia(ClipError):
    """A media file that cannot be decoded (to its end)."""

    path: Path
    why: str

    says: ClassVar[str] = "{why}"


@dataclass(eq=False)
class NoSuchTrack(ClipError):
    """``--audio-track`` names a track that the clip does not have. Tracks count from 1."""

    path: Path
    wanted: int
    tracks: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"no audio track {self.wanted}; it has {len(self.tracks)}: {', '.join(self.tracks)}"

    advises: ClassVar[str] = "--audio-track 1"


@dataclass(eq=False)
class EngineFailed(ClipError):
    """The engine could not transcribe a window."""

    engine: str
    why: str

    says: ClassVar[str] = "{engine} failed: {why}"


@dataclass(eq=False)
class OutputFailed(ClipError):
    """An output could not be written."""

    path: Path
    why: str

    says: ClassVar[str] = "could not write {path}: {why}"
    advises: ClassVar[str] = "--output-dir FOLDER writes elsewhere"


@dataclass(eq=False)
class WorkerDied(ClipError):
    """A worker process ended in the middle of a job, more often than the job is tried."""

    what: str
    how: str
    attempts: int

    says: ClassVar[str] = "the process that did {what} died ({how}), {attempts} times"
    advises: ClassVar[str] = "run again with -j 1; if it dies again, the clip or the engine is at fault"


@dataclass(eq=False)
class WorkerOverdue(ClipError):
    """A job ran past its deadline and was ended."""

    what: str
    deadline_s: float

    says: ClassVar[str] = "{what} did not end within {deadline_s:.0f} s"
