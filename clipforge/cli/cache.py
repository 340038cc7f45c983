"""``clipforge cache``: what is kept, why something would be made again, and how to be rid of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clipforge.cli.endings import ends_well
from clipforge.cli.options import profiles_of, settings_from, takes_settings
from clipforge.cli.places import machine_for
from clipforge.cli.show import count, duration, one_line, path_text, size
from clipforge.pipeline.request import Request
from clipforge.settings import Scope, Settings

if TYPE_CHECKING:
    from clipforge.store.cache import Cache
    from clipforge.store.ledger import Ledger, OutputRecord

app = typer.Typer(no_args_is_help=True, help="The cache: what is kept, why something would be made again.")

CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", metavar="FOLDER", help="Another cache than the usual one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def _settings(cache_dir: Path | None) -> Settings:
    return settings_from({"cache_dir": cache_dir}, os.environ, Path.cwd()).settings


@contextmanager
def _opened(cache_dir: Path | None) -> Iterator[Cache]:
    from clipforge.pipeline.stores import parse_cache_limit
    from clipforge.store.cache import Cache
    from clipforge.store.rooms import CacheFolder

    settings = _settings(cache_dir)
    folder = CacheFolder(machine_for(settings, os.environ).cache_root)
    with Cache.open(folder.cache, limit_bytes=parse_cache_limit(settings)) as cache:
        yield cache
        for notice in cache.notices:
            print(one_line(notice), file=sys.stderr)


@app.command()
@ends_well
def path(cache_dir: CacheDir = None) -> None:
    """Print the folder in which results are kept."""
    print(path_text(machine_for(_settings(cache_dir), os.environ).cache_root))


@app.command()
@ends_well
def stats(cache_dir: CacheDir = None, as_json: AsJson = False) -> None:
    """What the cache holds, and what it has saved."""
    with _opened(cache_dir) as cache:
        found = cache.stats()
    if as_json:
        print(json.dumps(asdict(found)))
        return
    for kind, number in found.entries.items():
        print(f"{kind:<14} {number}")
    print(f"{'size':<14} {size(found.bytes)} of {size(found.limit_bytes)}")
    print(f"{'hits':<14} {found.hits}")
    print(f"{'misses':<14} {found.misses}")
    print(f"{'work kept':<14} {duration(found.work_kept_s)}")
    print(f"{'work saved':<14} {duration(found.work_saved_s)}")


@app.command()
@ends_well
def clear(cache_dir: CacheDir = None) -> None:
    """Remove all kept results. Captions that were written stay where they are, and stay known as ours."""
    with _opened(cache_dir) as cache:
        print(f"removed {count(cache.clear(), 'entry').replace('entrys', 'entries')}")


@app.command()
@ends_well
def verify(cache_dir: CacheDir = None) -> None:
    """Check every kept result against its digest; remove what is bad."""
    with _opened(cache_dir) as cache:
        report = cache.verify()
    print(f"checked {report.checked}, bad {report.bad}, removed {report.removed}, repaired {report.repaired}")


@app.command()
@ends_well
@takes_settings(Scope.LISTEN, Scope.WORDS, Scope.LAYOUT, Scope.FILES, also=("max_memory", "cache_dir", "state_dir"))
def explain(
    file: Annotated[Path, typer.Argument(help="A clip, or a caption file that ClipForge wrote.", show_default=False)],
    given: dict[str, object] | None = None,
) -> None:
    """Why a clip would be captioned again with these options, or what a caption file was made with."""
    from clipforge.cli.forecast import forecast_line
    from clipforge.pipeline.forecast import forecast
    from clipforge.pipeline.prepare import prepare
    from clipforge.pipeline.stores import Stores

    resolved = settings_from(given or {}, os.environ, Path.cwd())
    settings = resolved.settings
    machine = machine_for(settings, os.environ)
    request = Request((file,), settings, machine, profiles=profiles_of(resolved))
    with Stores.open(request) as stores:
        record = stores.ledger.get(file)
        if record is not None:
            _print_record(record, stores.ledger)
            return
        prepared = prepare(request, stores)
        for row in forecast(prepared, stores):
            print(forecast_line(row))
            for known in stores.ledger.for_clip(file):
                _print_record(known, stores.ledger)


def _print_record(record: OutputRecord, ledger: Ledger) -> None:
    when = datetime.fromtimestamp(record.written_at).astimezone().strftime("%Y-%m-%d %H:%M")
    print(f"{path_text(record.path)}: {ledger.state(Path(record.path)).value}, written {when}")
    print(f"  from {path_text(record.clip)} (SHA-256 {record.source_digest[:16]}…)")
    for name, value in record.made.items():
        if value not in (None, ""):
            print(f"  {name.replace('_', ' '):<18} {one_line(str(value))}")
