"""Nothing is made twice, and what is made again says why."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from clipforge.store.cache import Cache
from tests.cli.conftest import Ran, Run
from tests.clips import make_clip, speech

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", speech("captain"))


def transcribed(done: Ran) -> int:
    """Windows that went through an engine."""
    assert done.code == 0, done.err + done.out
    return sum(e["windows"] - e["windows_from_cache"] for e in done.of("clip_finished"))


def test_the_second_run_does_nothing_and_says_so(cli: Run, clip: Path) -> None:
    assert transcribed(cli("caption", clip, "--json", cold=True)) == 1
    captions = clip.with_suffix(".srt")
    before = captions.stat()
    done = cli("caption", clip, "--json", cold=True)
    assert done.clip("clip.mp4")["status"] == "up to date"
    assert done.clip("clip.mp4")["saved_s"] > 0
    assert not done.of("run_started"), "no worker is started"
    assert captions.stat().st_mtime_ns == before.st_mtime_ns
    assert captions.stat().st_ino == before.st_ino
    shown = cli("caption", clip, cold=True)
    assert "up to date" in shown.out
    assert "1 up to date" in shown.err


def test_a_renamed_or_copied_clip_is_not_transcribed_again(cli: Run, clip: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    copy = Path(shutil.copy(clip, clip.with_name("copy.mp4")))
    renamed = clip.rename(clip.with_name("renamed.mp4"))
    done = cli("caption", copy, renamed, "--json", cold=True)
    assert transcribed(done) == 0
    assert not done.of("clip_progress") or {e["stage"] for e in done.of("clip_progress")} <= {"reading", "writing"}
    assert copy.with_suffix(".srt").read_bytes() == renamed.with_suffix(".srt").read_bytes() != b""


def test_a_new_picture_over_the_same_sound_is_not_transcribed_again(cli: Run, clip: Path, tmp_path: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    regraded = make_clip(tmp_path / "regraded.mp4", speech("captain"), size=(480, 270))
    assert regraded.read_bytes() != clip.read_bytes()
    assert transcribed(cli("caption", regraded, "--json", cold=True)) == 0


def test_another_format_is_not_transcribed_again(cli: Run, clip: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    done = cli("caption", clip, "-f", "srt,vtt", "--json", cold=True)
    assert transcribed(done) == 0
    assert done.clip("clip.mp4")["outputs"] == [str(clip.with_suffix(".vtt"))], "the srt was up to date"


def test_other_line_lengths_are_not_transcribed_again(cli: Run, clip: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    done = cli("caption", clip, "--max-line-length", "20", "--json", cold=True)
    assert transcribed(done) == 0
    assert done.clip("clip.mp4")["status"] == "captioned"
    assert all(len(line) <= 20 for line in clip.with_suffix(".srt").read_text().splitlines() if "-->" not in line)


def test_two_clips_with_the_same_sound_in_one_run(cli: Run, clip: Path) -> None:
    twin = Path(shutil.copy(clip, clip.with_name("twin.mp4")))
    os.utime(twin, (1, 1))
    done = cli("caption", clip, twin, "--json", cold=True)
    assert done.code == 0
    assert done.clip("clip.mp4")["cues"] == done.clip("twin.mp4")["cues"] == 1
    stats = json.loads(cli("cache", "stats", "--json", cold=True).out)
    assert stats["entries"]["words"] == 1


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--beam-size", "2", "beam size 5 → 2"),
        ("--prompt", "The kitchen.", 'prompt none → "The kitchen."'),
        ("--hotwords", "captain", 'hotwords none → "captain"'),
        ("--compute-type", "float32", "compute type int8 → float32"),
    ],
)
def test_an_option_that_can_change_a_word_is_named(cli: Run, clip: Path, option: str, value: str, reason: str) -> None:
    base = ("-m", MICRO_WHISPER)
    assert transcribed(cli("caption", clip, *base, "--json")) <= 1
    assert reason in cli("cache", "explain", clip, *base, option, value).out
    done = cli("caption", clip, *base, option, value, "--json")
    assert done.clip("clip.mp4")["status"] == "captioned"
    assert "up to date" in cli("cache", "explain", clip, *base, option, value).out


def test_force_transcribes_again(cli: Run, clip: Path) -> None:
    assert transcribed(cli("caption", clip, "--json", cold=True)) == 1
    assert transcribed(cli("caption", clip, "--json", "--force", cold=True)) == 1


def test_without_the_cache_nothing_is_kept(cli: Run, clip: Path) -> None:
    assert transcribed(cli("caption", clip, "--no-cache", "--json", cold=True)) == 1
    assert transcribed(cli("caption", clip, "-f", "vtt", "--json", cold=True)) == 1


def test_failures_are_not_cached(cli: Run, tmp_path: Path, clip: Path) -> None:
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2])
    assert cli("caption", clip, cold=True).code == 1
    clip.write_bytes(whole)
    assert transcribed(cli("caption", clip, "--json", cold=True)) == 1


def test_a_touched_clip_is_still_up_to_date(cli: Run, clip: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    assert cli("caption", clip, "--json", cold=True).clip("clip.mp4")["status"] == "up to date"


def test_what_was_written_is_known_without_the_cache(cli: Run, clip: Path, home: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    shutil.rmtree(home / ".cache" / "clipforge")
    assert cli("caption", clip, "--json", cold=True).clip("clip.mp4")["status"] == "up to date"
    elsewhere = cli("caption", clip, "--cache-dir", "elsewhere", "--json", cold=True)
    assert elsewhere.clip("clip.mp4")["status"] == "up to date"
    other = cli("caption", clip, "--state-dir", "state", "--json", cold=True).clip("clip.mp4")
    assert (other["status"], other["message"]) == ("kept", "clip.srt was not written by ClipForge")


def test_an_earlier_ledger_is_taken_over(cli: Run, clip: Path, home: Path) -> None:
    cli("caption", clip, "-q", cold=True)
    state = home / ".local" / "state" / "clipforge" / "ledger.db"
    state.rename(home / ".cache" / "clipforge" / "ledger.db")
    assert cli("caption", clip, "--json", cold=True).clip("clip.mp4")["status"] == "up to date"
    assert state.exists()
    assert not (home / ".cache" / "clipforge" / "ledger.db").exists()


def test_a_result_of_another_shape_is_a_miss(cli: Run, clip: Path, home: Path) -> None:
    """Another version of ClipForge may have kept its results otherwise, and just as whole."""
    cli("caption", clip, "-q", cold=True)
    with (
        Cache.open(home / ".cache" / "clipforge" / "cache") as cache,
        closing(sqlite3.connect(home / ".cache" / "clipforge" / "cache" / "cache.db")) as rows,
    ):
        for (name,) in rows.execute("SELECT key FROM Cache").fetchall():
            kind, _, key = name.partition("/")
            cache.put(kind, key, {"of": "another shape"}, work_s=1)
    clip.with_suffix(".srt").unlink()
    done = cli("caption", clip, "--json", cold=True)
    assert transcribed(done) == 1
    assert done.clip("clip.mp4")["status"] == "captioned"


def test_cache_commands(cli: Run, clip: Path, home: Path) -> None:
    assert cli("cache", "path").code == 0
    cli("caption", clip, "-q", cold=True)
    root = Path(cli("cache", "path", cold=True).out.strip())
    assert root == home / ".cache" / "clipforge"
    assert root.stat().st_mode & 0o077 == 0
    stats = json.loads(cli("cache", "stats", "--json", cold=True).out)
    assert stats["entries"] == {"manifest": 1, "words": 1}
    assert "words" in cli("cache", "stats", cold=True).out
    assert cli("cache", "verify", cold=True).out.startswith("checked 2, bad 0")
    assert "clip.mp4" in cli("cache", "explain", clip.with_suffix(".srt"), cold=True).out
    assert cli("cache", "clear", cold=True).out == "removed 2 entries\n"
    assert clip.with_suffix(".srt").exists()
    assert "up to date" in cli("caption", clip, cold=True).out
