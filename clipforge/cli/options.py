"""Settings as command-line options: one flag for each, built from its `Spec`, so that nothing is written twice."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clipforge.errors import BadSetting
from clipforge.layers import USE, Layer, Resolved, resolve
from clipforge.settings import NAMES, Scope, default_of, spec_of, type_of

if TYPE_CHECKING:
    from clipforge.captions.profiles import Profile

PANELS: Mapping[Scope, str] = {
    Scope.WORDS: "Speech",
    Scope.LISTEN: "Speech",
    Scope.LAYOUT: "Captions",
    Scope.FILES: "Files",
    Scope.RUN: "Running",
}

PROJECT_FILE = "clipforge.toml"


def takes_settings(*scopes: Scope, also: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of all settings in ``scopes`` and of those named in ``also``.

    The command declares its own parameters and ``given: dict[str, object]``, which receives the flags as typed; a
    setting whose flag was not typed is None in it.
    """
    names = [name for name in NAMES if spec_of(name).scope in scopes or name in also]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        mine = [p for p in own.parameters.values() if p.name != "given"]
        # Panels of the help come in the order in which they are first met: those of the settings, then the rest.
        parameters = [*mine[:1], *(_option(name) for name in names), *mine[1:]]

        def wrapped(**values: Any) -> None:
            given = {name: values.pop(name) for name in names}
            command(**values, given=given)

        wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
        wrapped.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer reads it
        wrapped.__annotations__ = {p.name: p.annotation for p in parameters}
        return wrapped

    return decorate


def _plain(text: str) -> str:
    """Text in which rich finds no markup: ``[profile.NAME]`` would be taken for a style."""
    return text.replace("[", r"\[")


def _option(name: str) -> inspect.Parameter:
    spec = spec_of(name)
    is_switch = type_of(name) is bool
    metavar = " " if is_switch else (spec.metavar or "|".join(spec.choices))
    default = default_of(name)
    shown = ",".join(default) if isinstance(default, tuple) else default
    says_default = not is_switch and shown not in (None, "")
    option = typer.Option(
        *spec.flags,
        help=_plain(f"{spec.help} Default: {shown}." if says_default else spec.help),
        metavar=metavar,
        rich_help_panel=PANELS[spec.scope],
        show_default=False,
        autocompletion=(lambda: list(spec.choices)) if spec.choices else None,
    )
    # Texts as typed: `layers.parse` is the one place that says what a value may be.
    annotation = Annotated[bool | None if is_switch else str | None, option]  # type: ignore[valid-type]  # made here
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)


def settings_from(given: Mapping[str, object], environ: Mapping[str, str], start: Path) -> Resolved:
    """Flags, then ``CLIPFORGE_*``, then ``clipforge.toml`` here or above, then the user's file, then defaults."""
    layers = [
        Layer("flag", given, "--{flag}"),
        Layer("environment", environment_values(environ), "CLIPFORGE_{upper}"),
    ]
    layers += [Layer(str(path), read_toml(path)) for path in (project_file(start), user_file(environ)) if path]
    return resolve(layers)


def environment_values(environ: Mapping[str, str]) -> dict[str, object]:
    """``CLIPFORGE_BEAM_SIZE=8`` as ``{"beam_size": "8"}``. An empty value counts as not given."""
    prefix = "CLIPFORGE_"
    return {key[len(prefix) :].lower(): value or None for key, value in environ.items() if key.startswith(prefix)}


def project_file(start: Path) -> Path | None:
    """The nearest ``clipforge.toml`` in ``start`` or above."""
    return next((f / PROJECT_FILE for f in (start, *start.parents) if (f / PROJECT_FILE).is_file()), None)


def user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's own settings, if there are any."""
    path = config_home(environ) / "clipforge" / "config.toml"
    return path if path.is_file() else None


def config_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "~").expanduser() / ".config")


def read_toml(path: Path) -> dict[str, object]:
    """Raises `BadSetting` with the place where the file stops being TOML."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _mixed(text, path) or BadSetting(
            str(path), str(error), "file", "TOML, as clipforge config init writes it"
        ) from error


def _mixed(text: str, path: Path) -> BadSetting | None:
    """The error to show where a file has ``profile = "house"`` beside ``[profile.house]``, which TOML forbids."""
    for name in (name for name in NAMES if spec_of(name).tables):
        value = re.search(rf"^[ \t]*{name}[ \t]*=[ \t]*(.*?)[ \t]*$", text, re.MULTILINE)
        if value and re.search(rf"^[ \t]*\[[ \t]*{name}[ \t]*\.", text, re.MULTILINE):
            wanted = f"[{name}] with {USE} = {value[1]} under it: TOML has no room for both {name} = and [{name}.…]"
            return BadSetting(name, value[1].strip("\"'"), str(path), wanted)
    return None


def profiles_of(resolved: Resolved) -> dict[str, Profile]:
    """The user's own profiles. Raises `BadSetting` or `UnknownName` for what is wrong in any of them."""
    from clipforge.captions.own_profiles import own_profiles

    return own_profiles(resolved.tables.get("profile", {}))
