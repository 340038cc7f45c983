"""Engines and models that several tests of this room share; loading them costs seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clipforge.engines.base import Engine, Placement
from clipforge.engines.draft import DraftEngine
from clipforge.engines.folders import draft_model, folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.engines.made import make_whisper
from tests.engines.outline import MICRO

Say = Callable[..., WhisperEngine]


@pytest.fixture(scope="session")
def micro() -> WhisperEngine:
    """The micro Whisper at batch 8."""
    model = folder_model(MICRO)
    return WhisperEngine(recipe_for(model, Asked()), Placement(model.path, batch_size=8))


@pytest.fixture(scope="session")
def draft() -> DraftEngine:
    model = draft_model()
    return DraftEngine(recipe_for(model, Asked()), Placement(model.path))


@pytest.fixture(params=["draft", "micro"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: what `Engine` promises holds for all."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def says(tmp_path: Path) -> Say:
    """An engine whose multilingual model says the given tokens."""

    def make(*script: str, spoken: str = "es", asked: Asked | None = None) -> WhisperEngine:
        model = folder_model(make_whisper(tmp_path / "made", script, spoken))
        return WhisperEngine(recipe_for(model, asked or Asked()), Placement(model.path, batch_size=4))

    return make
