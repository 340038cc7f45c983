"""Which model to take, and how to place it: memory, cores and speed weighed against each other."""

from __future__ import annotations

import math

from clipforge.engines.base import Placement
from clipforge.engines.catalogue import CATALOGUE, DRAFT
from clipforge.engines.folders import Model, Places, draft_model, installed
from clipforge.errors import BudgetTooSmall, gib

BATCH_SIZES = (8, 4, 2, 1)
"""Tried in this order. A batch of 8 costs 2.5 s a window where a single one costs 3.8 s (``small``); past 8 the memory
for word alignment grows and the gain does not."""

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
    return model.cost.work_s / math.sqrt(max(placement.threads, 1))


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


def plan_placement(
    model: Model,
    cores: int,
    budget_bytes: int,
    jobs: int | None = None,
    device: str = "cpu",
    compute_type: str = "int8",
) -> tuple[int, Placement]:
    """How many worker processes, and how each holds the model.

    ``jobs``: at most so many processes; None: as many as there are cores. Processes of one thread come before batches,
    and batches before threads: the same work took 22 s in two processes of one thread, 30 s in one of two. On a GPU one
    process. ``device`` ``auto`` is the CPU. Raises `BudgetTooSmall` where not even one window fits.
    """
    cores = max(cores, 1)
    needed = cost_bytes(model, 1, compute_type)
    if needed > budget_bytes:
        raise BudgetTooSmall(f"model {model.name}", needed, budget_bytes, "the memory budget")
    on_gpu = device == "cuda" and model.engine != DRAFT
    most = 1 if on_gpu else min(cores, jobs or cores)
    workers = max(min(most, budget_bytes // needed), 1)
    sizes = BATCH_SIZES if model.engine != DRAFT else (1,)
    batch_size = next(size for size in sizes if workers * cost_bytes(model, size, compute_type) <= budget_bytes)
    return workers, Placement(
        model_path=model.path,
        device="cuda" if on_gpu else "cpu",
        threads=1 if model.engine == DRAFT else max(cores // workers, 1),
        batch_size=batch_size,
        cost_bytes=cost_bytes(model, batch_size, compute_type),
    )


def smaller_that_fits(places: Places, budget_bytes: int) -> tuple[str, ...]:
    """Models here that fit the budget, draft too, the best first, as errors print them: ``small (0.7 GiB)``."""
    fitting = [model for model in (draft_model(), *installed(places)) if cost_bytes(model, 1) <= budget_bytes]
    return tuple(f"{model.name} ({gib(cost_bytes(model, 1))})" for model in reversed(fitting))
