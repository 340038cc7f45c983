"""What a clip needs, and why: from its stat, the memo and the ledger, without a worker and without the cache."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clipforge.errors import ClipUnreadable
from clipforge.pipeline.made import differences
from clipforge.pipeline.outputs import Output, Wish, judge
from clipforge.store.ledger import Ledger, OutputState
from clipforge.store.memo import StatMemo

CLIP_CHANGED = "the clip changed"
"""The reason where a clip's bytes are others than they were; what is known of its sound can say more."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of a clip before any work."""

    wish: Wish
    outputs: tuple[Output, ...]
    reasons: tuple[str, ...]
    """Why anything is to be done; empty where nothing is."""

    @property
    def wanted(self) -> tuple[Output, ...]:
        """Outputs to write."""
        return tuple(output for output in self.outputs if output.target is not None)

    @property
    def current(self) -> tuple[Output, ...]:
        """Outputs that are as they should be, by our hand."""
        return tuple(output for output in self.outputs if output.target is None and not output.is_kept)


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


def examine(wish: Wish, outputs: Sequence[tuple[str, Path]], ledger: Ledger) -> Examined:
    """Compare what is there with what is asked for. ``outputs``: (format, path) of each file wanted."""
    found = tuple(judge(name, path, wish, ledger) for name, path in outputs)
    stale = [output for output in found if output.target is not None]
    return Examined(wish, found, _reasons(wish, stale, ledger) if stale else ())


def _reasons(wish: Wish, stale: Sequence[Output], ledger: Ledger) -> tuple[str, ...]:
    records = [o.record for o in stale if o.record is not None]
    if not records:
        others = ledger.for_clip(wish.clip)
        if not others:
            return ("never captioned",)
        records = others[:1]
        reasons = [f"{o.format} not written yet" for o in stale]
    else:
        reasons = [f"{o.path.name} is gone" for o in stale if o.state is OutputState.ABSENT]
        not_ours = (OutputState.EDITED, OutputState.FOREIGN)
        reasons += [f"{o.path.name} was edited" for o in stale if o.state in not_ours and not o.is_kept]
    if wish.digest != records[0].source_digest:
        reasons.append(CLIP_CHANGED)
    reasons += differences(records[0].made, wish.made)
    if wish.force:
        reasons.append("--force")
    return tuple(dict.fromkeys(reasons))


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
