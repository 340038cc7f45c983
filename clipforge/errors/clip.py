"""One clip failed; the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from clipforge.errors.base import ClipError


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
class PictureUnreadable(ClipError):
    """The pictures of a clip whose shot changes are asked for cannot be decoded."""

    path: Path
    why: str

    says: ClassVar[str] = "no shot changes: the picture cannot be decoded: {why}"
    advises: ClassVar[str] = "--no-shots"


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


@dataclass(eq=False)
class OutOfMemory(ClipError):
    """A job took more memory than it could be given."""

    what: str
    how: str
    """``it took 2.6 GiB of 1.7 GiB``, ``std::bad_alloc``, ``killed by the system``."""
    used_bytes: int
    """The most that was seen of it, at least what is known to be too little."""
    budget_bytes: int

    says: ClassVar[str] = "out of memory while {what}: {how}"

    @property
    def remedy(self) -> str:
        if 2 * self.used_bytes > self.budget_bytes:
            return f"--max-memory {2 * self.used_bytes // 2**20 + 1}MiB, or a smaller --model"
        return "-j 1, or a smaller --model"
