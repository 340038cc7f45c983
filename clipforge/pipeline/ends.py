"""How a clip ends that comes to no captions, as the event that says so."""

from __future__ import annotations

import time

from clipforge import events
from clipforge.errors import ClipforgeError
from clipforge.events import ClipFinished
from clipforge.pipeline.work import Work


def without_audio(work: Work) -> ClipFinished:
    return ClipFinished(
        clip=work.name,
        status=events.NO_AUDIO,
        media_s=work.media_s,
        took_s=time.monotonic() - work.began_at,
        message="the clip has no audio stream",
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
