"""The supervisor: jobs in, outcomes out, worker processes in between.

::

                 the caller's thread (nothing here runs unless it calls)                       one process each
    ┌──────────────────────────────────────────────────────────────────────────┐   ┌───────────────────────────────┐
    │  submit(job) ──▶ Scheduler: queue ── plan ──▶ Launch ── spawn ───────────┼──▶│ serve: own session and group  │
    │       ▲              ▲     │                  Assign ── Order ──────pipe─┼──▶│   run(payload, report)        │
    │       │              │     └────────────────▶ Retire ── close ──────pipe─┼──▶│   ends by itself …            │
    │       │              │ try again              │ … or, after its exit     │   │                               │
    │   the caller         │ (MAX_ATTEMPTS)         ▼ deadline, SIGKILL        │   │                               │
    │       │              └───────────── died ◀── sentinel ◀──────────────────┼───│ exit, kill -9, segfault       │
    │       ▼                              │                                   │   │                               │
    │   wait() ◀── Started Done Failed ◀───┴────── Ready, Answer ◀────────pipe─┼───│ result or exception, pickled  │
    │          ◀── Progress ◀───────────────────── Reported ◀─────────────pipe─┼───│ report(value)                 │
    │                                                                          │   │                               │
    │   deadlines: SIGKILL to the group            lifeline (never written) ═══┼═══│ closes with us: group SIGKILL │
    └──────────────────────────────────────────────────────────────────────────┘   └───────────────────────────────┘

What may start is decided in `clipforge.pool.scheduler`; the other end of the pipe is `clipforge.pool.worker`. All
clocks are monotonic. multiprocessing keeps one process of its own beside the workers, its resource tracker, which ends
with this process. The thread that makes a pool must stay alive as long as the pool.
"""

from __future__ import annotations

import itertools
import pickle
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import connection
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from clipforge.errors import BudgetTooSmall, ClipforgeError, WorkerDied, WorkerOverdue
from clipforge.pool import handle, processes
from clipforge.pool.handle import Handle
from clipforge.pool.jobs import (
    MAX_ATTEMPTS,
    Done,
    Failed,
    Job,
    Limits,
    Outcome,
    Progress,
    Started,
    WorkerBug,
    WorkerRules,
)
from clipforge.pool.scheduler import Entry, Launch, Retire, Scheduler
from clipforge.pool.worker import Answer, Order, Ready, Reported

SAMPLE_S = 1.0
"""Between two looks at live memory, which also catch deaths that no pipe has told."""

OUTGROWN = 1.5
"""A worker that holds this many times its charge once a job is over is replaced."""


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
        self._free_bytes = free_bytes
        self._scheduler = Scheduler(limits)
        self._workers: dict[int, Handle] = {}
        self._outbox: list[Outcome] = []
        self._job_numbers = itertools.count()
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
                outcomes = self._outbox.copy()
                self._outbox.clear()
                return outcomes
            self._listen(until_s)
            late = time.monotonic() >= until_s

    def cancel(self, where: Callable[[Job], bool]) -> list[Job]:
        """Drop the queued jobs for which ``where`` is true, and return them; what runs goes on."""
        self._replan = True
        return self._scheduler.cancel(where)

    def used_bytes(self) -> int:
        """What this process and all its descendants use now: PSS, else USS, else RSS, as the system gives it."""
        return processes.used_by_tree(())[0]

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
        if not len(self._scheduler) or sum(seat.busy for seat in seats) >= self._limits.workers:
            return
        for step in self._scheduler.plan(seats, self._free_bytes() if self._free_bytes else None):
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
            handle.start(self._workers, entry, self._rules)
        except OSError as error:  # no more processes, files or memory
            self._try_again(entry, f"could not be started: {error}")

    def _send(self, worker: Handle, entry: Entry) -> None:
        job = entry.job
        try:
            body = pickle.dumps((job.run, job.payload))
        except Exception as error:  # a payload's own __reduce__ may raise anything
            self._fail(entry, WorkerBug.of(error, f"{job.what} cannot be sent"))
            worker.free()
            self._replan = True
            return
        worker.peak_bytes = 0
        worker.due_s = None if job.deadline_s is None else time.monotonic() + job.deadline_s
        self._outbox.append(Started(job))
        with suppress(OSError):  # it has died: its sentinel will tell
            worker.pipe.send(Order(entry.number, body))

    def _listen(self, until_s: float) -> None:
        """Wait for news from any worker, a deadline, the next look at memory or ``until_s``; take in the news."""
        workers = self._workers.values()
        sources: dict[Any, Handle] = {worker.process.sentinel: worker for worker in workers}
        sources |= {worker.pipe: worker for worker in workers if not worker.ending}
        wake_s = min([until_s, self._sample_due_s, *(w.due_s for w in workers if w.due_s is not None)])
        for source in connection.wait(list(sources), max(0.0, wake_s - time.monotonic())):
            worker = sources[source]
            if not (isinstance(source, Connection) and self._take_in(worker)):
                self._lost(worker)

    def _take_in(self, worker: Handle) -> bool:
        """One message of a worker; False if there is none."""
        message = None if worker.ending else worker.receive()
        entry = worker.entry
        if isinstance(message, Ready):
            worker.ready, worker.due_s = True, None
            if entry is not None:
                self._send(worker, entry)
        elif entry is not None and message is not None and message.number == entry.number:
            if isinstance(message, Reported):
                self._reported(worker, entry, message)
            else:
                self._answered(worker, entry, message)
        return message is not None

    def _reported(self, worker: Handle, entry: Entry, message: Reported) -> None:
        try:
            value = pickle.loads(message.body)  # noqa: S301  # from our own worker
        except Exception as error:  # so may unpickling
            self._fail(entry, WorkerBug.of(error, f"{entry.job.what} reported what does not unpickle"))
            self._bury(worker)
        else:
            self._outbox.append(Progress(entry.job, value))

    def _answered(self, worker: Handle, entry: Entry, answer: Answer) -> None:
        job, bug = entry.job, answer.bug
        try:
            value = pickle.loads(answer.body) if answer.body else None  # noqa: S301  # from our own worker
        except Exception as error:  # so may unpickling
            value, bug = None, bug or WorkerBug.of(error, f"the result of {job.what} does not unpickle")
        if bug is None:
            self._outbox.append(Done(job, value, answer.took_s, max(answer.peak_bytes, worker.peak_bytes)))
        else:
            self._fail(entry, value if isinstance(value, ClipforgeError) else bug)
        worker.free()
        worker.jobs_done += 1
        if worker.jobs_done >= self._rules.jobs_each or answer.rss_bytes > OUTGROWN * worker.charge_bytes:
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
        busy = {worker.pid: worker for worker in self._workers.values() if worker.entry is not None}
        if busy:
            for pid, used_bytes in processes.used_by_tree(busy.keys())[1].items():
                busy[pid].saw(used_bytes)

    def _overdue(self, worker: Handle) -> None:
        self._bury(worker)
        entry = worker.entry
        if entry is not None and worker.ready:
            self._fail(entry, WorkerOverdue(entry.job.what, entry.job.deadline_s or 0.0))
        elif entry is not None:
            self._try_again(entry, f"did not start within {handle.START_DEADLINE_S:.0f} s")

    def _lost(self, worker: Handle) -> None:
        """A worker has ended: as it was told to, or in the middle of a job."""
        while self._take_in(worker):  # what it said before it died counts
            pass
        if self._workers.get(worker.number) is worker:
            how = self._bury(worker)
            if worker.entry is not None:
                self._try_again(worker.entry, how)

    def _try_again(self, entry: Entry, how: str) -> None:
        self._replan = True
        if entry.attempts < MAX_ATTEMPTS:
            self._scheduler.add(entry)
        else:
            self._fail(entry, WorkerDied(entry.job.what, how, entry.attempts))

    def _fail(self, entry: Entry, error: Exception) -> None:
        self._outbox.append(Failed(entry.job, error, entry.attempts))

    def _bury(self, worker: Handle) -> str:
        """Make sure that nothing is left of a worker; says how it ended."""
        del self._workers[worker.number]
        self._replan = True
        return worker.end()
