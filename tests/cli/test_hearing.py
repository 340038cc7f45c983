"""What engines promise, through the command line: the same words each time, honest doubts, any sound that there is."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Run
from tests.clips import RATE, Look, make_clip, samples, silence, speech
from tests.engines.made import make_whisper

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"


def heard(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {name: loaded[name] for name in ("language", "cues", "windows")}


def said(path: Path) -> list[str]:
    return [word["text"] for cue in heard(path)["cues"] for word in cue["words"]]


def test_the_same_words_alone_and_among_others_with_one_worker_and_two(cli: Run, tmp_path: Path) -> None:
    names = ("captain", "goodbye", "week", "storm")
    clips = [make_clip(tmp_path / f"{name}.wav", speech(name), size=None) for name in names]
    common = ("-m", MICRO_WHISPER, "-f", "json", "--no-cache")
    assert cli("caption", clips[1], *common, "-j", "1", "-o", tmp_path / "alone").code == 0
    assert cli("caption", *clips, *common, "-j", "1", "-o", tmp_path / "one").code == 0
    assert cli("caption", *reversed(clips), *common, "-j", "2", "-o", tmp_path / "two").code == 0
    alone = heard(tmp_path / "alone" / "goodbye.json")
    assert said(tmp_path / "alone" / "goodbye.json")
    assert heard(tmp_path / "one" / "goodbye.json") == heard(tmp_path / "two" / "goodbye.json") == alone
    for name in names:
        assert heard(tmp_path / "one" / f"{name}.json") == heard(tmp_path / "two" / f"{name}.json")


def test_dropped_words_are_listed_and_kept_on_request(cli: Run, tmp_path: Path) -> None:
    model = make_whisper(tmp_path / "farewell", [" Thank", " you", " for", " watching", "."], "en")
    clip = make_clip(tmp_path / "week.wav", speech("week"), size=None)
    common = (clip, "-m", model, "-f", "json", "--json")
    done = cli("caption", *common, cold=True)
    assert (done.code, done.clip("week.wav")["status"]) == (0, "no speech")
    (reported,) = done.clip("week.wav")["broken_rules"]
    assert (reported["id"], reported["cue"], reported["measured"]) == ("CF011", 0, "Thank you for watching.")
    (window,) = heard(tmp_path / "week.json")["windows"]
    assert window["confidence"] > 0
    (doubt,) = window["doubts"]
    assert (doubt["text"], doubt["dropped"]) == ("Thank you for watching.", True)
    assert "known phrase" in doubt["signals"]
    assert window["start_ms"] <= doubt["start_ms"] < doubt["end_ms"] <= window["end_ms"]

    kept = cli("caption", *common, "--keep-doubtful", cold=True).clip("week.wav")
    assert kept["status"] == "captioned"
    assert kept["windows_from_cache"] == kept["windows"] == 1  # nothing is transcribed again
    assert any(rule["cue"] == 1 and "may be invented" in rule["message"] for rule in kept["broken_rules"])
    assert said(tmp_path / "week.json") == ["Thank", "you", "for", "watching."]


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 192_000])
def test_sound_of_any_rate(cli: Run, tmp_path: Path, rate: int) -> None:
    clip = make_clip(tmp_path / "captain.wav", speech("captain"), size=None, look=Look(rate=rate))
    done = cli("caption", clip, "-m", MICRO_WHISPER, "-f", "json")
    assert done.code == 0, done.err
    found = said(tmp_path / "captain.json")
    # At 8 kHz half of the spectrum that the model knows is gone.
    assert len(set(found) & {"please", "follow", "the", "captain", "slowly"}) >= (1 if rate < 16_000 else 4)


def test_samples_that_are_no_numbers(cli: Run, tmp_path: Path) -> None:
    sound = samples(speech("captain")).astype("<f4") / 32768
    broken = np.concatenate([sound, np.full(RATE // 2, np.nan, "<f4"), sound * 30, np.full(800, np.inf, "<f4")])
    data = broken.astype("<f4").tobytes()
    ieee_float, bits = 3, 32
    format_chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, ieee_float, 1, RATE, RATE * bits // 8, bits // 8, bits)
    body = b"WAVE" + format_chunk + struct.pack("<4sI", b"data", len(data)) + data
    (tmp_path / "broken.wav").write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    done = cli("caption", "broken.wav", "-m", MICRO_WHISPER, "-f", "json")
    assert done.code == 0, done.err
    assert "captain" in said(tmp_path / "broken.json")


def test_music_without_speech_reaches_no_engine(cli: Run, tmp_path: Path) -> None:
    seconds = np.arange(20 * RATE) / RATE
    beat = np.exp(-4 * (seconds % 0.5))
    notes = 220 * 2 ** (np.array([0, 3, 7, 12, 10, 7, 5, 3])[(seconds * 2).astype(int) % 8] / 12)
    melody = beat * sum(np.sin(2 * np.pi * notes * k * seconds) / k for k in (1, 2, 3))
    music = np.tile((melody * 6000).astype(np.int16), 6)  # two minutes
    clip = make_clip(tmp_path / "music.wav", np.concatenate([music, silence(1)]), size=None)
    done = cli("caption", clip, "-m", MICRO_WHISPER, "--json")
    assert done.code == 0, done.err
    found = done.clip("music.wav")
    assert (found["status"], found["windows"]) == ("no speech", 0)


def test_a_prompt_that_is_too_long_is_cut_and_said(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "captain.wav", speech("captain"), size=None)
    done = cli("caption", clip, "-m", MICRO_WHISPER, "-f", "json", "--json", "--prompt", "the captain " * 150)
    assert done.code == 0, done.err
    assert [e["message"] for e in done.of("notice") if "77 tokens longer" in e["message"]]
    (window,) = heard(tmp_path / "captain.json")["windows"]
    assert window["prompt_tokens_cut"] == 77


def test_what_an_english_model_cannot_do_is_refused_before_any_work(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "captain.wav", speech("captain"), size=None)
    for asked in (("--multilingual",), ("--task", "translate"), ("--language", "de")):
        done = cli("caption", clip, "-m", MICRO_WHISPER, *asked)
        assert done.code == 2
        assert "micro-whisper" in done.err
    assert not (tmp_path / "captain.srt").exists()
