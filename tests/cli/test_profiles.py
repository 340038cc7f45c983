"""A user's own profile, from the settings file to the captions."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.clips import make_clip, speech

HOUSE = '[profile]\nuse = "house"\n[profile.house]\nextends = "netflix-en"\nmax_line_length = {cpl}\nmax_lines = 1\n'


def lines(path: Path) -> list[str]:
    data = json.loads(path.read_text("utf-8"))
    return [line for cue in data["cues"] for line in cue["lines"]]


def test_its_numbers_hold_and_a_changed_one_makes_captions_again(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    settings = tmp_path / "clipforge.toml"
    ask = ("caption", clip, "-m", "draft", "-f", "json", "--json")
    settings.write_text(HOUSE.format(cpl=16))
    assert cli(*ask).clip("clip.mp4")["status"] == "captioned"
    assert max(map(len, lines(tmp_path / "clip.json"))) <= 16
    assert cli(*ask).clip("clip.mp4")["status"] == "up to date"

    settings.write_text(HOUSE.format(cpl=20))
    assert cli(*ask, "--dry-run").of("clip_forecast")[0]["reasons"] == ["the profile's max line length 16 → 20"]
    again = cli(*ask).clip("clip.mp4")
    assert (again["status"], again["windows"]) == ("captioned", again["windows_from_cache"])
    assert 16 < max(map(len, lines(tmp_path / "clip.json"))) <= 20
    assert cli("cache", "explain", tmp_path / "clip.json").out.count("profile.max line length 20") == 1


def test_flags_go_before_its_numbers(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    (tmp_path / "clipforge.toml").write_text(HOUSE.format(cpl=20))
    done = cli("caption", clip, "-m", "draft", "-f", "json", "--max-line-length", "12", "--json")
    assert done.code == 0, done.err
    assert max(map(len, lines(tmp_path / "clip.json"))) <= 12


def test_the_reading_speed_that_was_asked_for_is_the_one_that_is_checked(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    done = cli("caption", clip, "-m", "draft", "--max-cps", "5", "--json").clip("clip.mp4")
    broken = [rule for rule in done["broken_rules"] if rule["id"] == "CF005"]
    assert broken
    assert {(rule["limit"], rule["unit"], rule["level"]) for rule in broken} == {(5.0, "CPS", "warning")}
    assert len(done["broken_rules"]) == len(done["findings"])


def test_a_name_that_nobody_defined_is_guessed_among_all(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    (tmp_path / "clipforge.toml").write_text(HOUSE.format(cpl=20))
    done = cli("caption", clip, "--profile", "hous")
    assert done.code == 2
    assert 'no profile named "hous". Did you mean house?' in done.err
