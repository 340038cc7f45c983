"""``clipforge config``: see the settings and where each comes from; write a file to start from."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from clipforge.cli.endings import ends_well
from clipforge.cli.options import PANELS, PROJECT_FILE, profiles_of, settings_from
from clipforge.cli.show import path_text
from clipforge.errors import BadSetting, OutputFailed
from clipforge.settings import NAMES, Scope, default_of, in_scope, spec_of

app = typer.Typer(no_args_is_help=True, help="Settings: show them, write a file to start from.")


@app.command()
@ends_well
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Every setting, its value, and where the value comes from."""
    resolved = settings_from({}, os.environ, Path.cwd())
    profiles_of(resolved)  # what is wrong in one of them is said here, too
    rows = {name: {"value": _plain(getattr(resolved.settings, name)), "from": resolved.origins[name]} for name in NAMES}
    for tables in resolved.tables.values():
        rows |= {f"{t.setting}.{t.name}": {"value": dict(t.values), "from": t.origin} for t in tables.values()}
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    width = max(map(len, rows))
    for name, row in rows.items():
        value = "–" if row["value"] is None else _toml_value(row["value"])
        print(f"{name:<{width}}  {value:<14}  {path_text(str(row['from']))}")


@app.command()
@ends_well
def init(
    path: Annotated[Path, typer.Argument(help="The file to write.", show_default=True)] = Path(PROJECT_FILE),
) -> None:
    """Write a settings file that explains itself; every line in it is the default, commented out."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(commented_file())
    except FileExistsError as error:
        raise BadSetting("file", str(path), "argument", "one that does not exist yet: this one does") from error
    except OSError as error:
        raise OutputFailed(path, error.strerror or str(error)) from error
    print(path_text(path))


def commented_file() -> str:
    """``clipforge.toml`` with every setting at its default, commented out."""
    parts = [
        "# Settings of ClipForge for the clips in and below this folder. Flags and CLIPFORGE_* go before this file.",
        "# Remove the # before a line to change it.",
    ]
    for panel in dict.fromkeys(PANELS.values()):
        parts.append(f"\n# ---- {panel}")
        for name in (n for scope in Scope if PANELS[scope] == panel for n in in_scope(scope)):
            parts.append("")
            parts += textwrap.wrap(spec_of(name).help, 100, initial_indent="# ", subsequent_indent="# ")
            default = _plain(default_of(name))
            shown = default if default is not None else _example(name)
            parts.append(f"# {name} = {_toml_value(shown)}")
    return "\n".join(parts) + "\n"


def _example(name: str) -> Any:
    """A value to show for a setting whose default is "not set"."""
    examples = {
        "language": "en",
        "profile": "netflix-en",
        "output_dir": "captions",
        "max_memory": "6GiB",
        "cache_dir": "/var/cache/clipforge",
        "state_dir": "/var/lib/clipforge",
        "max_line_length": 42,
        "max_lines": 2,
        "max_cps": 20,
        "audio_track": 1,
        "jobs": 2,
    }
    return examples[name]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _toml_value(value: Any) -> str:
    import tomli_w

    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml_value(inner)}" for key, inner in value.items()) + " }"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").strip().replace("\n", "").replace("    ", "")
