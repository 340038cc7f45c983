"""Taking turns with other runs: what one is at work on, the others leave alone and take from the cache when it is made.

Two kinds of work are claimed. A clip, by whoever listens to it, until it has come to its end: another run over the same
folder goes on with the clips behind it. And a window, while a batch that holds it is in the pool: the same sound may
stand in clips that two runs are at work on. Nobody waits for a window while he holds one that is not being worked on,
and clips are only waited for by those who hold nothing of that clip: so runs never wait for each other in a circle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from clipforge.engines.base import Recipe
from clipforge.events import Event, Notice
from clipforge.pipeline.batches import Wanted
from clipforge.pipeline.work import Memory, Work
from clipforge.store.locks import Claims

LOOK_EVERY_S = 0.1
"""Between two looks at what others are at work on."""

T = TypeVar("T")


@dataclass
class Turns:
    """Claims, where there is anything to share."""

    claims: Claims
    is_shared: Callable[[], bool]
    """Whether what this run makes can be used by others; asked each time, because a cache can fail."""

    def take(self, name: str) -> bool:
        """Whether it is our turn; from then on it is nobody else's, until it is given back. Never waits."""
        return not self.is_shared() or self.claims.take(name)

    def is_mine(self, name: str) -> bool:
        return self.claims.holds(name)

    def is_free(self, name: str) -> bool:
        return not self.is_shared() or self.claims.is_free(name)

    def give_back(self, name: str) -> None:
        """Nothing where it was not taken."""
        self.claims.release(name)


@dataclass
class Waiting(Generic[T]):
    """What others are at work on, by the name of the claim, and when it was last looked at."""

    turns: Turns
    _waiting: list[tuple[str, T]] = field(default_factory=list)
    _looked_at: float = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, name: str, thing: T) -> None:
        self._waiting.append((name, thing))

    def freed(self) -> Iterable[T]:
        """What nobody is at work on any more; it is no longer waited for here."""
        now = time.monotonic()
        if not self._waiting or now - self._looked_at < LOOK_EVERY_S:
            return []
        self._looked_at = now
        free = {name for name in {name for name, _ in self._waiting} if self.turns.is_free(name)}
        freed = [thing for name, thing in self._waiting if name in free]
        self._waiting = [(name, thing) for name, thing in self._waiting if name not in free]
        return freed


class Others:
    """What this run leaves to others, until it is made or left."""

    def __init__(self, turns: Turns, memory: Memory, recipe: Recipe, emit: Callable[[Event], None]) -> None:
        """``recipe``: as asked for."""
        self.turns = turns
        self.clips: Waiting[Work] = Waiting(turns)
        self.windows: Waiting[Wanted] = Waiting(turns)
        self._memory = memory
        self._recipe = recipe
        self._emit = emit
        self._told = False

    @property
    def awaited(self) -> bool:
        """Whether anything is left to them now."""
        return bool(self.clips or self.windows)

    def let_us_have_clip(self, work: Work) -> bool:
        """Claim a clip for listening; one that another run has, or another copy of it in this one, is waited for."""
        turn = self._memory.turn_of(work, self._recipe)
        if self.turns.take(turn):
            work.turn = turn
            return True
        self.clips.add(turn, work)
        if not self._told and not self.turns.is_mine(turn):
            self._told = True
            text = f"another run is at work on {work.clip.path.name}: what it makes is used here, too"
            self._emit(Notice("warning", text))
        return False

    def let_us_have_window(self, wanted: Wanted) -> bool:
        """Claim a window for a batch; one that another run has is waited for."""
        if self.turns.take(wanted.key):
            return True
        self.windows.add(wanted.key, wanted)
        return False
