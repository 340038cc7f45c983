"""How a clip ends that needs no captions or comes to none, as the event that says so."""

from __future__ import annotations

import time

from clipforge import events
from clipforge.errors import ClipforgeError
from clipforge.events import ClipFinished
from clipforge.pipeline.outputs import kept_message
from clipforge.pipeline.work import Work

OVERWRITE = "--overwrite"
"""What to type where a file was kept."""


def without_audio(work: Work) -> ClipFinished:
    return ClipFinished(
        clip=work.name,
        status=events.NO_AUDIO,
        media_s=work.media_s,
        took_s=time.monotonic() - work.began_at,
        message="the clip has no audio stream",
    )


def as_it_is(work: Work, model: str) -> ClipFinished:
    """A clip with nothing to do: up to date, or kept."""
    assert work.examined is not None
    outputs, current = work.examined.outputs, work.examined.current
    records = [o.record for o in current if o.record is not None]
    message = kept_message(outputs)
    return ClipFinished(
        clip=work.name,
        status=events.UP_TO_DATE if current else events.KEPT,
        outputs=tuple(str(o.path) for o in outputs),
        cues=max((r.cues for r in records), default=0),
        model=model,
        media_s=max((r.media_s for r in records), default=0.0),
        saved_s=max((r.took_s for r in records), default=0.0),
        message=message,
        remedy=OVERWRITE if message else "",
    )


def failed(work: Work, error: Exception) -> ClipFinished:
    """``error``: one of ours, or a bug."""
    known = error if isinstance(error, ClipforgeError) else None
    return ClipFinished(
        clip=work.name,
        status=events.FAILED,
        took_s=time.monotonic() - work.began_at,
        error=type(error).__name__,
        message=known.message if known else f"a bug in ClipForge: {str(error).strip().splitlines()[-1]}",
        remedy=known.remedy if known else "",
    )
