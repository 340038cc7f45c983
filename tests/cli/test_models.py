"""`clipforge models`: what there is, what is here, and how getting one fails without a network."""

from __future__ import annotations

import shutil
from pathlib import Path

from clipforge.engines.models import CATALOGUE
from tests.cli.conftest import Run

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"


def test_list_and_path(cli: Run, home: Path) -> None:
    here = home / ".local" / "share" / "clipforge" / "models" / "tiny.en"
    shutil.copytree(MICRO_WHISPER, here)
    done = cli("models", "list")
    assert done.code == 0, done.err
    rows = {line.split()[0]: line for line in done.out.splitlines()}
    assert set(rows) == {"name", "draft", *CATALOGUE}
    assert rows["tiny.en"].endswith(str(here))
    assert rows["small"].endswith("clipforge models pull small")
    assert cli("models", "path", "tiny.en").out.strip() == str(here)
    assert cli("models", "path", "small").code == 4


def test_pull_without_a_network(cli: Run, home: Path) -> None:
    # Port 9 of this machine: nobody listens there, and the answer is immediate.
    done = cli("models", "pull", "tiny", env={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.code == 4, done.out
    assert "could not download model tiny" in done.err
    assert len(done.err.splitlines()) == 1
    assert not list((home / ".local" / "share" / "clipforge" / "models").iterdir())
    assert cli("models", "pull", "tinny").code == 2
