"""Settings from flags, environment and files; `clipforge config`."""

from __future__ import annotations

import json
from pathlib import Path

from clipforge.cli.config import commented_file
from clipforge.cli.options import settings_from
from clipforge.settings import NAMES, Settings
from tests.cli.conftest import Run


def test_flags_environment_project_user_default(tmp_path: Path) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    (home / ".config" / "clipforge").mkdir(parents=True)
    (home / ".config" / "clipforge" / "config.toml").write_text(
        'model = "tiny"\nbeam_size = 2\njobs = 3\nquiet = true\n'
    )
    (project / "deep" / "er").mkdir(parents=True)
    (project / "clipforge.toml").write_text('model = "base"\nbeam_size = 3\njobs = 4\n')
    environ = {"HOME": str(home), "CLIPFORGE_MODEL": "small", "CLIPFORGE_BEAM_SIZE": "4", "CLIPFORGE_PROMPT": ""}
    resolved = settings_from({"model": "medium", "jobs": None}, environ, project / "deep" / "er")
    chosen = resolved.settings
    assert (chosen.model, chosen.beam_size, chosen.jobs, chosen.quiet) == ("medium", 4, 4, True)
    assert resolved.origins["model"] == "flag"
    assert resolved.origins["beam_size"] == "environment"
    assert resolved.origins["jobs"] == str(project / "clipforge.toml")
    assert resolved.origins["quiet"] == str(home / ".config" / "clipforge" / "config.toml")
    assert resolved.origins["prompt"] == "default"


def test_show_says_where_each_value_comes_from(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "clipforge.toml").write_text('format = ["srt", "vtt"]\n')
    done = cli("config", "show", env={"CLIPFORGE_JOBS": "2"}, cold=True)
    assert done.code == 0, done.err
    lines = {line.split()[0]: line for line in done.out.splitlines()}
    assert set(lines) == set(NAMES)
    assert lines["format"].endswith("clipforge.toml")
    assert lines["jobs"].split() == ["jobs", "2", "environment"]
    assert lines["model"].split() == ["model", '"auto"', "default"]
    rows = json.loads(cli("config", "show", "--json", cold=True).out)
    assert rows["format"] == {"value": ["srt", "vtt"], "from": str(tmp_path / "clipforge.toml")}


def test_init_writes_a_file_that_changes_nothing_until_it_is_edited(cli: Run, tmp_path: Path) -> None:
    done = cli("config", "init")
    assert done.code == 0, done.err
    written = tmp_path / "clipforge.toml"
    assert done.out.strip() == "clipforge.toml"
    assert written.read_text() == commented_file()
    assert settings_from({}, {"HOME": str(tmp_path)}, tmp_path).settings == Settings()
    again = cli("config", "init")
    assert again.code == 2
    assert "one that does not exist yet" in again.err
    assert written.read_text() == commented_file(), "what is there stays"


def test_every_line_of_the_file_is_a_setting_that_can_be_taken(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in commented_file().splitlines() if " = " in line]
    assert [line.split(" = ")[0] for line in lines] != []
    assert {line.split(" = ")[0] for line in lines} == set(NAMES)
    (tmp_path / "clipforge.toml").write_text("\n".join(lines))
    assert settings_from({}, {"HOME": str(tmp_path)}, tmp_path).settings.beam_size == 5


def test_a_profile_of_ones_own_is_shown_with_its_file(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "clipforge.toml").write_text(
        'jobs = 2\n[profile]\nuse = "house"\n[profile.house]\nextends = "bbc"\ngap = { frames = 2 }\n'
    )
    done = cli("config", "show")
    assert done.code == 0, done.err
    lines = {line.split()[0]: line for line in done.out.splitlines()}
    assert lines["profile"].split()[1] == '"house"'
    assert '{ extends = "bbc", gap = { frames = 2 } }' in lines["profile.house"]
    assert lines["profile.house"].endswith("clipforge.toml")
    rows = json.loads(cli("config", "show", "--json").out)
    assert rows["profile.house"]["value"] == {"extends": "bbc", "gap": {"frames": 2}}


def test_a_wrong_profile_is_named_with_file_and_key(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "clipforge.toml").write_text('[profile.house]\nextends = "bbc"\nmax_line = 2\n')
    done = cli("config", "show")
    assert done.code == 2
    assert 'no profile setting named "max_line". Did you mean max_lines?' in done.err
    assert f"[profile.house] of {tmp_path / 'clipforge.toml'}" in done.err


def test_a_name_beside_its_table_is_answered_with_the_way_to_write_it(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "clipforge.toml").write_text('profile = "house"\n\n[profile.house]\nextends = "bbc"\n')
    done = cli("config", "show")
    assert done.code == 2
    assert 'expected [profile] with use = "house" under it' in done.err
