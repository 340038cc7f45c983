"""Row 11: ten hours in one file, which take no more memory than one hour does. Only in a full run."""

from __future__ import annotations

from pathlib import Path

from tests.clips import ffmpeg, speech
from tests.faults.runs import MICRO_WHISPER, Run, caption

BUDGET = "1GiB"
GROWTH = 1.10
"""How much more than one hour ten may take."""


def hours_of_speech(path: Path, hours: int) -> Path:
    """The same speech again and again, with noise under it, so that no window is like another."""
    mixed = "[1:a]volume=0.002[noise];[0:a][noise]amix=inputs=2:duration=first:normalize=0[out]"
    noise = ("-f", "lavfi", "-i", "anoisesrc=color=pink:sample_rate=16000:seed=7")
    sound = ("-map", "[out]", "-t", str(hours * 3600), "-ar", "16000", "-ac", "1")
    ffmpeg("-stream_loop", "-1", "-i", speech("long"), *noise, "-filter_complex", mixed, *sound, path, limit_s=1200)
    return path


def captioned(home: Path, tmp_path: Path, hours: int) -> Run:
    clip = hours_of_speech(tmp_path / f"{hours}-hours.flac", hours)
    run, err = caption(home, clip, "-m", MICRO_WHISPER, "--max-memory", BUDGET, "-f", "json")
    assert run.code == 0, err
    end = run.clip(clip.name)
    assert end["status"] == "captioned"
    assert end["windows"] == run.windows_transcribed() >= hours * 3600 // 30
    assert run.of("run_finished")[0]["peak_bytes"] <= run.of("run_started")[0]["budget_bytes"]
    clip.unlink()
    return run


def test_ten_hours(home: Path, tmp_path: Path, attempt: int) -> None:
    one, ten = (captioned(home, tmp_path, hours) for hours in (1, 10))
    peaks = [run.of("run_finished")[0]["peak_bytes"] for run in (one, ten)]
    assert peaks[1] <= GROWTH * peaks[0], peaks
