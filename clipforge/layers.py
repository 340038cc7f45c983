"""Flags, environment and files, put together into one `Settings`. Pure: the command line does the reading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clipforge.errors import BadSetting, UnknownName
from clipforge.settings import NAMES, Settings, spec_of, type_of

DEFAULT_ORIGIN = "default"

USE = "use"
"""In a file, the key that gives a setting its value where tables stand under the setting's name."""

_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place. Values as they stand there; None means "not given"."""

    origin: str
    """For messages: ``flag``, ``CLIPFORGE_* in the environment``, a file's path."""
    values: Mapping[str, object]
    spelling: str = "{name}"
    """How a setting is written there: ``--{flag}``, ``CLIPFORGE_{upper}``, ``{name}``."""

    def spelled(self, name: str) -> str:
        return self.spelling.format(name=name, flag=name.replace("_", "-"), upper=name.upper())


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file that describes what a setting can name: ``[profile.house]``."""

    setting: str
    name: str
    values: Mapping[str, object]
    """As they stand there, not looked at yet."""
    origin: str
    """The file."""

    @property
    def heading(self) -> str:
        return f"[{self.setting}.{self.name}]"

    @property
    def where(self) -> str:
        """For messages: ``[profile.house] of clipforge.toml``."""
        return f"{self.heading} of {self.origin}"


Tables = Mapping[str, Mapping[str, Table]]
"""By setting, then by name."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings of a run, and for each where it came from."""

    settings: Settings
    origins: Mapping[str, str]
    tables: Tables = field(default_factory=dict)


def resolve(layers: Sequence[Layer]) -> Resolved:
    """The first layer that gives a setting wins, and the first that holds a table of a name.

    TOML has no room for ``profile = "house"`` beside ``[profile.house]``, so there the choice is made under the
    setting's own heading: ``[profile]`` with ``use = "house"``.

    Raises `UnknownName` for a key that is no setting, `BadSetting` for a value that a setting cannot take.
    """
    chosen: dict[str, Any] = {}
    origins = dict.fromkeys(NAMES, DEFAULT_ORIGIN)
    tables: dict[str, dict[str, Table]] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if key not in NAMES:
                raise UnknownName("setting", key, NAMES, f"see: clipforge config show ({layer.origin})")
            if spec_of(key).tables and isinstance(value, Mapping):
                value = _collect(key, value, layer, tables.setdefault(key, {}))
            if value is None:
                continue
            parsed = parse(key, value, layer)
            if key not in chosen:
                chosen[key] = parsed
                origins[key] = layer.origin
    return Resolved(Settings(**chosen), origins, tables)


def _collect(setting: str, value: Mapping[str, object], layer: Layer, found: dict[str, Table]) -> object:
    """Add the tables under a setting's name to those found; returns what the setting itself is to be, if it says so."""
    for name, inner in value.items():
        if name != USE and not isinstance(inner, Mapping):
            wanted = f"a table of a name, [{setting}.NAME], or {USE} = NAME"
            raise BadSetting(f"{setting}.{name}", str(inner), layer.origin, wanted)
        if name != USE and name not in found and isinstance(inner, Mapping):
            found[name] = Table(setting, name, inner, layer.origin)
    return value.get(USE)


def parse(name: str, value: object, layer: Layer) -> Any:
    """A value from a layer as the setting's own type. Raises `BadSetting`."""
    spec, wanted = spec_of(name), type_of(name)

    def bad(expected: str) -> BadSetting:
        shown = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        return BadSetting(layer.spelled(name), shown, layer.origin, expected)

    if wanted is bool:
        answer = _BOOLEANS.get(str(value).lower())
        if answer is None:
            raise bad("true or false")
        return answer
    if wanted in (int, int | None):
        least = spec.least if spec.least is not None else 0
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d{1,9}", str(value)) or int(str(value)) < least:
            raise bad(f"a whole number, {least} or more")
        return int(str(value))
    if wanted == (float | None):
        least = spec.least if spec.least is not None else 0
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", str(value)) or float(str(value)) < least:
            raise bad(f"a number, {least} or more")
        return float(str(value))
    if wanted == tuple[str, ...]:
        parts = value if isinstance(value, (list, tuple)) else str(value).split(",")
        names = tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
        if not names:
            raise bad("at least one name")
        return names
    if not isinstance(value, (str, Path)):
        raise bad("a text")
    if spec.choices and value not in spec.choices:
        raise bad(" or ".join(spec.choices))
    return Path(value) if wanted == (Path | None) else str(value)
