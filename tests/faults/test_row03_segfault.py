"""Row 3: a job that segfaults every time it is tried."""

from __future__ import annotations

from pathlib import Path

from clipforge.errors import WorkerDied
from clipforge.pool.pool import Pool
from tests.clips import RATE, samples, speech
from tests.faults.runs import MICRO_WHISPER, are_whole, caption, folder_of
from tests.pool import work
from tests.pool.conftest import LIMITLESS, done, failed, finish, job, workers_of

NAMES = ("captain", "kitchen", "goodbye")
VICTIM = "goodbye"

CRASH = """
import ctypes, os
from clipforge.media import samples

read = samples.read_window

def crash(spool, start, end):
    if end - start > {longest}:
        with open({log!r}, "a") as log:
            log.write("tried\\n")
        ctypes.string_at(0)
    return read(spool, start, end)

samples.read_window = crash
"""
"""For a run's workers, as ``sitecustomize``: a window of more than so many samples is the death of whoever reads it."""


def test_it_is_set_aside_after_two_tries(attempt: int) -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.segfault, what="transcribing clip.mp4"))
        for number in range(6):
            pool.submit(job(work.square, number))
        outcomes = finish(pool)
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, WorkerDied)
    assert failure.attempts == 2
    assert str(failure.error) == "the process that did transcribing clip.mp4 died (SIGSEGV), 2 times"
    assert sorted(end.result for end in done(outcomes)) == [0, 1, 4, 9, 16, 25]
    assert workers_of() == []


def test_a_window_that_kills_its_worker_costs_its_own_clip(home: Path, tmp_path: Path, attempt: int) -> None:
    """It stands in one batch with the windows of other clips; these are done all the same."""
    folder = folder_of(tmp_path / "clips", *NAMES)
    log = tmp_path / "tries"
    longest = 5 * RATE
    assert {name for name in NAMES if len(samples(speech(name))) > longest} == {VICTIM}
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(CRASH.format(longest=longest, log=str(log)))
    options = ("--model", str(MICRO_WHISPER), "-l", "en", "-j", "1")
    run, err = caption(home, folder, *options, env={"PYTHONPATH": str(tmp_path / "site")})
    assert run.code == 1, err
    assert run.ends() == {f"{name}.mp4": "failed" if name == VICTIM else "captioned" for name in NAMES}
    assert "died (SIGSEGV), 2 times" in run.clip(f"{VICTIM}.mp4")["message"]
    assert log.read_text().splitlines() == ["tried"] * 2
    assert are_whole(folder)
    again, err = caption(home, folder, *options)
    assert again.code == 0, err
    assert again.windows_transcribed() == 1
