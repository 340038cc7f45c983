"""How much memory a run uses, told about once a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from clipforge.events import Event, MemoryUsed
from clipforge.pool.pool import Pool

SECONDS_BETWEEN_SAMPLES = 1.0


@dataclass
class Gauge:
    """Reads the memory of a pool and of this process."""

    budget_bytes: int
    emit: Callable[[Event], None]
    peak_bytes: int = 0
    _read_at: float = field(default=0.0, repr=False)

    def read(self, pool: Pool) -> None:
        """Tell what is used, unless that was told just now."""
        now = time.monotonic()
        if now - self._read_at >= SECONDS_BETWEEN_SAMPLES:
            self._read_at = now
            used = pool.used_bytes()
            self.peak_bytes = max(self.peak_bytes, used)
            self.emit(MemoryUsed(used, self.budget_bytes))
