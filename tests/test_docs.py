"""Every command in the README and the docs runs; every command and flag is in the docs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clipforge.captions.own_profiles import EXTENDS, numbers_of
from clipforge.captions.profiles import PROFILES
from clipforge.cli.options import profiles_of, settings_from
from clipforge.settings import NAMES, spec_of

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples" / "README.md"]


def commands(page: Path) -> list[str]:
    """Lines of a page's ``sh`` blocks. Blocks marked ``text`` are for what cannot run here (the network, an editor)."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [
        line.strip() for block in blocks for line in block.splitlines() if line.strip() and not line.startswith("#")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_runs(page: Path, home: Path, tmp_path: Path) -> None:
    found = [command for command in commands(page) if "pip install" not in command]
    if not found:
        return
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("*.srt", "*.vtt"))
    tools = tmp_path / "bin"
    tools.mkdir()
    program = tools / "clipforge"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m clipforge "$@"\n')
    program.chmod(0o755)
    env = {"HOME": str(home), "PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    for command in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{page.name}: {command}\n{done.stdout}{done.stderr}"


def test_the_set_up_commands_are_one_line_each() -> None:
    lines = commands(ROOT / "README.md")
    assert lines[0] == (
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/clipforge caption examples/harbour-tour.mp4"
    )
    assert lines[1] == "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/python -m pytest"


def test_every_flag_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in NAMES:
        long = [part for flag in spec_of(name).flags for part in flag.split("/")]
        assert any(f"`{flag}`" in page or f"`{flag} " in page for flag in long), name


def test_every_command_is_documented() -> None:
    import typer.main

    from clipforge.cli.app import app

    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # a group
        for below in getattr(command, "commands", {"": command}):
            assert f"clipforge {name} {below}".strip() in page


def test_every_number_of_a_profile_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split("### Profiles of your own\n", 1)[1].split("\n### ", 1)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert named - {EXTENDS} == set(numbers_of(PROFILES["bbc"])) - {"vertical"}


def test_the_example_of_a_profile_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split("### Profiles of your own\n", 1)[1]
    (tmp_path / "clipforge.toml").write_text(section.split("```toml\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    resolved = settings_from({}, {"HOME": str(tmp_path)}, tmp_path)
    assert resolved.settings.profile == "house"
    assert profiles_of(resolved)["house-shorts"].max_words == 4
