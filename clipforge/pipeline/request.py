"""What the user asked for, and the machine it is to be done on, as the command line read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clipforge.captions.profiles import Profile
from clipforge.settings import Settings


@dataclass(frozen=True, slots=True)
class Machine:
    """What the command line read from the environment, so that nothing below it has to."""

    environ: Mapping[str, str]
    cache_root: Path
    state_root: Path
    """Where the ledger lies: it must outlive the cache."""
    models_folder: Path
    hub_folder: Path
    """The Hugging Face cache, where people may have models already."""
    cores: int
    limits_root: Path = Path("/")
    """Root of the tree that holds ``proc`` and ``sys``."""

    @property
    def search_path(self) -> str:
        return self.environ.get("PATH", "")


@dataclass(frozen=True, slots=True)
class Request:
    """One run of ``clipforge caption``."""

    paths: tuple[Path, ...]
    settings: Settings
    machine: Machine
    force: bool = False
    """Transcribe again, whatever is known."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """The user's own, by name."""
