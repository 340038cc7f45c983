"""What a run would do and why, without doing it: for ``--dry-run`` and ``cache explain``. Loads no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clipforge import events
from clipforge.engines.base import MAX_WINDOW_SAMPLES, SAMPLE_RATE
from clipforge.engines.plan import seconds_per_window
from clipforge.errors import ClipforgeError
from clipforge.media.probe import probe
from clipforge.pipeline.ends import as_it_is
from clipforge.pipeline.examine import CLIP_CHANGED
from clipforge.pipeline.examiner import Examiner
from clipforge.pipeline.made import listening
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.stores import Stores
from clipforge.pipeline.work import Memory, Work

TRANSCRIBE = "transcribe"
WRITE = "write"
"""All words are in the cache: only files are missing."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would happen to one clip."""

    clip: str
    action: str
    """`TRANSCRIBE`, `WRITE`, or one of the ends in `clipforge.events`."""
    reasons: tuple[str, ...] = ()
    windows: int = 0
    """Windows to transcribe."""
    is_estimate: bool = False
    """True where the clip was never listened to, and windows are estimated from its length."""
    took_s: float = 0.0
    """Seconds that it would take, by the table of `clipforge.engines.plan`."""
    cost_bytes: int = 0
    message: str = ""


def forecast(prepared: Prepared, stores: Stores) -> Iterator[Forecast]:
    """One forecast per clip, in order."""
    examiner = Examiner(prepared, stores.ledger, stores.memo)
    memory = Memory(stores.cache, listening(prepared.settings), prepared.request.force)
    for clip in prepared.clips:
        work = Work(clip, prepared.plan.recipe)
        try:
            yield _of_one(work, examiner, memory, stores)
        except ClipforgeError as error:
            yield Forecast(work.name, events.FAILED, message=error.message)


def _of_one(work: Work, examiner: Examiner, memory: Memory, stores: Stores) -> Forecast:
    prepared = examiner.prepared
    examiner.identify(work)
    if work.digest is None:
        probe(work.clip.path)  # a file that is no clip is refused before it is read whole
        work.digest = stores.digest(work.clip.path)
    memory.recall_manifest(work)
    memory.recall_language(work)
    if examiner.nothing_to_do(work):
        ended = as_it_is(work, prepared.plan.model.name)
        return Forecast(work.name, ended.status, message=ended.message)
    reasons = _said_more_exactly(work, memory)
    if work.manifest is not None and not work.manifest.has_audio:
        return Forecast(work.name, events.NO_AUDIO)
    if work.manifest is None:
        facts = probe(work.clip.path)
        if not facts.audio:
            return Forecast(work.name, events.NO_AUDIO)
        windows = -(-facts.duration_ms * SAMPLE_RATE // (1000 * MAX_WINDOW_SAMPLES))
    else:
        memory.recall_words(work)
        windows = len(work.missing)
    if not windows:
        return Forecast(work.name, WRITE, reasons)
    return Forecast(
        clip=work.name,
        action=TRANSCRIBE,
        reasons=reasons,
        windows=windows,
        is_estimate=work.manifest is None,
        took_s=windows * seconds_per_window(prepared.plan.model, prepared.plan.placement),
        cost_bytes=prepared.plan.placement.cost_bytes,
    )


def _said_more_exactly(work: Work, memory: Memory) -> tuple[str, ...]:
    """The reasons, and for a clip that changed whether its sound did, where both versions were listened to."""
    assert work.examined is not None  # clips are examined first
    reasons = work.examined.reasons
    records = [output.record for output in work.examined.outputs if output.record is not None]
    before = memory.manifest_of(records[0].source_digest) if records else None
    if before is None or work.manifest is None:
        return reasons
    is_same = [w.digest for w in before.windows] == [w.digest for w in work.manifest.windows]
    more = "picture changed, speech did not" if is_same else "audio changed"
    return tuple(more if reason == CLIP_CHANGED else reason for reason in reasons)
