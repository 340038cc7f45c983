"""Learns from a run what its jobs have taken, for the charges of the next one."""

from __future__ import annotations

from clipforge.errors import OutOfMemory
from clipforge.pipeline import charges
from clipforge.pipeline.charges import Kind
from clipforge.pipeline.jobs import Tag
from clipforge.pipeline.prepare import Plan
from clipforge.pool.jobs import Done, Failed, Outcome
from clipforge.store.costs import Costs


class Peaks:
    """Notes the outcomes of one run."""

    def __init__(self, plan: Plan, costs: Costs) -> None:
        self._plan = plan
        self._costs = costs
        self._largest: dict[int, tuple[int, int]] = {}
        """Of each worker, the largest job that it had, by charge and windows at a time: its memory is not always given
        back, so what smaller jobs take afterwards says nothing of them."""

    def note(self, outcome: Outcome) -> None:
        """Take in what a job took; one that ran out of memory is kept on disk at once, others by `Costs.save`."""
        if isinstance(outcome, Done):
            size = (outcome.job.cost_bytes, len(outcome.job.tag.batch))
            largest = self._largest[outcome.worker] = max(self._largest.get(outcome.worker, size), size)
            if size == largest:
                self._saw(outcome.job.tag, outcome.peak_bytes)
        elif isinstance(outcome, Failed) and isinstance(outcome.error, OutOfMemory):
            self._saw(outcome.job.tag, outcome.error.used_bytes)
            self._costs.save()

    def _saw(self, tag: Tag, peak_bytes: int) -> None:
        kind = self._kind(tag)
        if kind is not None:
            self._costs.saw(kind.key(), peak_bytes)

    def _kind(self, tag: Tag) -> Kind | None:
        """None for jobs that are charged as something larger is."""
        if tag.stage == "words":
            return charges.transcribing(self._plan.recipe, self._plan.placement.device, len(tag.batch))
        if tag.stage == "shots" and tag.work is not None and tag.work.manifest is not None:
            return charges.looking(tag.work.manifest.width * tag.work.manifest.height)
        return charges.listening() if tag.stage == "listen" else None
