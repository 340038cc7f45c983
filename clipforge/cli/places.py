"""Where things live on this machine, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clipforge.pipeline.request import Machine
from clipforge.pool.cores import usable_cores
from clipforge.settings import Settings


def machine_from(environ: Mapping[str, str]) -> Machine:
    """The machine as the environment describes it: XDG folders on every system, the Hugging Face cache where it is."""
    home = Path(environ.get("HOME") or "~").expanduser()
    cache_home = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    state_home = Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    data_home = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    hub = environ.get("HF_HUB_CACHE") or Path(environ.get("HF_HOME") or cache_home / "huggingface") / "hub"
    return Machine(
        environ=dict(environ),
        cache_root=cache_home / "clipforge",
        state_root=state_home / "clipforge",
        models_folder=data_home / "clipforge" / "models",
        hub_folder=Path(hub),
        cores=usable_cores(),
    )


def machine_for(settings: Settings, environ: Mapping[str, str]) -> Machine:
    """The machine, with the folders that the settings name instead of the usual ones."""
    machine = machine_from(environ)
    return replace(
        machine,
        cache_root=settings.cache_dir or machine.cache_root,
        state_root=settings.state_dir or machine.state_root,
    )
