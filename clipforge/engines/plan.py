"""Which model to take, and how to place it: memory, cores and speed weighed against each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from clipforge.engines.base import Placement
from clipforge.engines.catalogue import CATALOGUE, DRAFT
from clipforge.engines.folders import Model, Places, draft_model, installed
from clipforge.errors import BudgetTooSmall, gib

BATCH_SIZES = (8, 4, 2, 1)
"""From the largest: past 8 the memory for word alignment grows and the gain does not."""

BATCH_GAIN = 0.48
"""Decoding a window in a batch of n takes n to the minus this of what it takes alone: 0.85 s of 2.3 s in a batch of 8
(``small``, two cores). What the encoder takes does not change."""

ALIKE = 0.95
"""Placements whose speed is estimated this close together are alike: more processes are taken then, which share out few
windows better, and larger batches."""

WINDOW_S = 30.0
SLACK = 2.0
"""``auto`` takes a model whose expected work leaves this factor to real time: other machines are slower than the one
that `Cost.work_s` speaks of, and something else may run on them."""


def cost_bytes(model: Model, batch_size: int, compute_type: str = "int8") -> int:
    """Peak of a worker process that holds this model and takes ``batch_size`` windows at a time."""
    return model.cost.bytes_at(1) if model.engine == DRAFT else model.cost.bytes_at(batch_size, compute_type)


def keeps_up(model: Model, cores: int) -> bool:
    """True where speech is expected to be transcribed in less time than it lasts."""
    return model.cost.work_s * SLACK <= WINDOW_S * max(cores, 1)


def seconds_per_window(model: Model, placement: Placement) -> float:
    """Expected seconds that one worker takes for a 30 s window full of speech.

    Threads count by their square root: two are 1.4 times as fast as one (measured with ``small``: 30 s for eight clips
    in one process of two threads, 22 s in two processes of one).
    """
    return model.cost.work_s / _speed(model, 1, placement.threads, placement.batch_size)


def choose_auto(places: Places, budget_bytes: int, cores: int, *, language: str | None = None, task: str = "") -> Model:
    """The best Whisper model here that fits the budget, keeps up and can do the job, else draft.

    A model for English alone is taken only where ``language`` (a code) says so, or where there is no other. Raises
    `ToolMissing` where even draft is not installed.
    """
    fitting = [
        model
        for model in installed(places)
        if model.name in CATALOGUE
        and cost_bytes(model, 1) <= budget_bytes
        and keeps_up(model, cores)
        and (model.translates or task != "translate")
        and (not model.english_only or language in (None, "en"))
    ]
    if language is None:
        fitting = [model for model in fitting if not model.english_only] or fitting
    return fitting[-1] if fitting else draft_model()  # the catalogue's order is from worst to best


@dataclass(frozen=True, slots=True)
class Room:
    """What model workers may have of a machine."""

    cores: int
    budget_bytes: int
    jobs: int | None = None
    """At most so many processes; None: as many as there are cores."""
    device: str = "cpu"


def plan_placement(model: Model, room: Room, cost: Callable[[int], int] | None = None) -> tuple[int, Placement]:
    """How many worker processes, and how each holds the model: the fastest of all that fit.

    ``cost``: bytes of a worker by its batch size; None: by the table, as int8. On a GPU one process. Raises
    `BudgetTooSmall` where not even one window fits.
    """
    cost = cost or partial(cost_bytes, model)
    cores = max(room.cores, 1)
    if cost(1) > room.budget_bytes:
        raise BudgetTooSmall(f"model {model.name}", cost(1), room.budget_bytes, "the memory budget")
    on_gpu = room.device == "cuda" and model.engine != DRAFT
    most = 1 if on_gpu else min(cores, room.jobs or cores)
    choices = [
        (_speed(model, workers, cores // workers, size), workers, size)
        for workers in range(1, most + 1)
        for size in (BATCH_SIZES if model.engine != DRAFT else (1,))
        if workers * cost(size) <= room.budget_bytes
    ]
    fastest = max(choices)[0]
    _, workers, batch_size = max((c for c in choices if c[0] >= ALIKE * fastest), key=lambda c: c[1:])
    return workers, Placement(
        model_path=model.path,
        device="cuda" if on_gpu else "cpu",
        threads=1 if model.engine == DRAFT else cores // workers,
        batch_size=batch_size,
        cost_bytes=cost(batch_size),
    )


def _speed(model: Model, workers: int, threads: int, batch_size: int) -> float:
    """Windows in the time that one takes by itself on one core."""
    decoding = model.cost.decode_s / model.cost.work_s
    gain = 1.0 if model.engine == DRAFT else math.sqrt(threads)
    return workers * gain / (1 - decoding + decoding / math.pow(batch_size, BATCH_GAIN))


def smaller_that_fits(places: Places, budget_bytes: int) -> tuple[str, ...]:
    """Models here that fit the budget, draft too, the best first, as errors print them: ``small (0.7 GiB)``."""
    fitting = [model for model in (draft_model(), *installed(places)) if cost_bytes(model, 1) <= budget_bytes]
    return tuple(f"{model.name} ({gib(cost_bytes(model, 1))})" for model in reversed(fitting))
