"""Every error survives the way from a worker to the parent, and says something."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from clipforge import errors

SAMPLES: dict[Any, Any] = {
    str: "text",
    int: 3,
    float: 2.5,
    Path: Path("some/clip.mp4"),
    tuple[str, ...]: ("one", "two"),
}


def concrete(base: type[errors.ClipforgeError]) -> Iterator[type[errors.ClipforgeError]]:
    for sub in base.__subclasses__():
        if is_dataclass(sub):
            yield sub
        yield from concrete(sub)


ALL = sorted(set(concrete(errors.ClipforgeError)), key=lambda cls: cls.__name__)


def made(cls: type[errors.ClipforgeError]) -> errors.ClipforgeError:
    hints = get_type_hints(cls)
    return cls(*(SAMPLES[hints[f.name]] for f in fields(cls)))  # type: ignore[arg-type]  # all are dataclasses


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_survives_pickling(cls: type[errors.ClipforgeError]) -> None:
    error = made(cls)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(back) is cls
    assert [getattr(back, f.name) for f in fields(cls)] == [getattr(error, f.name) for f in fields(cls)]
    assert str(back) == error.message


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_says_what_in_one_line_and_has_an_exit_code(cls: type[errors.ClipforgeError]) -> None:
    error = made(cls)
    assert error.message
    assert "\n" not in error.message + error.remedy
    assert error.exit_code in {1, 2, 4, 130}


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_stands_in_the_tree_of_the_docstring(cls: type[errors.ClipforgeError]) -> None:
    assert f" {cls.__name__}" in (errors.__doc__ or "")


def test_a_slip_is_recognized() -> None:
    known = ("tiny", "small", "medium")
    assert errors.UnknownName("model", "smal", known).message == 'no model named "smal". Did you mean small?'
    assert errors.UnknownName("model", "q", known).message == 'no model named "q". Known: tiny, small, medium'
