"""Repetitions: the fixture ``attempt`` counts them, as many as the module's row asks for."""

from __future__ import annotations

import re

import pytest

from tests.faults.rows import times
from tests.media.conftest import canary, server  # noqa: F401  # fixtures


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attempt" in metafunc.fixturenames:
        found = re.fullmatch(r"test_row(\d\d)_\w+", metafunc.module.__name__.rpartition(".")[2])
        assert found is not None, "a module of the fault suite is named test_rowNN_what.py"
        metafunc.parametrize("attempt", range(times(int(found[1]))))
