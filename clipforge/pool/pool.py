"""The supervisor: jobs in, outcomes out, worker processes in between.

::

                 the caller's thread (nothing here runs unless it calls)                       one process each
    ┌──────────────────────────────────────────────────────────────────────────┐   ┌───────────────────────────────┐
    │  submit(job) ──▶ Scheduler: queue ── plan ──▶ Launch ── spawn ───────────┼──▶│ serve: own session and group  │
    │       ▲              ▲     ▲ │                Assign ── Order ──────pipe─┼──▶│   run(payload, report)        │
    │       │              │     │ └──────────────▶ Retire ── close ──────pipe─┼──▶│   ends by itself …            │
    │       │              │     └─ headroom ─┐     │ … or, after its exit     │   │                               │
    │   the caller         │ try again        │     ▼ deadline, SIGKILL        │   │                               │
    │       │              ├────── died ◀─────┼──── sentinel ◀─────────────────┼───│ exit, kill -9, segfault       │
    │       │              └─ out of memory ◀─┤                                │   │                               │
    │       │                 (larger charge) │                                │   │                               │
    │       ▼                                 Watch ◀── live memory ◀──────────┼───│ it and its children           │
    │   wait() ◀── Started Done Failed ◀───────────── Ready, Answer, RanOut ◀pipe──│ result or exception, pickled  │
    │          ◀── Progress ◀──────────────────────── Reported ◀──────────pipe─┼───│ report(value)                 │
    │                                                                          │   │                               │
    │   deadlines: SIGKILL to the group            lifeline (never written) ═══┼═══│ closes with us: group SIGKILL │
    └──────────────────────────────────────────────────────────────────────────┘   └───────────────────────────────┘

What may start is decided in `clipforge.pool.scheduler`, who has taken too much in `clipforge.pool.watch`; the other end
of the pipe is `clipforge.pool.worker`. Nothing here waits for a worker, not even for the rest of a message. All clocks
are monotonic. multiprocessing keeps one process of its own beside the workers, its resource tracker, which ends with
this process. The thread that makes a pool must stay alive as long as the pool.
"""

from __future__ import annotations

import itertools
import time
import weakref
from collections.abc import Callable
from multiprocessing import connection
from types import TracebackType

from clipforge.errors import BudgetTooSmall, OutOfMemory, WorkerDied, WorkerOverdue, gib
from clipforge.pool import handle
from clipforge.pool.channel import FLUSH_S
from clipforge.pool.handle import Handle
from clipforge.pool.jobs import Done, Failed, Job, Limits, Outcome, Progress, Started, WorkerBug, WorkerRules
from clipforge.pool.scheduler import Entry, Launch, Retire, Scheduler
from clipforge.pool.watch import SAMPLE_S, SWOLLEN, Watch
from clipforge.pool.worker import Answer, Message, RanOut, Ready


class Pool:
    """A bounded set of worker processes; the caller drives it by calling `wait`.

    ``free_bytes`` is asked before a worker is started (`clipforge.pool.memory.free_now`); None trusts the budget alone.
    As a context manager, a pool that is left by an exception is killed, otherwise closed.
    """

    def __init__(
        self, limits: Limits, *, rules: WorkerRules | None = None, free_bytes: Callable[[], int] | None = None
    ) -> None:
        self._limits = limits
        self._rules = rules or WorkerRules()
        self._watch = Watch(limits.budget_bytes, free_bytes)
        self._scheduler = Scheduler(limits)
        self._workers: dict[int, Handle] = {}
        self._outbox: list[Outcome] = []
        self._job_numbers = itertools.count()
        self._worker_numbers = itertools.count()
        self._replan = False
        self._sample_due_s = 0.0
        self._closed = False
        self._at_exit = weakref.finalize(self, handle.kill_all, self._workers)

    @property
    def outstanding(self) -> int:
        """Jobs whose end has not been handed out yet: queued, running, or over since the last `wait`."""
        over = sum(isinstance(outcome, Done | Failed) for outcome in self._outbox)
        return len(self._scheduler) + sum(w.entry is not None for w in self._workers.values()) + over

    def submit(self, job: Job) -> None:
        """Queue a job. One that needs more than the whole budget fails at once, with `BudgetTooSmall`."""
        if self._closed:
            raise RuntimeError("the pool is closed")
        budget_bytes = self._limits.budget_bytes
        if job.cost_bytes > budget_bytes:
            error = BudgetTooSmall(job.what, job.cost_bytes, budget_bytes, self._limits.source)
            self._outbox.append(Failed(job, error, attempts=0))
            return
        self._scheduler.add(Entry(job, next(self._job_numbers)))
        self._replan = True

    def wait(self, timeout_s: float) -> list[Outcome]:
        """What has happened since the last call, as soon as there is something; an empty list after ``timeout_s``, or
        at once where nothing is outstanding."""
        until_s = time.monotonic() + timeout_s
        late = False
        while True:
            self._look_after_workers()
            self._start_what_fits()  # before the caller gets to think about what came
            if self._outbox or late or not self.outstanding:
                outcomes, self._outbox = self._outbox, []
                return outcomes
            self._listen(until_s)
            late = time.monotonic() >= until_s

    def cancel(self, where: Callable[[Job], bool]) -> list[Job]:
        """Drop the queued jobs for which ``where`` is true, and return them; what runs goes on."""
        self._replan = True
        return self._scheduler.cancel(where)

    def used_bytes(self) -> int:
        """What this process and all its descendants use now: PSS, else USS, else RSS, as the system gives it."""
        return self._watch.used_bytes()

    def close(self) -> None:
        """Drop what is queued; let every worker end by itself, after the job it has; kill those that take longer than
        their exit deadline. Outcomes that were not fetched are lost."""
        self._shut()
        for worker in self._workers.values():
            worker.retire(self._rules.exit_deadline_s)
        while self._workers:
            self._look_after_workers()
            self._listen(time.monotonic() + SAMPLE_S)
        self._at_exit.detach()

    def kill(self) -> None:
        """Everything is dead when this returns: workers and whatever they have started."""
        self._shut()
        handle.kill_all(self._workers)
        self._at_exit.detach()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()

    def _shut(self) -> None:
        self._closed = True
        self._scheduler.cancel(lambda job: True)
        self._outbox.clear()

    def _start_what_fits(self) -> None:
        if not self._replan:
            return
        self._replan = False
        seats = [worker.seat() for worker in self._workers.values()]
        for step in self._scheduler.plan(seats, self._watch.headroom_bytes()):
            if isinstance(step, Retire):
                self._workers[step.seat].retire(self._rules.exit_deadline_s)
                continue
            entry = step.entry
            entry.attempts += 1
            if isinstance(step, Launch):
                self._launch(entry)
            else:
                worker = self._workers[step.seat]
                worker.entry = entry
                worker.charge_bytes = max(worker.charge_bytes, entry.job.cost_bytes)
                self._send(worker, entry)

    def _launch(self, entry: Entry) -> None:
        try:
            handle.start(self._workers, next(self._worker_numbers), entry, self._rules)
        except OSError as error:  # no more processes, files or memory
            self._try_again(entry, f"could not be started: {error}")

    def _send(self, worker: Handle, entry: Entry) -> None:
        try:
            worker.send(entry)
        except WorkerBug as bug:
            self._fail(entry, bug)
            worker.free()
            self._replan = True
        else:
            self._outbox.append(Started(entry.job))

    def _listen(self, until_s: float) -> None:
        """Wait for news from any worker, a deadline, the next look at memory or ``until_s``; take in the news."""
        workers = list(self._workers.values())
        sources: list[connection.Connection | int]
        sources = [*(w.process.sentinel for w in workers), *(w.channel.pipe for w in workers if not w.ending)]
        wake_s = min([until_s, self._sample_due_s, *(w.due_s for w in workers if w.due_s is not None)])
        if any(worker.channel.unsent for worker in workers):
            wake_s = min(wake_s, time.monotonic() + FLUSH_S)
        ready = connection.wait(sources, max(0.0, wake_s - time.monotonic()))
        for worker in workers:
            worker.channel.flush()
            if worker.process.sentinel in ready:
                self._lost(worker)
            elif worker.channel.pipe in ready:
                self._take_in(worker)
                if worker.channel.at_end:
                    self._lost(worker)

    def _take_in(self, worker: Handle) -> None:
        """What a worker has to say; the beginning of a message waits for its rest."""
        for message in worker.channel.arrived():
            self._heed(worker, message)
            if self._workers.get(worker.number) is not worker:  # buried for what it said
                return

    def _heed(self, worker: Handle, message: Message) -> None:
        entry = worker.entry
        if isinstance(message, Ready):
            worker.ready, worker.due_s = True, None
            if entry is not None:
                self._send(worker, entry)
        elif entry is None or message.number != entry.number:
            return
        elif isinstance(message, Answer):
            self._answered(worker, entry, message)
        elif isinstance(message, RanOut):
            self._bury(worker)
            self._ran_out(worker, entry, message.how, worker.most_bytes(message.peak_bytes))
        else:
            try:
                self._outbox.append(Progress(entry.job, message.value(entry.job.what)))
            except WorkerBug as bug:
                self._fail(entry, bug)
                self._bury(worker)

    def _answered(self, worker: Handle, entry: Entry, answer: Answer) -> None:
        job = entry.job
        try:
            value = answer.result(job.what)
        except Exception as error:  # the job's own
            self._fail(entry, error)
        else:
            peak_bytes = worker.most_bytes(answer.peak_bytes)
            self._outbox.append(Done(job, value, answer.took_s, peak_bytes, worker.number))
        worker.free()
        worker.jobs_done += 1
        if worker.jobs_done >= self._rules.jobs_each or answer.rss_bytes > SWOLLEN * worker.charge_bytes:
            worker.retire(self._rules.exit_deadline_s)
        self._replan = True

    def _look_after_workers(self) -> None:
        """Deadlines at every call; every `SAMPLE_S`, deaths and live memory."""
        now_s = time.monotonic()
        for worker in list(self._workers.values()):
            if worker.due_s is not None and now_s >= worker.due_s:
                self._overdue(worker)
        if now_s < self._sample_due_s:
            return
        self._sample_due_s = now_s + SAMPLE_S
        self._replan = True  # memory may have come free
        for worker in list(self._workers.values()):
            if not worker.process.is_alive():
                self._lost(worker)
        if not any(worker.entry for worker in self._workers.values()):
            return
        for worker in self._watch.look(list(self._workers.values())):
            self._bury(worker)
            if worker.entry is not None:
                how = f"it took {gib(worker.used_bytes)} where {gib(worker.charge_bytes)} were allowed for"
                self._ran_out(worker, worker.entry, how, worker.used_bytes)

    def _overdue(self, worker: Handle) -> None:
        self._bury(worker)
        entry = worker.entry
        if entry is not None and worker.ready:
            self._fail(entry, WorkerOverdue(entry.job.what, entry.job.deadline_s or 0.0))
        elif entry is not None:
            self._try_again(entry, f"did not start within {handle.START_DEADLINE_S:.0f} s")

    def _lost(self, worker: Handle) -> None:
        """A worker has ended: as it was told to, or in the middle of a job."""
        self._take_in(worker)  # what it said before it died counts
        if self._workers.get(worker.number) is not worker:
            return
        how = self._bury(worker)
        if worker.entry is None:
            return
        if how == "SIGKILL" and self._watch.system_killed():
            self._ran_out(worker, worker.entry, "killed by the system", worker.most_bytes())
        else:
            self._try_again(worker.entry, how)

    def _ran_out(self, worker: Handle, entry: Entry, how: str, used_bytes: int) -> None:
        budget_bytes = self._limits.budget_bytes
        if entry.grow(worker.charge_bytes, used_bytes, budget_bytes):
            self._scheduler.add(entry)
        else:
            self._fail(entry, OutOfMemory(entry.job.what, how, max(used_bytes, worker.charge_bytes), budget_bytes))

    def _try_again(self, entry: Entry, how: str) -> None:
        self._replan = True
        if entry.has_tries:
            self._scheduler.add(entry)
        else:
            self._fail(entry, WorkerDied(entry.job.what, how, entry.tries))

    def _fail(self, entry: Entry, error: Exception) -> None:
        self._outbox.append(Failed(entry.job, error, entry.tries))

    def _bury(self, worker: Handle) -> str:
        """Make sure that nothing is left of a worker; says how it ended."""
        del self._workers[worker.number]
        self._replan = True
        return worker.end()
