"""Shell completion: what the shells ask, and what they are told."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("line", "offered"),
    [("clipforge ca", {"caption", "cache"}), ("clipforge caption --task tr", {"transcribe", "translate"})],
)
def test_bash(cli: Run, line: str, offered: set[str]) -> None:
    words = line.split()
    asked = {"_CLIPFORGE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = cli(env=asked)
    assert set(done.out.split()) == offered, done.err
