"""A worker as its parent holds it: started, sent to, ended."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from types import ModuleType

from clipforge.pool import processes
from clipforge.pool.channel import Channel
from clipforge.pool.jobs import WorkerBug, WorkerRules
from clipforge.pool.processes import Tree
from clipforge.pool.scheduler import Entry, Seat
from clipforge.pool.worker import Order, serve

START_DEADLINE_S = 60.0
"""For a worker's interpreter to start: 0.2 s on a quiet machine, far more on one that swaps."""

REAP_S = 5.0
"""For the kernel to take down a killed process. One that is stuck in a disk that does not answer is left to it."""


@dataclass(slots=True, eq=False)
class Handle:
    """One worker process."""

    number: int
    lane: str
    process: SpawnProcess
    channel: Channel
    entry: Entry | None
    """The job that it has, or is started for; None while idle or ending."""
    charge_bytes: int
    due_s: float | None
    """When to kill it: start, job or exit deadline on the monotonic clock."""
    ready: bool = False
    ending: bool = False
    jobs_done: int = 0
    idle_since_s: float = 0.0
    used_bytes: int = 0
    """By its whole process tree, when last looked at."""
    shared_bytes: int = 0
    """Of its resident memory, what others have to answer for."""
    peak_bytes: int = 0
    """The most that its tree held at a look during the job that it has."""
    children_bytes: int = 0
    """The most that its children held, likewise."""

    @property
    def pid(self) -> int:
        return self.process.pid or 0

    def seat(self) -> Seat:
        busy = self.entry is not None
        return Seat(self.number, self.lane, self.charge_bytes, self.used_bytes, busy, self.ending, self.idle_since_s)

    def retire(self, exit_deadline_s: float) -> None:
        """Tell it to end, after the job it has: it sees the pipe closed."""
        if not self.ending:
            self.ending, self.entry = True, None
            self.due_s = time.monotonic() + exit_deadline_s
            self.channel.close()

    def send(self, entry: Entry) -> None:
        """Give it a job. Raises `WorkerBug` for one that does not pickle."""
        job = entry.job
        try:
            body = pickle.dumps((job.run, job.payload))
        except Exception as error:  # a payload's own __reduce__ may raise anything
            raise WorkerBug.of(error, f"{job.what} cannot be sent") from error
        self.peak_bytes = self.children_bytes = 0
        self.due_s = None if job.deadline_s is None else time.monotonic() + job.deadline_s
        self.channel.post(Order(entry.number, body))

    def free(self) -> None:
        """It has no job any more."""
        self.entry = self.due_s = None
        self.idle_since_s = time.monotonic()

    def saw(self, tree: Tree) -> None:
        """Note what its tree holds."""
        self.used_bytes, self.shared_bytes = tree.used_bytes, tree.shared_bytes
        self.peak_bytes = max(self.peak_bytes, tree.used_bytes)
        self.children_bytes = max(self.children_bytes, tree.children_bytes)

    def most_bytes(self, resident_bytes: int = 0) -> int:
        """The most that its tree held during its job. ``resident_bytes``: the kernel's high-water mark of itself."""
        return max(self.peak_bytes, resident_bytes - self.shared_bytes + self.children_bytes)

    def end(self) -> str:
        """Leave nothing of it alive, its group included; returns how it ended, for people."""
        if self.process.is_alive():
            processes.kill_tree(self.pid)
            self.process.kill()  # where it has no group of its own yet
        else:
            processes.kill_group(self.pid)
        self.process.join(REAP_S)
        self.channel.close()
        exit_code = self.process.exitcode
        if exit_code is not None:
            self.process.close()
        return _how(exit_code)


def start(workers: dict[int, Handle], number: int, entry: Entry, rules: WorkerRules) -> None:
    """Add a new worker for this job, which is not sent yet, to ``workers``. Raises OSError."""
    context = multiprocessing.get_context("spawn")
    resource_tracker.ensure_running()  # here, because it leaves SIGINT unblocked
    with _sigint_blocked(), _nameless_main():
        ours, theirs = context.Pipe()
        with theirs:
            args = (theirs, dict(rules.env), rules.log)
            process = context.Process(target=serve, args=args, name=f"worker-{number}", daemon=True)
            process.start()
        due_s = time.monotonic() + START_DEADLINE_S
        workers[number] = Handle(number, entry.job.lane, process, Channel(ours), entry, entry.job.cost_bytes, due_s)


def kill_all(workers: dict[int, Handle]) -> None:
    """Empty ``workers``: everything is signalled before anything is waited for."""
    for worker in workers.values():
        with suppress(ValueError):  # closed already
            if worker.process.is_alive():
                processes.kill_tree(worker.pid)
    while workers:
        workers.popitem()[1].end()


def _how(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:  # a real-time signal
        return f"signal {-exit_code}"


@contextmanager
def _nameless_main() -> Iterator[None]:
    """While a worker starts, there is no main script that multiprocessing could run again in it.

    It looks for ``__spec__`` and ``__file__`` of ``__main__`` and would load the whole command line in each worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """The worker inherits the mask, and lifts it once it ignores SIGINT: Ctrl-C cannot hit it while it starts, nor
    cut us off before it is known to us."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
