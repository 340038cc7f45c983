"""Back-pressure: clips are not decoded ahead of transcription without limit."""

from __future__ import annotations

import re
from pathlib import Path

from clipforge.pipeline.flow import BATCHES_AHEAD
from tests.clips import make_clip, samples, speech
from tests.faults.runs import MICRO_WHISPER, start

CLIPS = 16


def test_spools_are_bounded_however_many_clips_there_are(home: Path, tmp_path: Path) -> None:
    """Memory for one model worker that takes few windows at a time, and another worker that could go on listening."""
    folder = tmp_path / "clips"
    folder.mkdir()
    sound = samples(speech("captain"))
    for number in range(CLIPS):
        make_clip(folder / f"{number}.wav", sound[number * 160 :], size=None)
    options = ("--model", str(MICRO_WHISPER), "-l", "en", "--max-memory", "600MiB", "-j", "2")
    run = start(home, folder, *options)
    most = 0
    for event in run.read():
        spools = list((home / ".cache" / "clipforge" / "spool").glob("*/*.s16"))
        most = max(most, len(spools))
        if event["event"] == "run_started":
            assert event["workers"] == 1
    err = run.rest()
    assert run.code == 0, err
    assert set(run.ends().values()) == {"captioned"}
    assert len(run.ends()) == CLIPS
    (plan,) = [found for e in run.of("notice") if (found := re.search(r": 1 worker × .*, batch (\d+):", e["message"]))]
    assert 0 < most <= BATCHES_AHEAD * int(plan[1]) < CLIPS
