"""What a clip needs, and why: from its stat, the memo and the ledger, without a worker and without the cache."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clipforge.errors import ClipUnreadable
from clipforge.media.find import FoundClip
from clipforge.pipeline.made import Made, differences
from clipforge.store.ledger import Ledger, OutputRecord, OutputState
from clipforge.store.memo import StatMemo

CLIP_CHANGED = "the clip changed"
"""The reason where a clip's bytes are others than they were; what is known of its sound can say more."""


@dataclass(frozen=True, slots=True)
class Output:
    """One file that captions go to, as it stands before the run."""

    format: str
    path: Path
    state: OutputState
    record: OutputRecord | None


@dataclass(frozen=True, slots=True)
class Asks:
    """How far the user wants to go."""

    force: bool
    overwrite: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of a clip before any work."""

    clip: FoundClip
    digest: str | None
    """SHA-256 of the clip's bytes, where it is known without reading them."""
    outputs: tuple[Output, ...]
    wanted: tuple[Output, ...]
    """Outputs to write: neither up to date nor kept."""
    kept: tuple[Output, ...]
    """Outputs that stay as they are because they are not ours to replace."""
    reasons: tuple[str, ...]
    """Why anything is to be done; empty where nothing is."""


def identify(path: Path, memo: StatMemo) -> tuple[os.stat_result, str | None]:
    """The clip's stat, and its digest where the stat alone tells it. Raises `ClipUnreadable` for what is no clip."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise ClipUnreadable(path, "no such file") from error
    except OSError as error:
        raise ClipUnreadable(path, f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise ClipUnreadable(path, "not a regular file")
    if found.st_size == 0:
        raise ClipUnreadable(path, "the file is empty")
    if not os.access(path, os.R_OK):
        raise ClipUnreadable(path, "cannot be read: permission denied")
    return found, memo.lookup(path)


def examine(
    clip: FoundClip, digest: str | None, outputs: Sequence[tuple[str, Path]], made: Made, ledger: Ledger, asks: Asks
) -> Examined:
    """Compare what is there with what is asked for. ``outputs``: (format, path) of each file wanted."""
    found = tuple(Output(name, path, ledger.state(path), ledger.get(path)) for name, path in outputs)
    kept = () if asks.overwrite else tuple(o for o in found if _is_not_ours(o))
    stale = tuple(o for o in found if o not in kept and (asks.force or not _is_current(o, digest, made)))
    reasons = _reasons(clip, digest, stale, made, ledger, asks) if stale else ()
    return Examined(clip, digest, found, stale, kept, reasons)


def _is_not_ours(output: Output) -> bool:
    return output.state in (OutputState.EDITED, OutputState.FOREIGN)


def _is_current(output: Output, digest: str | None, made: Made) -> bool:
    record = output.record
    return (
        output.state is OutputState.OURS
        and record is not None
        and digest is not None
        and record.source_digest == digest
        and not differences(record.made, made)
    )


def _reasons(
    clip: FoundClip, digest: str | None, stale: Sequence[Output], made: Made, ledger: Ledger, asks: Asks
) -> tuple[str, ...]:
    records = [o.record for o in stale if o.record is not None]
    if not records:
        others = ledger.for_clip(clip.path)
        if not others:
            return ("never captioned",)
        records = others[:1]
        reasons = [f"{o.format} not written yet" for o in stale]
    else:
        reasons = [f"{o.path.name} is gone" for o in stale if o.state is OutputState.ABSENT]
        reasons += [f"{o.path.name} was edited" for o in stale if _is_not_ours(o)]
    if digest != records[0].source_digest:
        reasons.append(CLIP_CHANGED)
    reasons += differences(records[0].made, made)
    if asks.force:
        reasons.append("--force")
    return tuple(dict.fromkeys(reasons))


def kept_message(kept: Sequence[Output]) -> str:
    """Why outputs stay as they are, in one line."""
    edited = [o.path.name for o in kept if o.state is OutputState.EDITED]
    foreign = [o.path.name for o in kept if o.state is OutputState.FOREIGN]
    parts = []
    if edited:
        parts.append(f"{', '.join(edited)} was edited since ClipForge wrote it")
    if foreign:
        parts.append(f"{', '.join(foreign)} was not written by ClipForge")
    return "; ".join(parts)


def no_place_for(path: Path) -> str | None:
    """Why a file cannot be written at ``path``, as far as can be told without writing it; None if it can."""
    try:
        path.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return "the file name is too long"
    return unwritable(path.parent)


def unwritable(folder: Path) -> str | None:
    """Why files cannot be written in ``folder``, which need not exist yet; None if they can."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is not a folder"
    if not os.access(existing, os.W_OK | os.X_OK):
        return "permission denied or read-only"
    return None
