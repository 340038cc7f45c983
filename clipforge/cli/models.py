"""``clipforge models``: which models there are, which are here, and how to get one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from clipforge.cli.endings import ends_well
from clipforge.cli.places import machine_from
from clipforge.cli.show import path_text, size

if TYPE_CHECKING:
    from clipforge.engines.models import Places

app = typer.Typer(no_args_is_help=True, help="Models: which there are, which are here, get one.")


def _places() -> Places:
    from clipforge.engines.models import Places

    machine = machine_from(os.environ)
    return Places(machine.models_folder, machine.hub_folder)


@app.command("list")
@ends_well
def list_models() -> None:
    """Every model, its download and memory, and whether it is on this machine."""
    from clipforge.engines.models import CATALOGUE, DRAFT, cost_bytes, installed, resolve

    here = {model.name: model for model in installed(_places())}
    print(f"{'name':<20} {'download':>10} {'memory':>10}  {'languages':<10} here")
    draft = resolve(DRAFT, _places())
    print(f"{DRAFT:<20} {'–':>10} {size(cost_bytes(draft, 1)):>10}  {'English':<10} yes, comes along (rough text)")
    for name, entry in CATALOGUE.items():
        languages = "English" if entry.english_only else "many"
        where = path_text(here[name].path) if name in here else f"no    clipforge models pull {name}"
        memory = size(entry.resident_bytes)
        print(f"{name:<20} {size(entry.download_bytes):>10} {memory:>10}  {languages:<10} {where}")


@app.command("pull")
@ends_well
def pull_model(name: Annotated[str, typer.Argument(help="A name from clipforge models list.")]) -> None:
    """Download a model."""
    from clipforge.engines.models import pull

    with _download_bar(name) as on_progress:
        model = pull(name, _places(), on_progress)
    print(path_text(model.path))


@app.command("path")
@ends_well
def model_path(name: Annotated[str, typer.Argument(help="A name from clipforge models list.")]) -> None:
    """Print the folder of a model that is on this machine."""
    from clipforge.engines.models import resolve

    print(path_text(resolve(name, _places()).path))


@contextmanager
def _download_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(binary_units=True), TransferSpeedColumn(), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with Progress(f" {name}", *columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
