"""The jobs that a clip gives to the pool: their lanes, charges, order and deadlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clipforge.engines.work import Passage, TranscribeJob, detect_language, transcribe
from clipforge.errors import OutOfMemory
from clipforge.media.listen import ListenJob, listen
from clipforge.media.shots import ShotsJob, shots_of
from clipforge.pipeline.batches import Wanted
from clipforge.pipeline.prepare import Plan, Prepared
from clipforge.pipeline.survey import SurveyJob, survey
from clipforge.pipeline.work import Work
from clipforge.pool.jobs import Failed, Job

LIGHT = "light"
"""The lane of workers that read and listen; model workers have one lane per model."""

READ_BYTES_PER_S = 2 * 2**20  # a slow network disk
GRACE_S = 300.0
WINDOW_DEADLINE_S = 300.0  # large-v3 needs about 30 s a window on two slow cores

LANGUAGE_WINDOWS = 2
"""Windows in which the language of a clip is detected."""

Payload = SurveyJob | ListenJob | ShotsJob | TranscribeJob


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of job: what runs in the worker, how urgent it is, what messages and progress call it."""

    run: Callable[..., object]
    priority: int
    verb: str
    shown_as: str


STAGES = {
    # Windows that were heard come first: doing them frees their spools.
    "words": Stage(transcribe, 0, "transcribing", "transcribing"),
    "language": Stage(detect_language, 0, "detecting the language of", "transcribing"),
    "listen": Stage(listen, 1, "listening to", "listening"),
    "survey": Stage(survey, 2, "reading", "reading"),
    # Nothing but the writing of its own clip waits for it.
    "shots": Stage(shots_of, 3, "looking for shot changes in", "looking"),
}


@dataclass(frozen=True, slots=True)
class Tag:
    """What a job is about: one clip, or a batch of windows."""

    stage: str
    work: Work | None = None
    batch: tuple[Wanted, ...] = ()
    before: Failed | None = None
    """How the larger batch ended that this one is a part of."""

    def clips(self) -> list[Work]:
        """The clips that the job is about, without those that have ended."""
        if self.work is not None:
            return [] if self.work.finished else [self.work]
        takers = [work for wanted in self.batch for work, _ in wanted.takers if not work.finished]
        return list(dict.fromkeys(takers))


def job(tag: Tag, payload: Payload, prepared: Prepared) -> Job:
    """The pool's job for one stage of one clip or batch."""
    stage, plan = STAGES[tag.stage], prepared.plan
    recipe = plan.recipe
    is_model_work = isinstance(payload, TranscribeJob)
    clips = tag.clips()
    more = f" and {len(clips) - 1} more" if len(clips) > 1 else ""
    size, deadline_s = _extent(payload)
    return Job(
        run=stage.run,
        payload=payload,
        lane=f"{recipe.engine} {recipe.model_digest} {recipe.compute_type}" if is_model_work else LIGHT,
        cost_bytes=_charge_bytes(tag, plan) if is_model_work else _light_bytes(tag, plan),
        what=f"{stage.verb} {clips[0].clip.path.name if clips else 'a clip'}{more}",
        tag=tag,
        priority=stage.priority,
        size=size,
        deadline_s=deadline_s,
        lane_workers=plan.model_workers if is_model_work else None,
        divisible=len(tag.batch) > 1,
        tried=tag.before.attempts if tag.before else 0,
    )


def words_job(batch: Sequence[Wanted], prepared: Prepared) -> TranscribeJob:
    return TranscribeJob(batch[0].recipe, prepared.plan.placement, tuple(wanted.passage for wanted in batch))


def language_job(work: Work, prepared: Prepared) -> TranscribeJob:
    assert work.manifest is not None  # the flow listens first
    assert work.spool is not None
    first = work.manifest.windows[:LANGUAGE_WINDOWS]
    passages = tuple(Passage(work.spool, window.start, window.end) for window in first)
    return TranscribeJob(work.recipe, prepared.plan.placement, passages)


def _charge_bytes(tag: Tag, plan: Plan) -> int:
    """Of model work. A part of a batch that ran out of memory gets what that took, and at least twice the usual."""
    usual_bytes = plan.placement.cost_bytes
    if tag.before is None or not isinstance(tag.before.error, OutOfMemory):
        return usual_bytes
    return min(max(tag.before.error.used_bytes, 2 * usual_bytes), plan.budget.bytes)


def _light_bytes(tag: Tag, plan: Plan) -> int:
    """Of reading, listening and looking: workers do all of these by turns."""
    if tag.stage != "shots" or tag.work is None or tag.work.manifest is None:
        return plan.charges.of_listening()
    return min(plan.charges.of_looking(tag.work.manifest.width, tag.work.manifest.height), plan.budget.bytes)


def _extent(payload: Payload) -> tuple[float, float]:
    """How large a job is (comparable within its stage), and the seconds after which it counts as hanging."""
    if isinstance(payload, TranscribeJob):
        samples = sum(passage.end - passage.start for passage in payload.passages)
        return float(samples), GRACE_S + WINDOW_DEADLINE_S * len(payload.passages)
    if isinstance(payload, ShotsJob):
        return float(payload.duration_ms), GRACE_S + payload.deadline_s
    try:
        size_bytes = payload.clip.stat().st_size
    except OSError:
        size_bytes = 0  # the job itself will say what is wrong with the file
    return float(size_bytes), GRACE_S + size_bytes / READ_BYTES_PER_S
