"""Where things live on this machine, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from clipforge.pipeline.request import Machine


def machine_from(environ: Mapping[str, str]) -> Machine:
    """The machine as the environment describes it: XDG folders on every system, the Hugging Face cache where it is."""
    home = Path(environ.get("HOME") or "~").expanduser()
    cache_home = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    data_home = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    hub = environ.get("HF_HUB_CACHE") or Path(environ.get("HF_HOME") or cache_home / "huggingface") / "hub"
    return Machine(
        environ=dict(environ),
        cache_root=cache_home / "clipforge",
        models_folder=data_home / "clipforge" / "models",
        hub_folder=Path(hub),
        cores=usable_cores(),
    )


def usable_cores() -> int:
    """Cores that this process may run on; at least 1."""
    try:
        return len(os.sched_getaffinity(0)) or 1
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
