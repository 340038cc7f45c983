"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from clipforge import __version__
from clipforge.cli import cache, config, models
from clipforge.cli.caption import caption
from clipforge.cli.endings import ends_well
from clipforge.cli.lint import lint

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Captions for video clips: fast, within a memory budget, never made twice.",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"clipforge {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Captions for video clips: fast, within a memory budget, never made twice."""


app.command()(ends_well(caption))
app.command()(ends_well(lint))
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.add_typer(models.app, name="models")
