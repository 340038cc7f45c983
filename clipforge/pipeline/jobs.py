"""The jobs that a clip gives to the pool: their lanes, charges, order and deadlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clipforge.engines.work import Passage, TranscribeJob, detect_language, transcribe
from clipforge.media.listen import ListenJob, listen
from clipforge.pipeline.batches import Wanted
from clipforge.pipeline.prepare import LISTEN_COST_BYTES, Prepared
from clipforge.pipeline.survey import SurveyJob, survey
from clipforge.pipeline.work import Work
from clipforge.pool.jobs import Job

LIGHT = "light"
"""The lane of workers that read and listen; model workers have one lane per model."""

READ_BYTES_PER_S = 2 * 2**20  # a slow network disk
GRACE_S = 300.0
WINDOW_DEADLINE_S = 300.0  # large-v3 needs about 30 s a window on two slow cores

LANGUAGE_WINDOWS = 2
"""Windows in which the language of a clip is detected."""

Payload = SurveyJob | ListenJob | TranscribeJob


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
}


@dataclass(frozen=True, slots=True)
class Tag:
    """What a job is about: one clip, or a batch of windows."""

    stage: str
    work: Work | None = None
    batch: tuple[Wanted, ...] = ()

    def clips(self) -> list[Work]:
        """The clips that the job is about, without those that have ended."""
        if self.work is not None:
            return [self.work]
        takers = [work for wanted in self.batch for work, _ in wanted.takers if not work.finished]
        return list(dict.fromkeys(takers))


def job(tag: Tag, payload: Payload, prepared: Prepared) -> Job:
    """The pool's job for one stage of one clip or batch."""
    stage, recipe = STAGES[tag.stage], prepared.plan.recipe
    is_model_work = isinstance(payload, TranscribeJob)
    clips = tag.clips()
    more = f" and {len(clips) - 1} more" if len(clips) > 1 else ""
    size, deadline_s = _extent(payload)
    return Job(
        run=stage.run,
        payload=payload,
        lane=f"{recipe.engine} {recipe.model_digest} {recipe.compute_type}" if is_model_work else LIGHT,
        cost_bytes=prepared.plan.placement.cost_bytes if is_model_work else LISTEN_COST_BYTES,
        what=f"{stage.verb} {clips[0].clip.path.name if clips else 'a clip'}{more}",
        tag=tag,
        priority=stage.priority,
        size=size,
        deadline_s=deadline_s,
    )


def words_job(batch: Sequence[Wanted], prepared: Prepared) -> TranscribeJob:
    return TranscribeJob(batch[0].recipe, prepared.plan.placement, tuple(wanted.passage for wanted in batch))


def language_job(work: Work, prepared: Prepared) -> TranscribeJob:
    assert work.manifest is not None  # the flow listens first
    assert work.spool is not None
    first = work.manifest.windows[:LANGUAGE_WINDOWS]
    passages = tuple(Passage(work.spool, window.start, window.end) for window in first)
    return TranscribeJob(work.recipe, prepared.plan.placement, passages)


def _extent(payload: Payload) -> tuple[float, float]:
    """How large a job is (comparable within its stage), and the seconds after which it counts as hanging."""
    if isinstance(payload, TranscribeJob):
        samples = sum(passage.end - passage.start for passage in payload.passages)
        return float(samples), GRACE_S + WINDOW_DEADLINE_S * len(payload.passages)
    try:
        size_bytes = payload.clip.stat().st_size
    except OSError:
        size_bytes = 0  # the job itself will say what is wrong with the file
    return float(size_bytes), GRACE_S + size_bytes / READ_BYTES_PER_S
