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
    """A size the way our messages print it: ``0.7 GiB``."""
    return f"{size_bytes / 2**30:.1f} GiB"


class ClipforgeError(Exception):
    """Base of every expected failure. Subclasses are dataclasses (``eq=False``: an error is equal to itself only)."""

    exit_code: ClassVar[int] = EXIT_CLIPS_FAILED

    @property
    def message(self) -> str:
        raise NotImplementedError

    @property
    def remedy(self) -> str:
        return ""

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

    @property
    def message(self) -> str:
        return f"{self.name} = {self.value!r} ({self.origin}): expected {self.wanted}"


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

    @property
    def remedy(self) -> str:
        return self.hint


@dataclass(eq=False)
class NothingFound(UsageError):
    """The given paths hold no media file."""

    where: str

    @property
    def message(self) -> str:
        return f"no media files found in {self.where}"

    @property
    def remedy(self) -> str:
        return "clipforge caption clip.mp4, or a folder with clips in it"


@dataclass(eq=False)
class OutputClash(UsageError):
    """Two clips would write the same file."""

    first: Path
    second: Path
    output: Path

    @property
    def message(self) -> str:
        return f"both {self.first} and {self.second} would write {self.output}"

    @property
    def remedy(self) -> str:
        if self.first.parent == self.second.parent:
            return "--name-template '{name}.{ext}'"
        return "give their common folder instead, or run them apart"


@dataclass(eq=False)
class OutputIsSource(UsageError):
    """An output would replace its own clip."""

    clip: Path

    @property
    def message(self) -> str:
        return f"the output of {self.clip} would overwrite the clip itself"

    @property
    def remedy(self) -> str:
        return "another --name-template or --output-dir"


@dataclass(eq=False)
class FolderNotWritable(UsageError):
    """Outputs or cached results cannot be kept in a folder."""

    folder: Path
    why: str

    @property
    def message(self) -> str:
        return f"cannot write in {self.folder}: {self.why}"

    @property
    def remedy(self) -> str:
        return "--output-dir FOLDER"


@dataclass(eq=False)
class WorkFolderUnusable(UsageError):
    """There is no place for the temporary files of a run."""

    folder: Path
    why: str

    @property
    def message(self) -> str:
        return f"cannot keep temporary files in {self.folder}: {self.why}"

    @property
    def remedy(self) -> str:
        return "--cache-dir FOLDER"


@dataclass(eq=False)
class BadModel(UsageError):
    """A model folder that cannot be used."""

    path: Path
    why: str

    @property
    def message(self) -> str:
        return f"model folder {self.path}: {self.why}"

    @property
    def remedy(self) -> str:
        return "clipforge models list"


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
        head = f"{self.what} needs {gib(self.needed_bytes)}, and {self.limit} allows {self.budget_bytes / 2**30:.1f}"
        return f"{head}. Fits: {', '.join(self.fits)}" if self.fits else f"{head}. No model fits"

    @property
    def remedy(self) -> str:
        return f"--max-memory {self.needed_bytes // 2**20 + 1}MiB"


@dataclass(eq=False)
class ModelMissing(MissingError):
    """A known model that is not on this machine."""

    name: str

    @property
    def message(self) -> str:
        return f"model {self.name} is not on this machine"

    @property
    def remedy(self) -> str:
        return f"clipforge models pull {self.name}"


@dataclass(eq=False)
class DownloadFailed(MissingError):
    """A model could not be fetched."""

    name: str
    why: str

    @property
    def message(self) -> str:
        return f"could not download model {self.name}: {self.why}"

    @property
    def remedy(self) -> str:
        return "copy the model's folder here and give it: --model FOLDER"


@dataclass(eq=False)
class ToolMissing(MissingError):
    """A program or library that ClipForge drives is not usable."""

    tool: str
    why: str
    fix: str = ""

    @property
    def message(self) -> str:
        return f"{self.tool}: {self.why}"

    @property
    def remedy(self) -> str:
        return self.fix


@dataclass(eq=False)
class ClipUnreadable(ClipError):
    """The file is not there, is empty, or may not be read."""

    path: Path
    why: str

    @property
    def message(self) -> str:
        return self.why


@dataclass(eq=False)
class NotMedia(ClipError):
    """The file is something else than a media file."""

    path: Path
    why: str

    @property
    def message(self) -> str:
        return f"not a media file: {self.why}"


@dataclass(eq=False)
class DamagedMedia(ClipError):
    """A media file that cannot be decoded (to its end)."""

    path: Path
    why: str

    @property
    def message(self) -> str:
        return self.why


@dataclass(eq=False)
class NoSuchTrack(ClipError):
    """``--audio-track`` names a track that the clip does not have. Tracks count from 1."""

    path: Path
    wanted: int
    tracks: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"no audio track {self.wanted}; it has {len(self.tracks)}: {', '.join(self.tracks)}"

    @property
    def remedy(self) -> str:
        return "--audio-track 1"


@dataclass(eq=False)
class EngineFailed(ClipError):
    """The engine could not transcribe a window."""

    engine: str
    why: str

    @property
    def message(self) -> str:
        return f"{self.engine} failed: {self.why}"


@dataclass(eq=False)
class OutputFailed(ClipError):
    """An output could not be written."""

    path: Path
    why: str

    @property
    def message(self) -> str:
        return f"could not write {self.path}: {self.why}"

    @property
    def remedy(self) -> str:
        return "--output-dir FOLDER writes elsewhere"


@dataclass(eq=False)
class WorkerDied(ClipError):
    """A worker process ended in the middle of a job, more often than the job is tried."""

    what: str
    how: str
    attempts: int

    @property
    def message(self) -> str:
        return f"the process that did {self.what} died ({self.how}), {self.attempts} times"

    @property
    def remedy(self) -> str:
        return "run again with -j 1; if it dies again, the clip or the engine is at fault"


@dataclass(eq=False)
class WorkerOverdue(ClipError):
    """A job ran past its deadline and was ended."""

    what: str
    deadline_s: float

    @property
    def message(self) -> str:
        return f"{self.what} did not end within {self.deadline_s:.0f} s"
