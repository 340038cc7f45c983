"""Drives clips through the pool: survey ▸ listen ▸ language ▸ transcribe ▸ write.

One loop in the parent. It owns all state; workers get frozen jobs and give frozen results. Every result goes to the
cache as it comes, so whatever happens later costs only the jobs that were in flight.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clipforge.captions.words import Transcript
from clipforge.errors import ClipforgeError
from clipforge.events import ClipFinished, ClipMeasured, ClipProgress, Event, MemoryUsed
from clipforge.media.listen import ListenJob, Manifest
from clipforge.pipeline.batches import Batches, Wanted
from clipforge.pipeline.ends import failed, without_audio
from clipforge.pipeline.examiner import Examiner
from clipforge.pipeline.finish import Finisher
from clipforge.pipeline.jobs import STAGES, Payload, Tag, job, language_job, words_job
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.survey import Survey, SurveyJob
from clipforge.pipeline.work import Memory, Work
from clipforge.pool.jobs import Done, Failed, Outcome, Progress, Started, WorkerBug
from clipforge.pool.pool import Pool

BATCHES_AHEAD = 2
"""Batches per worker that may wait for transcription before no further clip is listened to: this bounds the spools."""

SECONDS_BETWEEN_SAMPLES = 1.0


class StopEarlyError(Exception):
    """A clip failed and ``--fail-fast`` was given."""


@dataclass(frozen=True, slots=True)
class Clerks:
    """Who looks at a clip's files before the work, and who writes them after it."""

    examiner: Examiner
    finisher: Finisher


@dataclass(frozen=True, slots=True)
class Room:
    """What a run works in and with."""

    spool: Path
    """A private folder for decoded audio."""
    ffmpeg: Path


class Flow:
    """One run over the clips that have work to do."""

    def __init__(
        self, prepared: Prepared, memory: Memory, clerks: Clerks, room: Room, emit: Callable[[Event], None]
    ) -> None:
        self._prepared = prepared
        self._memory = memory
        self._examiner = clerks.examiner
        self._finisher = clerks.finisher
        self._room = room
        self._emit = emit
        self._batches = Batches(prepared.plan.placement.batch_size)
        self._to_listen: deque[Work] = deque()
        self._listening = 0
        self._open = 0
        self._sampled_at = 0.0
        self.peak_bytes = 0
        self.bugs: list[str] = []

    def run(self, works: Sequence[Work], pool: Pool) -> None:
        """Bring every clip to its end. Raises `StopEarlyError` if one fails and that is to be the end."""
        self._open = len(works)
        for work in works:
            self._settle(work, pool)
        while self._open:
            self._feed(pool)
            for outcome in pool.wait(0.25):
                self._take(outcome, pool)
            self._sample(pool)

    # What to do next

    def _settle(self, work: Work, pool: Pool) -> None:
        """Go on with a clip as far as what is known of it allows. Called whenever something new is known."""
        try:
            if self._examiner.nothing_to_do(work):
                self._end(work, self._examiner.as_it_is(work))
                return
        except ClipforgeError as error:
            self._fail(work, error)
            return
        if work.digest is None:
            self._submit(pool, Tag("survey", work), SurveyJob(work.clip.path))
            return
        if work.manifest is None:
            self._memory.recall_manifest(work)
        if work.manifest is None:
            self._to_listen.append(work)
            return
        self._emit(ClipMeasured(work.name, work.media_s))
        if not work.manifest.has_audio:
            self._end(work, without_audio(work))
            return
        self._find_words(work, pool)

    def _find_words(self, work: Work, pool: Pool) -> None:
        """A clip whose windows are known: its language, then its words, from the cache or from the engine."""
        assert work.manifest is not None
        if work.manifest.windows and work.recipe.language is None:
            self._memory.recall_language(work)
            if work.recipe.language is not None:
                self._settle(work, pool)  # its outputs may be named by the language
                return
        self._memory.recall_words(work)
        if not work.missing:
            self._write(work)
        elif work.spool is None:
            self._to_listen.append(work)
        elif work.recipe.language is None:
            self._submit(pool, Tag("language", work), language_job(work, self._prepared))
        else:
            for index in work.missing:
                self._batches.want(work, index)

    def _feed(self, pool: Pool) -> None:
        """Give idle workers something to do: windows that were heard, then clips to listen to, not too far ahead."""
        workers, batch_size = self._prepared.plan.workers, self._prepared.plan.placement.batch_size
        while self._to_listen and len(self._batches) + self._listening < BATCHES_AHEAD * workers * batch_size:
            work = self._to_listen.popleft()
            work.spool = self._room.spool / f"{id(work):x}.s16"
            track = self._prepared.settings.audio_track
            self._listening += 1
            self._submit(pool, Tag("listen", work), ListenJob(work.clip.path, work.spool, self._room.ffmpeg, track))
        while batch := self._batches.take(workers - pool.outstanding):
            self._submit(pool, Tag("words", batch=batch), words_job(batch, self._prepared))

    def _submit(self, pool: Pool, tag: Tag, payload: Payload) -> None:
        pool.submit(job(tag, payload, self._prepared))

    # What came back

    def _take(self, outcome: Outcome, pool: Pool) -> None:
        tag: Tag = outcome.job.tag
        match outcome:
            case Started():
                for work in tag.clips():
                    self._emit(ClipProgress(work.name, STAGES[tag.stage].shown_as, work.done()))
            case Progress(value=float(value)) if tag.work is not None:
                self._emit(ClipProgress(tag.work.name, STAGES[tag.stage].shown_as, value))
            case Done():
                self._done(tag, outcome, pool)
            case Failed():
                self._failed(tag, outcome, pool)

    def _done(self, tag: Tag, outcome: Done, pool: Pool) -> None:
        result, work = outcome.result, tag.work
        if work is None:
            share_s = outcome.took_s / sum(wanted.samples for wanted in tag.batch)
            for wanted, transcript in zip(tag.batch, result, strict=True):
                self._heard(wanted, transcript, share_s * wanted.samples)
            return
        match result:
            case Survey():
                work.digest = result.digest
                self._examiner.remember(work)
                self._emit(ClipMeasured(work.name, result.duration_ms / 1000))
            case Manifest():
                self._listening -= 1
                work.manifest = result
                self._memory.keep_manifest(work, outcome.took_s)
            case str():
                self._memory.keep_language(work, result, outcome.took_s)
        self._settle(work, pool)

    def _heard(self, wanted: Wanted, transcript: Transcript, work_s: float) -> None:
        self._batches.settled(wanted)
        self._memory.keep_words(wanted.key, transcript, work_s)
        for work, index in wanted.takers:
            if work.finished:
                continue
            work.transcripts[index] = transcript
            work.work_s += work_s
            self._emit(ClipProgress(work.name, "transcribing", work.done()))
            if not work.missing:
                self._write(work)

    def _failed(self, tag: Tag, outcome: Failed, pool: Pool) -> None:
        if tag.stage == "listen":
            self._listening -= 1
        if len(tag.batch) > 1:
            # One bad window must not take its neighbours along: find out which it is.
            for wanted in tag.batch:
                self._submit(pool, Tag("words", batch=(wanted,)), words_job((wanted,), self._prepared))
            return
        for wanted in tag.batch:
            self._batches.settled(wanted)
        for work in tag.clips():
            self._fail(work, outcome.error)

    # How a clip ends

    def _write(self, work: Work) -> None:
        self._emit(ClipProgress(work.name, "writing", 0.0))
        try:
            finished = self._finisher.write(work)
        except ClipforgeError as error:
            self._fail(work, error)
            return
        if work.spool is not None:
            work.spool.unlink(missing_ok=True)
        self._end(work, finished)

    def _fail(self, work: Work, error: Exception) -> None:
        self._batches.drop(work)
        if not isinstance(error, ClipforgeError):
            self.bugs.append(error.traceback_text if isinstance(error, WorkerBug) else repr(error))
        self._end(work, failed(work, error))
        if self._prepared.settings.fail_fast:
            raise StopEarlyError

    def _end(self, work: Work, finished: ClipFinished) -> None:
        work.finished = True
        self._open -= 1
        self._emit(finished)

    def _sample(self, pool: Pool) -> None:
        now = time.monotonic()
        if now - self._sampled_at >= SECONDS_BETWEEN_SAMPLES:
            self._sampled_at = now
            used = pool.used_bytes()
            self.peak_bytes = max(self.peak_bytes, used)
            self._emit(MemoryUsed(used, self._prepared.plan.budget.bytes))
