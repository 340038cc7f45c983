"""One caption file: read, checked, repaired, written."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from clipforge.captions.findings import ERROR, WARNING, Finding
from clipforge.captions.lint import check
from clipforge.captions.profiles import Profile
from clipforge.captions.repair import Leeway, repair
from clipforge.errors import OutputFailed
from clipforge.formats.sources import Fault, Source, parse
from clipforge.formats.sources.base import Edit
from clipforge.formats.sources.decoding import UTF8
from clipforge.formats.sources.editing import GRID_MS, can_split, edited, rescan
from clipforge.pipeline.lint_scene import Against, against
from clipforge.settings import Settings
from clipforge.store.files import write_atomic

PARSES = "CF001"
"""The file parses, and reparses to the same cues."""
IDS = tuple(f"CF{number:03d}" for number in range(1, 13))

_MOST_BYTES = 64 * 2**20
"""Ten thousand hours of captions; a larger file is something else."""
_SOURCES = {
    "srt": "what players and editors accept",
    "vtt": "W3C, WebVTT: The Web Video Text Tracks Format",
    "ass": "what libass accepts",
}


@dataclass(frozen=True, slots=True)
class Task:
    """How files are to be linted."""

    settings: Settings
    ids: frozenset[str]
    """The findings asked for."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """The user's own."""
    media: Path | None = None
    repairs: bool = False
    writes: bool = False
    """Repaired files are written; otherwise they are only told apart from what is there."""


@dataclass(frozen=True, slots=True)
class Located:
    """A finding, and where it stands in its file: line and column from 1, the column 0 where it says nothing."""

    line: int
    column: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    path: Path
    found: tuple[Located, ...]
    """In it as it is now: after the repair, where one was written."""
    mended: int = 0
    """Findings fewer by the repair, written or not."""
    texts: tuple[str, str] | None = None
    """Before and after a repair that was not written."""
    failure: OutputFailed | None = None
    """Why the repaired file could not be written."""

    @property
    def errors(self) -> int:
        return _errors(self.found)


def lint_file(path: Path, task: Task) -> FileReport:
    """Never raises for what is wrong with the file."""
    try:
        data = _read(path)
    except (OSError, ValueError) as error:
        return _unreadable(path, getattr(error, "strerror", None) or str(error), task)
    source = parse(data, path.suffix)
    if source is None:
        return _unreadable(path, "no caption file: neither SubRip nor WebVTT nor ASS", task)
    by = against(path, source, task.settings, task.profiles, task.media)
    found = findings(source, by, task.ids)
    if not task.repairs or not found:
        return FileReport(path, found)
    better = repaired(source, path, by, task)
    if better is None:
        return FileReport(path, found)
    left = findings(better, by, task.ids)
    mended = (_by_id(found) - _by_id(left)).total()
    if not task.writes:
        return FileReport(path, found, mended, (source.text, better.text))
    try:
        _replace(path, data, better)
    except OutputFailed as failure:
        return FileReport(path, found, failure=failure)
    return FileReport(path, left, mended)


def _by_id(found: tuple[Located, ...]) -> Counter[str]:
    return Counter(each.finding.id for each in found)


def _read(path: Path) -> bytes:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise ValueError("a folder that may not be read")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("is no regular file")
    if found.st_size > _MOST_BYTES:
        raise ValueError("too large for a caption file")
    return path.read_bytes()


def _unreadable(path: Path, why: str, task: Task) -> FileReport:
    finding = Finding(PARSES, 0, why, why, "a caption file", "", False, "what players and editors accept", ERROR)
    return FileReport(path, (Located(1, 1, finding),) if PARSES in task.ids else ())


def _replace(path: Path, before: bytes, source: Source) -> None:
    """Raises `OutputFailed`, also where somebody else has written the file since it was read."""
    try:
        unchanged = path.read_bytes() == before
    except OSError as error:
        raise OutputFailed(path, error.strerror or str(error)) from error
    if not unchanged:
        raise OutputFailed(path, "it was changed while we looked at it")
    write_atomic(path, source.encoding.encode(source.text))


def findings(source: Source, by: Against, ids: frozenset[str]) -> tuple[Located, ...]:
    """All that were asked for, by line."""
    located = [Located(fault.line, fault.column, _of_fault(fault, source)) for fault in source.faults]
    located += (
        Located(source.entries[finding.cue - 1].line if finding.cue else 1, 0, finding)
        for finding in check(source.cues, by.profile, by.scene)
    )
    asked = [each for each in located if each.finding.id in ids]
    return tuple(sorted(asked, key=lambda each: (each.line, each.finding.id)))


def _of_fault(fault: Fault, source: Source) -> Finding:
    cue = next((n for n, entry in enumerate(source.entries, start=1) if entry.line == fault.line), 0)
    level = ERROR if fault.is_error else WARNING
    limit = "parses"
    return Finding(
        PARSES, cue, fault.message, fault.message, limit, "", bool(fault.edits), _SOURCES[source.kind], level
    )


def repaired(source: Source, path: Path, by: Against, task: Task) -> Source | None:
    """The file with what can be repaired without touching its text; None where nothing is better for it."""
    start = _rewritten(source, path) if PARSES in task.ids else source
    before = findings(source, by, frozenset(IDS))
    for base in (start, source) if start is not source else (source,):
        leeway = Leeway(task.ids, GRID_MS[base.kind], can_split(base))
        better = edited(base, repair(base.cues, by.profile, by.scene, leeway))
        for made in (better, base):
            if made is None or (made.text, made.encoding) == (source.text, source.encoding):
                continue
            again = parse(made.encoding.encode(made.text), path.suffix)
            if again is not None and _is_better(before, findings(again, by, frozenset(IDS))):
                return again
    return None


def _is_better(before: tuple[Located, ...], after: tuple[Located, ...]) -> bool:
    """No finding of an id that was not there, and no more errors."""
    known = {each.finding.id for each in before}
    return _errors(after) <= _errors(before) and all(each.finding.id in known for each in after)


def _errors(found: tuple[Located, ...]) -> int:
    return sum(each.finding.level == ERROR for each in found)


def _rewritten(source: Source, path: Path) -> Source:
    """The file without the faults that can be repaired; as it is where its cues would not stay the same."""
    edits: list[Edit] = []
    for edit in sorted((e for fault in source.faults for e in fault.edits), key=lambda e: (e.start, e.end)):
        if not edits or edit.start >= edits[-1].end:
            edits.append(edit)
    if not edits:
        return source
    changed = rescan(source, edits)
    if not source.encoding.guessed and source.encoding.errors == "strict" and source.encoding.name != "utf-8":
        changed = replace(changed, encoding=UTF8)
    again = parse(changed.encoding.encode(changed.text), path.suffix)
    return again if again is not None and again.cues == source.cues else source
