"""What a run has used and counted in the cache, and has not written down yet."""

from __future__ import annotations

from collections import Counter

FLUSH_EVERY = 256
"""A killed run forgets at most so much of what it counted: writing down each look would make a read a write."""


class Usage:
    """Names in the order of their last use, and the counters of `CacheStats`."""

    def __init__(self) -> None:
        self._used: dict[str, None] = {}
        self._counted: Counter[str] = Counter()
        self._saved_s = 0.0
        self._missed: set[str] = set()

    def hit(self, name: str, work_s: float) -> None:
        self.touch(name)
        self._counted["hits"] += 1
        self._saved_s += work_s

    def miss(self, name: str, *, damaged: bool) -> None:
        """Who looks twice in vain misses once: a run looks again once it is its turn to do the work."""
        if damaged or name not in self._missed:
            self._missed.add(name)
            self._counted["misses"] += 1
            self._counted["damaged"] += damaged

    def touch(self, name: str) -> None:
        """It was used last."""
        self._used.pop(name, None)
        self._used[name] = None

    @property
    def is_due(self) -> bool:
        return max(len(self._used), self._counted["hits"] + self._counted["misses"]) >= FLUSH_EVERY

    def take(self) -> tuple[list[str], dict[str, float]]:
        """What is to be written down, names and counters; it is forgotten here."""
        used, counted = list(self._used), {**self._counted, "saved_s": self._saved_s}
        self._used, self._counted, self._saved_s = {}, Counter(), 0.0
        return used, counted
