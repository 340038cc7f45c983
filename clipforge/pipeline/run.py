"""One run of ``clipforge caption``, from the request to the last event."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from clipforge import events
from clipforge.errors import EXIT_BUG, EXIT_CLIPS_FAILED, EXIT_OK, ClipforgeError
from clipforge.events import ClipFinished, Event, Notice, RunFinished, RunStarted
from clipforge.pipeline.ends import as_it_is, failed
from clipforge.pipeline.examiner import Examiner
from clipforge.pipeline.made import listening
from clipforge.pipeline.names import output_folder
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.stores import Stores
from clipforge.pipeline.work import Memory, Work
from clipforge.store.files import sweep


@dataclass
class Tally:
    """What became of the clips, added up from events on their way to the user."""

    emit: Callable[[Event], None]
    ended: Counter[str] = field(default_factory=Counter)
    media_s: float = 0.0
    saved_s: float = 0.0

    def __call__(self, event: Event) -> None:
        if isinstance(event, ClipFinished):
            self.ended[event.status] += 1
            self.saved_s += event.saved_s
            if event.status in (events.CAPTIONED, events.NO_SPEECH):
                self.media_s += event.media_s
        self.emit(event)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and the traces of bugs that it met."""

    finished: RunFinished
    bugs: tuple[str, ...]


def caption(prepared: Prepared, stores: Stores, emit: Callable[[Event], None]) -> Outcome:
    """Caption every clip. Clips fail one by one, as events; KeyboardInterrupt passes through."""
    began = time.monotonic()
    tally = Tally(emit)
    for folder in {output_folder(clip, prepared.settings) for clip in prepared.clips}:
        sweep(folder)
    examiner = Examiner(prepared, stores.ledger, stores.memo)
    to_do = open_works(prepared, examiner, tally)
    peak_bytes = 0
    bugs: tuple[str, ...] = ()
    if to_do and not (tally.ended[events.FAILED] and prepared.settings.fail_fast):
        peak_bytes, bugs = _flow(prepared, stores, examiner, to_do, tally)
    for text in stores.notices():
        tally(Notice("warning", text))
    ended = tally.ended
    failed = ended[events.FAILED]
    finished = RunFinished(
        captioned=ended[events.CAPTIONED],
        up_to_date=ended[events.UP_TO_DATE],
        no_speech=ended[events.NO_SPEECH],
        no_audio=ended[events.NO_AUDIO],
        kept=ended[events.KEPT],
        failed=failed,
        not_started=len(prepared.clips) - sum(ended.values()),
        took_s=time.monotonic() - began,
        media_s=tally.media_s,
        saved_s=tally.saved_s,
        peak_bytes=peak_bytes,
        exit_code=EXIT_BUG if bugs else EXIT_CLIPS_FAILED if failed else EXIT_OK,
    )
    tally(finished)
    return Outcome(finished, bugs)


def open_works(prepared: Prepared, examiner: Examiner, emit: Callable[[Event], None]) -> list[Work]:
    """The clips that have work to do. Those that have none, or cannot be read, end here."""
    to_do = []
    for clip in prepared.clips:
        work = Work(clip, prepared.plan.recipe)
        try:
            examiner.identify(work)
            if examiner.nothing_to_do(work):
                emit(as_it_is(work, prepared.plan.model.name))
            else:
                to_do.append(work)
        except ClipforgeError as error:
            emit(failed(work, error))
            if prepared.settings.fail_fast:
                break
    return to_do


def _flow(
    prepared: Prepared, stores: Stores, examiner: Examiner, to_do: list[Work], tally: Tally
) -> tuple[int, tuple[str, ...]]:
    # Imported here: a run in which everything is up to date needs neither the pool nor the layout.
    from clipforge.media.ffmpeg import find_for_listening
    from clipforge.pipeline.finish import Finisher
    from clipforge.pipeline.flow import Flow, StopEarlyError
    from clipforge.pipeline.peaks import Peaks
    from clipforge.pipeline.room import Clerks, Room
    from clipforge.pipeline.turns import Turns
    from clipforge.pool import memory as pool_memory
    from clipforge.pool.jobs import Limits, WorkerRules
    from clipforge.pool.pool import Pool

    ffmpeg = find_for_listening(prepared.request.machine.search_path)
    budget = prepared.plan.budget
    for notice in prepared.notices:
        tally(notice)
    tally(
        RunStarted(
            clips=len(to_do),
            up_to_date=tally.ended[events.UP_TO_DATE],
            workers=prepared.plan.model_workers,
            budget_bytes=budget.bytes,
            model=prepared.plan.model.name,
        )
    )
    memory = Memory(stores.cache, listening(prepared.settings), prepared.request.force)
    clerks = Clerks(examiner, Finisher(prepared, examiner), Peaks(prepared.plan, stores.costs))
    limits = Limits(prepared.plan.workers, budget.bytes, budget.source)
    with stores.spool() as spool, closing(stores.claims()) as claims:
        turns = Turns(claims, lambda: memory.is_shared)
        # What libraries print in a worker must not run through the picture of a terminal.
        rules = WorkerRules(log=None if prepared.settings.verbose else spool / "workers.log")
        with Pool(limits, rules=rules, free_bytes=pool_memory.free_now) as pool:
            flow = Flow(prepared, memory, clerks, Room(spool, ffmpeg, turns), tally)
            try:
                flow.run(to_do, pool)
            except StopEarlyError:
                pool.kill()
    return flow.peak_bytes, tuple(flow.bugs)
