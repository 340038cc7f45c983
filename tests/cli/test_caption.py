"""`clipforge caption` as a whole: real clips in, real captions out."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from clipforge.formats import srt
from tests.cli.conftest import Run
from tests.clips import make_clip, no_audio_clip, silent_clip, speech

EXAMPLES = Path(__file__).parents[2] / "examples"
MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A small video in which somebody says "please open the window and close the kitchen"."""
    return make_clip(tmp_path / "clip.mp4", speech("kitchen"))


def text_of(path: Path) -> str:
    return " ".join(line for cue in srt.read(path.read_text(encoding="utf-8")) for line in cue.lines)


def test_the_first_thing_a_new_user_does(cli: Run, tmp_path: Path) -> None:
    film = shutil.copy(EXAMPLES / "harbour-tour.mp4", tmp_path)
    done = cli("caption", "harbour-tour.mp4", cold=True)
    assert done.code == 0, done.err
    captions = Path(film).with_suffix(".srt")
    assert "harbour-tour.srt" in done.out
    for cue in srt.read(captions.read_text(encoding="utf-8")):
        for line in cue.lines:
            assert line in done.out, "the captions are shown on screen"
    assert "No Whisper model: using draft" in done.err
    assert "clipforge models pull" in done.err


def test_every_format(cli: Run, clip: Path) -> None:
    done = cli("caption", clip, "-f", "srt,vtt,txt,json")
    assert done.code == 0, done.err
    assert text_of(clip.with_suffix(".srt")) == "Please open the window and close the kitchen"
    assert clip.with_suffix(".vtt").read_text().startswith("WEBVTT")
    assert clip.with_suffix(".txt").read_text().split() == text_of(clip.with_suffix(".srt")).split()
    transcript = json.loads(clip.with_suffix(".json").read_text())
    words = [word["text"] for cue in transcript["cues"] for word in cue["words"]]
    assert words == text_of(clip.with_suffix(".srt")).split()


def test_a_folder_is_walked_and_mirrored(cli: Run, tmp_path: Path, clip: Path) -> None:
    deep = tmp_path / "in" / "day" / "one"
    deep.mkdir(parents=True)
    shutil.copy(clip, deep / "b.mp4")
    shutil.copy(clip, tmp_path / "in" / "a.mp4")
    shutil.copy(clip, tmp_path / "in" / ".hidden.mp4")
    (tmp_path / "in" / "notes.txt").write_text("no clip")
    done = cli("caption", "in", "-o", "out", "--json")
    assert done.code == 0, done.err
    assert sorted(Path(e["clip"]).name for e in done.of("clip_finished")) == ["a.mp4", "b.mp4"]
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.srt")) == [
        "a.srt",
        "day/one/b.srt",
    ]
    flat = cli("caption", "in", "-o", "flat", "--no-recursive")
    assert flat.code == 0
    assert [p.name for p in (tmp_path / "flat").rglob("*.srt")] == ["a.srt"]


def test_paths_from_a_file_and_from_standard_input(cli: Run, tmp_path: Path, clip: Path) -> None:
    other = Path(shutil.copy(clip, tmp_path / "two words.mp4"))
    (tmp_path / "list.txt").write_text(f"{clip}\n\n")
    assert cli("caption", "--files-from", "list.txt", "-q").code == 0
    assert clip.with_suffix(".srt").exists()
    done = cli("caption", "--files-from", "-", "-q", stdin=os.fsencode(other) + b"\0")
    assert done.code == 0, done.err
    assert other.with_suffix(".srt").exists()


def test_the_language_in_the_name(cli: Run, tmp_path: Path, clip: Path) -> None:
    assert cli("caption", clip, "--name-template", "{stem}.{lang}.{ext}", "-m", "draft").code == 0
    assert (tmp_path / "clip.en.srt").exists()
    again = cli("caption", clip, "--name-template", "{stem}.{lang}.{ext}", "-m", "draft", "--json")
    assert again.clip("clip.mp4")["status"] == "up to date"


def test_whisper(cli: Run, clip: Path) -> None:
    done = cli("caption", clip, "--model", MICRO_WHISPER, "--json")
    assert done.code == 0, done.err
    assert text_of(clip.with_suffix(".srt")).lower() == "please open the window and close the kitchen"
    assert done.clip("clip.mp4")["model"] == "micro-whisper"


def test_auto_takes_a_whisper_that_is_here(cli: Run, home: Path, clip: Path) -> None:
    models = home / ".local" / "share" / "clipforge" / "models"
    models.mkdir(parents=True)
    shutil.copytree(MICRO_WHISPER, models / "tiny.en")
    done = cli("caption", clip, "--json")
    assert done.code == 0, done.err
    assert done.clip("clip.mp4")["model"] == "tiny.en"


def test_other_tools_spellings(cli: Run, tmp_path: Path, clip: Path) -> None:
    done = cli("caption", clip, "--output_dir", "out", "--output_format", "vtt", "--word_timestamps", "True")
    assert done.code == 0, done.err
    assert (tmp_path / "out" / "clip.vtt").exists()


def test_json_is_alone_on_standard_output(cli: Run, clip: Path) -> None:
    done = cli("caption", clip, "--json", cold=True)
    names = [event["event"] for event in done.events]
    assert names[: names.index("run_started")] == ["notice", "notice"]
    assert names[-1] == "run_finished"
    stages = [e["stage"] for e in done.of("clip_progress")]
    assert list(dict.fromkeys(stages)) == ["reading", "listening", "transcribing", "writing"]
    end = done.clip("clip.mp4")
    assert (end["status"], end["cues"], end["windows"], end["windows_from_cache"]) == ("captioned", 1, 1, 0)
    assert end["outputs"] == [str(clip.with_suffix(".srt"))]
    last = done.of("run_finished")[0]
    assert (last["captioned"], last["failed"], last["exit_code"]) == (1, 0, 0)
    assert last["peak_bytes"] > 0


def test_results_and_all_else_are_kept_apart(cli: Run, clip: Path) -> None:
    done = cli("caption", clip)
    assert "✓ clip.mp4" in done.out
    assert "✓" not in done.err
    assert "captioned in" in done.err
    quiet = cli("caption", clip, "--force", "-q")
    assert (quiet.out, quiet.err) == ("", "")


def test_silence_gives_a_valid_empty_file(cli: Run, tmp_path: Path) -> None:
    clip = silent_clip(tmp_path / "silent.mp4")
    done = cli("caption", clip, "-f", "srt,vtt", "--json")
    assert done.code == 0, done.err
    assert done.clip("silent.mp4")["status"] == "no speech"
    assert clip.with_suffix(".srt").read_bytes() == b""
    assert clip.with_suffix(".vtt").read_text().strip() == "WEBVTT"
    assert cli("caption", clip, "-f", "srt,vtt", "--json").clip("silent.mp4")["status"] == "up to date"


def test_no_audio_is_reported_and_is_no_failure(cli: Run, tmp_path: Path) -> None:
    clip = no_audio_clip(tmp_path / "mute.mp4")
    for _ in range(2):
        done = cli("caption", clip)
        assert done.code == 0, done.err
        assert "no audio" in done.out
    assert not clip.with_suffix(".srt").exists()


def test_an_edited_file_is_kept_and_what_is_new_goes_beside_it(cli: Run, clip: Path) -> None:
    captions, offer = clip.with_suffix(".srt"), clip.with_suffix(".new.srt")
    assert cli("caption", clip, "-q").code == 0
    captions.write_text(captions.read_text().replace("kitchen", "kitchen, please"))
    edited = captions.read_bytes()
    done = cli("caption", clip)
    assert "kept" in done.out
    assert "clip.srt was edited since ClipForge wrote it" in done.out
    assert not offer.exists(), "there is nothing new"
    forced = cli("caption", clip, "--max-line-length", "20", "--json")
    assert forced.clip("clip.mp4")["status"] == "captioned"
    assert forced.clip("clip.mp4")["outputs"] == [str(offer)]
    assert "the new captions are in clip.new.srt" in forced.clip("clip.mp4")["message"]
    assert forced.clip("clip.mp4")["remedy"] == "--overwrite"
    assert captions.read_bytes() == edited
    before = offer.stat()
    again = cli("caption", clip, "--max-line-length", "20")
    assert "kept" in again.out
    assert "the new captions are in clip.new.srt" in again.out
    after = offer.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino), "not again and again"
    assert "captioned" in cli("caption", clip, "--overwrite").err
    assert captions.read_bytes() != edited
    assert not offer.exists()


def test_edited_while_the_run_was_at_work(cli: Run, clip: Path, tmp_path: Path) -> None:
    captions = clip.with_suffix(".srt")
    assert cli("caption", clip, "-q").code == 0
    # The first thing that a worker does stands for a person who saves the file just then.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if '--multiprocessing-fork' in sys.orig_argv:\n"
        f"    open({str(captions)!r}, 'w').write('edited just now')\n"
    )
    clip.write_bytes(clip.read_bytes() + b"\x00\x00\x00\x08free")
    done = cli("caption", clip, "--json", env={"PYTHONPATH": str(tmp_path)})
    assert done.code == 0, done.err
    assert captions.read_text() == "edited just now"
    assert done.clip("clip.mp4")["outputs"] == [str(clip.with_suffix(".new.srt"))]


def test_a_file_that_is_not_ours_is_kept_before_any_work(cli: Run, clip: Path) -> None:
    clip.with_suffix(".srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nMine\n")
    done = cli("caption", clip, "--json", cold=True)
    assert done.code == 0
    assert done.clip("clip.mp4")["status"] == "kept"
    assert "not written by ClipForge" in done.clip("clip.mp4")["message"]
    assert not done.of("run_started"), "no work for what will not be written"
    assert "Mine" in clip.with_suffix(".srt").read_text()


def test_dry_run_says_what_and_why_and_does_nothing(cli: Run, clip: Path, tmp_path: Path) -> None:
    done = cli("caption", clip, "--dry-run", cold=True)
    assert done.code == 0, done.err
    assert "transcribe up to 1 window" in done.out
    assert "never captioned" in done.out
    assert "GiB" in done.out or "MiB" in done.out
    assert not clip.with_suffix(".srt").exists()
    assert cli("caption", clip, "-m", MICRO_WHISPER, "-q", cold=True).code == 0
    again = cli("caption", clip, "-m", MICRO_WHISPER, "--beam-size", "8", "--dry-run", cold=True)
    assert "beam size 5 → 8" in again.out
    assert "transcribe 1 window" in again.out
    assert "model micro-whisper → draft" in cli("caption", clip, "-m", "draft", "--dry-run", cold=True).out
    assert "up to date" in cli("caption", clip, "-m", MICRO_WHISPER, "--dry-run", cold=True).out


def test_dry_run_says_what_changed_in_a_clip(cli: Run, clip: Path, tmp_path: Path) -> None:
    again = make_clip(tmp_path / "again.mp4", speech("kitchen"), size=(320, 180))
    other = make_clip(tmp_path / "other.mp4", speech("storm"))
    assert cli("caption", clip, again, other, "-q").code == 0
    clip.write_bytes(again.read_bytes())
    assert "picture changed, speech did not" in cli("caption", clip, "--dry-run").out
    clip.write_bytes(other.read_bytes())
    done = cli("caption", clip, "--dry-run", "--json")
    assert done.of("clip_forecast")[0]["reasons"] == ["audio changed"]
    clip.write_bytes(other.read_bytes() + bytes(8))
    assert "the clip changed" in cli("caption", clip, "--dry-run").out


def test_rules_that_could_not_be_obeyed_are_named(cli: Run, clip: Path) -> None:
    done = cli("caption", clip, "--max-line-length", "8", "--max-lines", "1", "--profile", "netflix-en")
    assert done.code == 0, done.err
    assert "finding" in done.out
    assert "clip.srt cue " in done.err
    assert " CF00" in done.err
    found = cli("caption", clip, "--force", "--max-line-length", "8", "--max-lines", "1", "--json").clip("clip.mp4")
    assert found["findings"]
    assert not cli("caption", clip, "--json").clip("clip.mp4")["findings"]


def test_a_tall_picture_gets_short_captions(cli: Run, tmp_path: Path) -> None:
    tall = make_clip(tmp_path / "tall.mp4", speech("kitchen"), size=(270, 480))
    assert cli("caption", tall, "-q").code == 0
    cues = srt.read(tall.with_suffix(".srt").read_text())
    assert all(len(line) <= 24 for cue in cues for line in cue.lines)
    assert len(cues) > 1
