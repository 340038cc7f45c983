"""Row 4: a worker that hangs, in Python or in its ffmpeg."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import psutil

from clipforge.errors import WorkerOverdue
from clipforge.media.listen import ListenJob, listen
from clipforge.pool.jobs import Limits, Progress, Started
from clipforge.pool.pool import Pool
from tests.clips import FFMPEG, ffmpeg
from tests.faults.rows import patience_s
from tests.pool import work
from tests.pool.conftest import done, eventually, failed, finish, gone, job, wait_for, workers_of

DEADLINE_S = 3.0
GRACE_S = 5.0
HOUR_S = 3600


def test_workers_that_hang_die_with_all_they_have_started(attempt: int) -> None:
    with Pool(Limits(3, 2**40)) as pool:
        for run in (work.hang, work.hang_in_c, work.hang_in_own_session):
            pool.submit(job(run, deadline_s=DEADLINE_S, what="transcribing clip.mp4"))
        pool.submit(job(work.square, 3))
        outcomes = finish(pool)
        pids = [pid for outcome in outcomes if isinstance(outcome, Progress) for pid in outcome.value]
    assert len(pids) == 6
    for pid in pids:
        eventually(partial(gone, pid), "a process is left")
    assert [type(failure.error) for failure in failed(outcomes)] == [WorkerOverdue] * 3
    assert [end.result for end in done(outcomes)] == [9]


def test_a_worker_whose_ffmpeg_hangs(tmp_path: Path, attempt: int) -> None:
    """Listening to a real clip; its ffmpeg is stopped in the middle of the work."""
    clip = tmp_path / "clip.wav"
    ffmpeg("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=8000:duration={HOUR_S}", "-c:a", "pcm_u8", clip)
    payload = ListenJob(clip, tmp_path / "clip.s16", FFMPEG, None)
    with Pool(Limits(2, 2**40)) as pool:
        pool.submit(job(listen, payload, deadline_s=DEADLINE_S, what="listening to clip.wav"))
        wait_for(pool, lambda seen: any(isinstance(outcome, Started) for outcome in seen))
        began = time.monotonic()
        (worker,) = workers_of()[:1]
        eventually(lambda: worker.children(), "no ffmpeg was started")
        (child,) = worker.children()
        os.kill(child.pid, signal.SIGSTOP)
        pool.submit(job(work.square, 3, lane="b"))
        outcomes = finish(pool)
        took_s = time.monotonic() - began
        (failure,) = failed(outcomes)
        assert isinstance(failure.error, WorkerOverdue), failure
        assert not psutil.pid_exists(worker.pid)
        eventually(lambda: gone(child.pid), "its ffmpeg lives on")
    assert took_s < DEADLINE_S + patience_s(GRACE_S)
    assert [end.result for end in done(outcomes)] == [9]
