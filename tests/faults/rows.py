"""The rows of the fault suite, and how often each is tried."""

from __future__ import annotations

import os
from dataclasses import dataclass

FULL = "FAULTS_FULL"
"""Environment variable that asks for the full counts."""

NOISE = 10
"""A deadline is that many times longer in the test run, whose machine may be busy with anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, and what has to come of it."""

    number: int
    fault: str
    outcome: str
    small: int
    """Repetitions in the test run."""
    full: int
    """Repetitions with ``--full``; 0 in `small` is for what only a full run does."""


ROWS = {
    row.number: row
    for row in (
        Row(1, "kill -9 a worker, 20 jobs on 4 workers", "all 20 done each time, victim retried once", 3, 200),
        Row(2, "a worker over its memory", "only that job fails, by name; parent lives", 1, 5),
        Row(3, "a job that segfaults every time", "set aside after 2 tries, rest done, exit 1", 1, 5),
        Row(4, "a worker that hangs", "killed at its deadline + 5 s, its ffmpeg too", 1, 5),
        Row(
            5,
            "Ctrl-C once; twice, at random moments",
            "drains or stops; all dead within 2 s of the second; exit 130; no orphan, no temp file, no broken output",
            2,
            200,
        ),
        Row(
            6,
            "SIGTERM, SIGKILL, closed terminal (SIGHUP) to the parent",
            "no worker alive after 5 s; the next run redoes only what was in flight",
            1,
            5,
        ),
        Row(
            7,
            "disk full: at output, cache value, SQLite open, spool",
            "clip fails by name or the cache is passed by with one warning; no partial final file",
            1,
            5,
        ),
        Row(
            8,
            "cache database truncated, garbage, 0 bytes; value bit-flipped; value missing; pickle row planted",
            "set aside and rebuilt; a miss; never wrong text, never code run",
            1,
            5,
        ),
        Row(
            9,
            "0-byte, truncated, `ffconcat` or HLS text named .mp4",
            "typed error within 2 s; no other file or address touched",
            1,
            5,
        ),
        Row(
            10,
            "no audio; silence; 8 channels; 8 kHz; start offset; two audio tracks",
            "as documented, times right against the picture",
            1,
            1,
        ),
        Row(11, "10-hour file", "done inside the memory promise", 0, 1),
        Row(
            12,
            "hostile names: quotes, newline, emoji, `..`, `a.srt,drawtext=…`, leading dash, 255 bytes",
            "right output, nothing injected, nothing outside the output folder",
            1,
            1,
        ),
        Row(13, "two runs on one folder", "once each", 1, 200),
        Row(14, "read-only output; corrupt or partial model", "error within 5 s, before work, no network", 1, 5),
        Row(15, "wall clock jumps a day either way during a run", "no false time-out, no eviction", 1, 5),
        Row(
            16,
            "symlinked output pointing elsewhere; output folder replaced by a symlink during the run",
            "refused",
            1,
            10,
        ),
    )
}


def is_full() -> bool:
    """Whether the full counts are asked for."""
    return bool(os.environ.get(FULL))


def times(row: int) -> int:
    """How often each test of a row is repeated in this run."""
    return ROWS[row].full if is_full() else ROWS[row].small


def patience_s(promised_s: float) -> float:
    """How long to wait for what is promised within ``promised_s``: exactly that in a full run, which wants a quiet
    machine; more where the promise is not what is measured."""
    return promised_s if is_full() else promised_s * NOISE
