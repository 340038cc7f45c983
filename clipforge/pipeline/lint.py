"""``clipforge lint`` as a run: which files, in how many processes, in what order the reports come."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clipforge.errors import NoCaptionFiles, UnknownName
from clipforge.formats.sources import SUFFIXES
from clipforge.pipeline.lint_file import IDS, FileReport, Task, lint_file
from clipforge.pipeline.lint_scene import check_request

ALL = "ALL"
_WORTH_PROCESSES_BYTES = 4 * 2**20
"""About five seconds of work for one core."""
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class LintRequest:
    """One run of ``clipforge lint``."""

    paths: tuple[Path, ...]
    task: Task
    processes: int = 1


def chosen_ids(select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """The ids that begin with what was selected (all, where nothing was) and are not ignored; where both name one, the
    longer name wins, and of two as long the ignored. Raises `UnknownName`."""
    for prefix in (*select, *ignore):
        if prefix != ALL and not any(rule.startswith(prefix) for rule in IDS):
            raise UnknownName("finding", prefix, IDS, "an id such as CF005, or the beginning of some, such as CF00")
    return frozenset(rule for rule in IDS if _longest(rule, select or (ALL,)) > _longest(rule, ignore))


def _longest(rule: str, prefixes: Sequence[str]) -> int:
    return max((0 if p == ALL else len(p) for p in prefixes if p == ALL or rule.startswith(p)), default=-1)


def lint(request: LintRequest) -> Iterator[FileReport]:
    """A report for each file, in the order of the paths, those of a folder by name.

    Raises `NoCaptionFiles`, and what is wrong with the request itself (`UnknownName`, `ClipError` of its clip), before
    any file is read.
    """
    task = request.task
    check_request(task.settings, task.profiles, task.media)
    files = find_caption_files(request.paths, recursive=task.settings.recursive)
    if not files:
        raise NoCaptionFiles(", ".join(map(str, request.paths)))
    return _reports(files, request)


def _reports(files: Sequence[Path], request: LintRequest) -> Iterator[FileReport]:
    work = partial(lint_file, task=request.task)
    if request.processes < 2 or _bytes(files) < _WORTH_PROCESSES_BYTES:
        yield from (work(path) for path in files)
        return
    context = multiprocessing.get_context("spawn")
    processes = min(request.processes, len(files))
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_interrupts_to_the_parent) as executor:
        try:
            yield from executor.map(work, files, chunksize=_CHUNK)
        finally:
            executor.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _bytes(files: Sequence[Path]) -> int:
    total = 0
    for path in files:
        with suppress(OSError, ValueError):
            total += path.stat().st_size
    return total


def find_caption_files(paths: Sequence[Path], *, recursive: bool) -> list[Path]:
    """The caption files behind files and folders. What is named itself is always taken, what lies in a folder by its
    suffix; hidden files and folders are left out. A file reached twice counts once."""
    found: dict[str, Path] = {}
    for path in paths:
        for file in _in_folder(path, recursive, set()) if _is_folder(path) else (path,):
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _in_folder(folder: Path, recursive: bool, entered: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in entered:
        return  # a loop of links
    entered.add(real)
    try:
        items = sorted(item for item in folder.iterdir() if not item.name.startswith("."))
    except OSError:
        yield folder
        return
    folders = [item for item in items if _is_folder(item)]
    yield from (item for item in items if item.suffix.lower() in SUFFIXES and item not in folders)
    if recursive:
        for inner in folders:
            yield from _in_folder(inner, recursive, entered)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # below a forbidden folder; a null character in the name
        return False
