"""The request is wrong: nothing was started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from clipforge.errors.base import MOST_NAMES, UsageError, gib, nearest


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
class NoCaptionFiles(UsageError):
    """The given paths hold no caption file."""

    where: str

    says: ClassVar[str] = "no caption files (srt, vtt, ass) found in {where}"
    advises: ClassVar[str] = "clipforge lint clip.srt, or a folder with caption files in it"


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
class NeedsTrust(UsageError):
    """A model of which nothing is known that its files could be compared with."""

    name: str
    command: str

    says: ClassVar[str] = "nobody has published what the files of {name} must be: they would be taken as they come"
    advises: ClassVar[str] = "{command}"


@dataclass(eq=False)
class InHubCache(UsageError):
    """A model that is to be removed, and is not ours."""

    name: str
    folder: Path

    says: ClassVar[str] = "model {name} is in the Hugging Face cache, where other programs may want it: {folder}"
    advises: ClassVar[str] = "clipforge models remove {name} --hub-cache"


@dataclass(eq=False)
class BudgetTooSmall(UsageError):
    """One job alone needs more memory than all jobs together may use."""

    what: str
    needed_bytes: int
    budget_bytes: int
    limit: str
    fits: tuple[str, ...] = ()
    """What would fit instead, where there is a choice."""

    @property
    def message(self) -> str:
        head = f"{self.what} needs {gib(self.needed_bytes)}, and {self.limit} allows {gib(self.budget_bytes)}"
        return f"{head}. Fits: {', '.join(self.fits)}" if self.fits else head

    @property
    def remedy(self) -> str:
        return f"--max-memory {self.needed_bytes // 2**20 + 1}MiB"
