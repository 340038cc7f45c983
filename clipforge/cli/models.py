"""``clipforge models``: which models there are, which are here, and how to get one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clipforge.cli.endings import ends_well
from clipforge.cli.options import settings_from
from clipforge.cli.places import machine_from
from clipforge.cli.show import one_line, path_text, size
from clipforge.errors import EXIT_CLIPS_FAILED

if TYPE_CHECKING:
    from clipforge.engines.models import Listed, Places

app = typer.Typer(no_args_is_help=True, help="Models: which there are, which are here, get one, check them.")

Name = Annotated[str, typer.Argument(help="A name from clipforge models list.")]
MaybeName = Annotated[str | None, typer.Argument(help="A name from clipforge models list.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]


def _places() -> Places:
    from clipforge.engines.models import Places

    machine = machine_from(os.environ)
    return Places(machine.models_folder, machine.hub_folder)


@app.command("list")
@ends_well
def list_models(as_json: AsJson = False) -> None:
    """Every model: its size, its memory and expected speed on this machine, and whether it is here."""
    from clipforge.engines.models import listed
    from clipforge.pipeline.charges import OWN_COST_BYTES
    from clipforge.pipeline.prepare import memory_budget

    machine = machine_from(os.environ)
    settings = settings_from({}, os.environ, Path.cwd()).settings
    found = listed(_places(), memory_budget(settings, machine).bytes - OWN_COST_BYTES, machine.cores)
    if as_json:
        for model in found:
            print(json.dumps(asdict(model)))
        return
    print(f"{'name':<17} {'size':>10} {'memory':>10} {'speed':>6}  {'languages':<9} here")
    for model in found:
        print(_row(model))


def _row(model: Listed) -> str:
    languages = "English" if model.languages == 1 else str(model.languages)
    download = "–" if model.where == "comes along" else size(model.size_bytes)
    speed = "–" if model.speed is None else f"{model.speed:.2g}×" if model.speed < 10 else f"{model.speed:.0f}×"
    if model.where == "comes along":
        here = "yes, comes along (rough text)"
    elif model.path and not model.trouble:
        here = path_text(model.path) + (" (Hugging Face cache)" if model.where == "hugging face cache" else "")
    elif model.path:
        here = f"cannot be used: {one_line(model.trouble)} ({path_text(model.path)})"
    else:
        trust = "" if model.checked_by else " --trust"
        here = f"no    clipforge models pull {model.name}{trust}"
        here += f"   ({one_line(model.trouble)})" if model.trouble else ""
    return f"{model.name:<17} {download:>10} {size(model.memory_bytes):>10} {speed:>6}  {languages:<9} {here}"


@app.command("pull")
@ends_well
def pull_model(
    name: Name,
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="URL|FOLDER|ARCHIVE",
            help="Take it from there instead of the Hugging Face hub; checked in the same way.",
        ),
    ] = "",
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Take files that nothing is known of, and remember what they are."),
    ] = False,
) -> None:
    """Get a model, and check every file of it. What was broken off goes on where it stopped."""
    from clipforge.engines.models import HUB, Order, is_in_hub_cache, pull

    places = _places()
    with _bar(name) as on_progress:
        model = pull(Order(name, origin, trust, os.environ.get("HF_ENDPOINT") or HUB), places, on_progress)
    if is_in_hub_cache(model, places):
        print(f"{model.name} is in the Hugging Face cache already, and is used there", file=sys.stderr)
    print(path_text(model.path))


@app.command("verify")
@ends_well
def verify_models(name: MaybeName = None, as_json: AsJson = False) -> None:
    """Read every file of a model, or of all that are here, and compare it with what it must be."""
    from clipforge.engines.models import DIFFERS, verify

    with _bar("checking") as on_progress:
        found = verify((name,) if name else (), _places(), lambda done, total: on_progress("checking", done, total))
    for verdict in found:
        if as_json:
            print(json.dumps(asdict(verdict) | {"path": str(verdict.path)}))
        else:
            where = path_text(verdict.path)
            print(f"{verdict.model:<17} {verdict.result:<8} {one_line(verdict.why)}  {where}")
    if not found and not as_json:
        print("no Whisper model is here")
    if any(verdict.result == DIFFERS for verdict in found):
        print("Error: files differ.  →  clipforge models remove NAME, then pull it again", file=sys.stderr)
        raise typer.Exit(EXIT_CLIPS_FAILED)


@app.command("remove")
@ends_well
def remove_model(
    name: Name,
    hub_cache: Annotated[
        bool, typer.Option("--hub-cache", help="From the Hugging Face cache as well, where other programs may want it.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Also forget what its files were when they were trusted.")
    ] = False,
) -> None:
    """Remove a model from this machine."""
    from clipforge.engines.models import hub_folders, remove

    places = _places()
    for folder in remove(name, places, hub_cache=hub_cache, forgetting=forget):
        print(f"removed {path_text(folder)}")
    for folder in hub_folders(name, places):
        print(f"still in the Hugging Face cache: {path_text(folder)}", file=sys.stderr)


@app.command("path")
@ends_well
def model_path(name: MaybeName = None) -> None:
    """Print the folder of a model that is here; without a name, the folder that models are kept in."""
    from clipforge.engines.models import resolve

    places = _places()
    print(path_text(resolve(name, places).path if name else places.models_folder))


@contextmanager
def _bar(name: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn(" {task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        stage = name

        def on_progress(what: str, done: int, total: int) -> None:
            nonlocal stage
            if what != stage:  # its speed is its own
                stage = what
                bar.reset(task, description=f"{name}: {what}" if what != name else what)
            bar.update(task, completed=done, total=total or None)

        yield on_progress
