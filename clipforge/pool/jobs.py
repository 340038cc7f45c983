"""What goes into the pool and what comes out of it. Every record is frozen."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_ATTEMPTS = 2
"""How often a job is started when the process that runs it dies or runs out of memory: that may be bad luck, or a wrong
estimate, once and not twice."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work for a worker process."""

    run: Callable[[Any, Callable[[object], None]], Any]
    """Importable by its module and name. Takes the payload and ``report``, which sends a value to the caller as
    `Progress`. Children that it starts stay in its process group (no ``start_new_session``): the group dies as one."""
    payload: Any
    """Pickles; so does what `run` returns and reports."""
    lane: str
    """A worker runs jobs of one lane only, one at a time, and keeps what they loaded."""
    cost_bytes: int
    """What a worker is charged for as long as it lives after it was given such a job, idle or not."""
    what: str
    """For messages: ``listening to clip.mp4``."""
    tag: Any = None
    """The caller's own; never sent to the worker."""
    priority: int = 0
    """Lower first."""
    size: float = 0.0
    """Larger first among equals, in any unit: the longest job must not be the last to start."""
    deadline_s: float | None = None
    """Seconds of wall clock from its start; a job that takes longer is ended with all of its processes."""
    lane_workers: int | None = None
    """Workers of its lane that may live at once; None: as many as there is room for."""
    divisible: bool = False
    """The caller takes it apart where it fails, so it is not started again as it is when its worker dies."""
    tried: int = 0
    """How often its work was started before, as a part of a divisible job."""


@dataclass(frozen=True, slots=True)
class Started:
    """The job was handed to a worker. Comes again when it is tried again."""

    job: Job


@dataclass(frozen=True, slots=True)
class Progress:
    """A value that the job reported."""

    job: Job
    value: Any


@dataclass(frozen=True, slots=True)
class Done:
    """The job's own end."""

    job: Job
    result: Any
    took_s: float
    """Seconds inside `Job.run`."""
    peak_bytes: int
    """The most memory that the worker and its children held during the job. The worker's part is the kernel's own
    high-water mark less what it shares with others, so no moment is missed; children are looked at twice a second."""
    worker: int
    """Which worker did it, by a number that no other worker of the pool gets. What it did before may still be in its
    memory."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job's other end. ``error``: what `Job.run` raised, if it is one of ours; `WorkerBug` for any other
    exception, and for what does not pickle; `WorkerDied`, `WorkerOverdue`, `OutOfMemory`, `BudgetTooSmall`."""

    job: Job
    error: Exception
    attempts: int
    """How often it was started, `Job.tried` included; 0 where it never was."""


Outcome = Started | Progress | Done | Failed


@dataclass(frozen=True, slots=True)
class Limits:
    """What all jobs together may use."""

    workers: int
    """Busy processes at once, at least 1."""
    budget_bytes: int
    """What this process uses and the charges of all living workers together stay within this."""
    source: str = "the memory budget"
    """Where the budget comes from, for messages: ``--max-memory``."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"a pool needs at least one worker, not {self.workers}")


@dataclass(frozen=True, slots=True)
class WorkerRules:
    """How workers live."""

    env: Mapping[str, str] = field(default_factory=lambda: {"OMP_NUM_THREADS": "1"})
    """Set in each worker before anything is imported there. By default one thread each: processes are what we count,
    and engines that want more threads ask for them by argument."""
    log: Path | None = None
    """Standard output and error of workers are appended here, tracebacks of crashes in C included. None: both go to
    our standard error. Never to our standard output, which holds results."""
    jobs_each: int = 200
    """A worker is replaced after so many jobs: memory of an unloaded model is not always given back."""
    exit_deadline_s: float = 5.0
    """A worker that was told to end is killed after this."""


@dataclass(eq=False)
class WorkerBug(Exception):
    """A job raised something that is none of our errors, or could not be sent: a bug, never the user's doing."""

    type_name: str
    message: str
    traceback_text: str
    """As Python prints it, where it happened."""

    @classmethod
    def of(cls, error: BaseException, saying: str = "") -> WorkerBug:
        """The bug that ``error`` is; ``saying`` says what was tried."""
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return cls(type(error).__name__, f"{saying}: {error}" if saying else str(error), text)

    def __str__(self) -> str:
        return f"{self.type_name}: {self.message}"

    def __reduce__(self) -> tuple[type[WorkerBug], tuple[str, str, str]]:
        return type(self), (self.type_name, self.message, self.traceback_text)
