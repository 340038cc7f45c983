"""Windows of many clips, put together into batches for the model workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from clipforge.engines.base import Recipe
from clipforge.engines.work import Passage
from clipforge.pipeline.work import Work


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A window whose words are to be made, and every clip that waits for them."""

    key: str
    recipe: Recipe
    passage: Passage
    takers: list[tuple[Work, int]] = field(default_factory=list)
    """(clip, index of the window in it): the same sound may stand in several clips."""

    @property
    def samples(self) -> int:
        return self.passage.end - self.passage.start


class Batches:
    """Windows in waiting. A window is asked for once, however many clips hold it."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._waiting: dict[Recipe, list[Wanted]] = defaultdict(list)
        self._asked: dict[str, Wanted] = {}

    @property
    def unsettled(self) -> int:
        """Windows whose words are not made yet, those that were taken from here included."""
        return len(self._asked)

    def want(self, work: Work, index: int) -> None:
        """Ask for one window of a clip. Its samples must be in the clip's spool."""
        assert work.manifest is not None
        assert work.spool is not None
        word_key = work.word_key(index)
        wanted = self._asked.get(word_key)
        if wanted is None:
            window = work.manifest.windows[index]
            wanted = Wanted(word_key, work.recipe, Passage(work.spool, window.start, window.end))
            self._asked[word_key] = wanted
            self._waiting[work.recipe].append(wanted)
        wanted.takers.append((work, index))

    def take(self, idle_workers: int) -> tuple[Wanted, ...]:
        """The next batch, all of one recipe; empty if it is better to wait for more windows.

        A full batch goes at once. What is less goes when workers are idle, spread evenly over them: several processes
        with small batches beat one with a large batch (the measurement is in `clipforge.engines.plan`).
        """
        for group in self._waiting.values():
            if len(group) >= self._batch_size:
                return self._cut(group, self._batch_size)
        if idle_workers > 0:
            for group in self._waiting.values():
                if group:
                    return self._cut(group, min(self._batch_size, -(-len(group) // idle_workers)))
        return ()

    def _cut(self, group: list[Wanted], count: int) -> tuple[Wanted, ...]:
        batch, group[:] = tuple(group[:count]), group[count:]
        return batch

    def again(self, windows: Iterable[Wanted]) -> None:
        """Windows that were taken from here go back, unless nobody waits for them any more."""
        for wanted in windows:
            if any(not work.finished for work, _ in wanted.takers):
                self._waiting[wanted.recipe].insert(0, wanted)
            else:
                self.settled(wanted)

    def settled(self, wanted: Wanted) -> None:
        """Its words are made, or cannot be made."""
        self._asked.pop(wanted.key, None)

    def drop(self, work: Work) -> None:
        """A clip has failed: what only it waits for is not made."""
        for group in self._waiting.values():
            for wanted in list(group):
                wanted.takers[:] = [taker for taker in wanted.takers if taker[0] is not work]
                if not wanted.takers:
                    group.remove(wanted)
                    self.settled(wanted)
