"""Which clips are meant by the paths that a user gave."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# fmt: off
MEDIA_SUFFIXES = frozenset({
    ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".f4v", ".mpg",
    ".mpeg", ".mpe", ".m2v", ".vob", ".ts", ".mts", ".m2ts", ".mxf", ".ogv", ".dv", ".wtv", ".rm", ".rmvb", ".wav",
    ".w64", ".mp3", ".m4a", ".m4b", ".aac", ".flac", ".ogg", ".oga", ".opus", ".wma", ".aif", ".aiff", ".aifc",
    ".caf", ".ac3", ".eac3", ".dts", ".mka", ".amr", ".ape", ".wv", ".tta", ".au", ".mp2",
})
# fmt: on
"""What a file must end in (in any case) to be taken from a folder. A file that is named itself may end in anything."""

OWN_MARK = ".captioned"
"""Our own rendered clips are called ``name.captioned.mp4``."""


@dataclass(frozen=True, slots=True)
class FoundClip:
    """A clip, and the folder that its outputs are mirrored against."""

    path: Path
    root: Path
    """The folder argument that it was found in; for a file argument its parent."""


def find_clips(paths: Sequence[Path], *, recursive: bool, skip: Callable[[Path], bool]) -> list[FoundClip]:
    """The clips behind files and folders: in the order given, sorted by name inside a folder, files before subfolders.

    From folders are left out: hidden files and folders, other suffixes than `MEDIA_SUFFIXES`, our own outputs (by name,
    and all for which ``skip`` says so). What is named itself is always taken, also if it is not there: it fails as a
    clip later, as does a folder that may not be read. The same file reached twice counts once.
    """
    found: dict[str, FoundClip] = {}
    for path in paths:
        if _kind(path) == stat.S_IFDIR:
            clips = _in_folder(path, path, recursive, skip, set())
        else:
            clips = iter([FoundClip(path, path.parent)])
        for clip in clips:
            found.setdefault(os.path.realpath(clip.path), clip)
    return list(found.values())


def _in_folder(
    folder: Path, root: Path, recursive: bool, skip: Callable[[Path], bool], entered: set[str]
) -> Iterator[FoundClip]:
    real = os.path.realpath(folder)
    if real in entered:
        return  # a loop of links, or a second way to the same folder
    entered.add(real)
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        yield FoundClip(folder, root)
        return
    subfolders = []
    for path in (p for p in paths if not p.name.startswith(".")):
        if _kind(path) == stat.S_IFDIR:
            subfolders.append(path)
        elif _is_clip(path) and not skip(path):
            yield FoundClip(path, root)
    if recursive:
        for subfolder in subfolders:
            yield from _in_folder(subfolder, root, recursive, skip, entered)


def _is_clip(path: Path) -> bool:
    """By its name; pipes, sockets and devices are none. A broken link is one, and will be reported."""
    if path.suffix.lower() not in MEDIA_SUFFIXES or path.stem.endswith(OWN_MARK):
        return False
    return _kind(path) in (stat.S_IFREG, None)


def _kind(path: Path) -> int | None:
    """What stands there, links followed; None where that cannot be said. (Path.is_dir raises on a forbidden folder.)"""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except (OSError, ValueError):
        return None
