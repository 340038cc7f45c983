"""Drives clips through the pool: survey ▸ listen ▸ language ▸ transcribe ▸ write.

One loop in the parent. It owns all state; workers get frozen jobs and give frozen results. Every result goes to the
cache as it comes, so whatever happens later costs only the jobs that were in flight. What another run is at work on is
left to it (see `clipforge.pipeline.turns`): the loop goes on with the rest, and never stands still for it.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from clipforge.captions.words import Transcript
from clipforge.errors import ClipforgeError
from clipforge.events import ClipFinished, ClipMeasured, ClipProgress, Event
from clipforge.media.listen import ListenJob, Manifest
from clipforge.media.shots import Shots
from clipforge.pipeline.batches import Batches, Wanted
from clipforge.pipeline.ends import as_it_is, failed, without_audio
from clipforge.pipeline.gauge import Gauge
from clipforge.pipeline.jobs import STAGES, Payload, Tag, job, language_job, words_job
from clipforge.pipeline.looks import Looks
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.room import Clerks, Room
from clipforge.pipeline.survey import Survey, SurveyJob
from clipforge.pipeline.turns import LOOK_EVERY_S, Others
from clipforge.pipeline.work import Memory, Work
from clipforge.pool.jobs import Done, Failed, Outcome, Progress, Started, WorkerBug
from clipforge.pool.pool import Pool

BATCHES_AHEAD = 2
"""Batches for each model worker, the one that it has included, that may be heard and not transcribed before no further
clip is listened to: this bounds the spools."""


class StopEarlyError(Exception):
    """A clip failed and ``--fail-fast`` was given."""


class Flow:
    """One run over the clips that have work to do."""

    def __init__(
        self, prepared: Prepared, memory: Memory, clerks: Clerks, room: Room, emit: Callable[[Event], None]
    ) -> None:
        self._prepared = prepared
        self._memory = memory
        self._examiner = clerks.examiner
        self._finisher = clerks.finisher
        self._peaks = clerks.peaks
        self._room = room
        self._others = Others(room.turns, memory, prepared.plan.recipe, emit)
        self._looks = Looks(prepared.request, memory, room.ffmpeg)
        self._emit = emit
        self._batches = Batches(prepared.plan.placement.batch_size)
        self._to_listen: deque[Work] = deque()
        self._at_work: Counter[str] = Counter()
        """Jobs that the pool has, by stage."""
        self._open = 0
        self._gauge = Gauge(prepared.plan.budget.bytes, emit)
        self.bugs: list[str] = []

    @property
    def peak_bytes(self) -> int:
        """The most memory that was seen."""
        return self._gauge.peak_bytes

    def run(self, works: Sequence[Work], pool: Pool) -> None:
        """Bring every clip to its end. Raises `StopEarlyError` if one fails and that is to be the end."""
        self._open = len(works)
        for work in works:
            self._settle(work, pool)
        while self._open:
            self._to_listen.extendleft(self._others.clips.freed())
            self._batches.again(self._others.windows.freed())
            self._feed(pool)
            if self._others.awaited and not pool.outstanding:
                time.sleep(LOOK_EVERY_S)  # the pool does not wait where it has nothing to wait for
            for outcome in pool.wait(LOOK_EVERY_S if self._others.awaited else 0.25):
                self._peaks.note(outcome)
                self._take(outcome, pool)
            self._gauge.read(pool)

    # What to do next

    def _settle(self, work: Work, pool: Pool) -> None:
        """Go on with a clip as far as what is known of it allows. Called whenever something new is known."""
        try:
            if self._examiner.nothing_to_do(work):
                self._end(work, as_it_is(work, self._prepared.plan.model.name))
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
        looking = self._looks.begin(work)
        if looking is not None:
            self._submit(pool, Tag("shots", work), looking)
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
            self._write_if_complete(work)
        elif work.spool is None:
            self._to_listen.append(work)
        elif work.recipe.language is None:
            self._submit(pool, Tag("language", work), language_job(work, self._prepared))
        else:
            for index in work.missing:
                self._batches.want(work, index)

    def _feed(self, pool: Pool) -> None:
        """Give idle workers something to do: windows that were heard, then clips to listen to, not too far ahead."""
        plan = self._prepared.plan
        most = BATCHES_AHEAD * plan.model_workers * plan.placement.batch_size
        while self._to_listen and self._batches.unsettled + self._unheard() < most:
            work = self._to_listen.popleft()
            if not self._has_turn(work, pool):
                continue
            work.spool = self._room.spool / f"{id(work):x}.s16"
            track = self._prepared.settings.audio_track
            self._submit(pool, Tag("listen", work), ListenJob(work.clip.path, work.spool, self._room.ffmpeg, track))
        while candidates := self._batches.take(self._idle_workers(pool)):
            batch = tuple(wanted for wanted in candidates if self._is_ours_to_hear(wanted))
            if batch:
                self._submit(pool, Tag("words", batch=batch), words_job(batch, self._prepared))

    def _unheard(self) -> int:
        """Clips with a spool whose windows are not asked for yet: they are listened to, or their language is."""
        return self._at_work["listen"] + self._at_work["language"]

    def _idle_workers(self, pool: Pool) -> int:
        plan = self._prepared.plan
        return min(plan.workers - pool.outstanding, plan.model_workers - self._at_work["words"])

    # Other runs

    def _has_turn(self, work: Work, pool: Pool) -> bool:
        """Whether to listen to a clip now. It may be another run's, or done by now."""
        if work.turn or not self._memory.is_shared:
            return True
        if not self._others.let_us_have_clip(work):
            return False
        self._settle(work, pool)  # whose turn it was before may have finished it since we looked
        if self._to_listen and self._to_listen[-1] is work:
            self._to_listen.pop()
            return True
        return False

    def _is_ours_to_hear(self, wanted: Wanted) -> bool:
        """Whether to transcribe a window now: it may be another run's, or done by now."""
        if not self._others.let_us_have_window(wanted):
            return False
        known = self._memory.words(wanted.key) if self._memory.is_shared else None
        if known is not None:
            self._settled(wanted)
            for work, index in wanted.takers:
                if not work.finished:
                    work.fill_from_cache(index, *known)
                    self._went_on(work)
        return known is None

    def _submit(self, pool: Pool, tag: Tag, payload: Payload) -> None:
        self._at_work[tag.stage] += 1
        pool.submit(job(tag, payload, self._prepared))

    # What came back

    def _take(self, outcome: Outcome, pool: Pool) -> None:
        tag: Tag = outcome.job.tag
        match outcome:
            case Started():
                for work in tag.clips():
                    self._tell(tag, work, work.done())
            case Progress(value=float(value)) if tag.work is not None and not tag.work.finished:
                self._tell(tag, tag.work, value)
            case Done():
                self._at_work[tag.stage] -= 1
                self._done(tag, outcome, pool)
            case Failed():
                self._at_work[tag.stage] -= 1
                self._failed(tag, outcome, pool)

    def _tell(self, tag: Tag, work: Work, done: float) -> None:
        """Where a clip stands; that its shots are looked for, only once nothing else is done for it."""
        if tag.stage != "shots" or not work.missing:
            self._emit(ClipProgress(work.name, STAGES[tag.stage].shown_as, done))

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
                work.manifest = result
                self._memory.keep_manifest(work, outcome.took_s)
            case str():
                self._memory.keep_language(work, result, outcome.took_s)
            case Shots():
                self._memory.keep_shots(work, result, outcome.took_s)
        if work.finished:
            return  # another of its jobs has failed meanwhile
        if isinstance(result, Shots):
            self._write_if_complete(work)
        else:
            self._settle(work, pool)

    def _heard(self, wanted: Wanted, transcript: Transcript, work_s: float) -> None:
        self._memory.keep_words(wanted.key, transcript, work_s)
        self._settled(wanted)
        for work, index in wanted.takers:
            if not work.finished:
                work.transcripts[index] = transcript
                work.work_s += work_s
                self._went_on(work)

    def _settled(self, wanted: Wanted) -> None:
        """The words of a window are made, or cannot be made."""
        self._batches.settled(wanted)
        self._others.turns.give_back(wanted.key)

    def _went_on(self, work: Work) -> None:
        self._emit(ClipProgress(work.name, "transcribing", work.done()))
        self._write_if_complete(work)

    def _write_if_complete(self, work: Work) -> None:
        if work.missing:
            return
        if work.spool is not None:
            work.spool.unlink(missing_ok=True)  # every word is known; shots may take long
        if not work.waits_for_shots:
            self._write(work)

    def _failed(self, tag: Tag, outcome: Failed, pool: Pool) -> None:
        if len(tag.batch) > 1:
            # One bad window must not take its neighbours along: find out which it is.
            for wanted in tag.batch:
                again = Tag("words", batch=(wanted,), before=outcome)
                self._submit(pool, again, words_job((wanted,), self._prepared))
            return
        for wanted in tag.batch:
            self._settled(wanted)
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
        self._others.turns.give_back(work.turn)
        self._emit(finished)
