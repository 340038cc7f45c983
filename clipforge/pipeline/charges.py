"""What each kind of job is charged: by the table, or by what jobs of its kind have taken on this machine.

A kind is everything that a job's memory depends on, the versions of the libraries included: with a new version all is
learned anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from clipforge.engines.base import Recipe
from clipforge.engines.catalogue import DRAFT
from clipforge.engines.folders import Model
from clipforge.engines.plan import BATCH_SIZES, cost_bytes
from clipforge.media.shots import picture_bytes
from clipforge.store.costs import Costs, charge_bytes
from clipforge.store.keys import key

LISTEN_COST_BYTES = 192 * 2**20
"""Of a worker that listens, its ffmpeg included, by the table: tests/bench/listen.py shows its peak."""

OWN_COST_BYTES = 96 * 2**20
"""Of the process that drives the workers: tests/bench/memory.py shows its peak."""

_LIBRARIES = {
    "listen": ("imageio-ffmpeg", "faster-whisper", "onnxruntime"),
    "shots": ("imageio-ffmpeg", "av"),
    "whisper": ("faster-whisper", "ctranslate2"),
    DRAFT: ("pocketsphinx",),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What the memory of a job depends on."""

    stage: str
    libraries: str
    model_digest: str = ""
    compute_type: str = ""
    device: str = ""
    beam_size: int = 0
    batch_size: int = 0
    """Windows that it takes at a time."""
    pixels: int = 0
    """Of the picture that it decodes or draws, width times height."""

    def key(self) -> str:
        return key("cost", asdict(self))


def listening() -> Kind:
    return Kind("listen", _versions("listen"))


def looking(pixels: int) -> Kind:
    return Kind("shots", _versions("shots"), pixels=pixels)


def transcribing(recipe: Recipe, device: str, batch_size: int) -> Kind:
    return Kind(
        stage="words",
        libraries=_versions(recipe.engine),
        model_digest=recipe.model_digest,
        compute_type=recipe.compute_type,
        device=device,
        beam_size=recipe.beam_size,
        batch_size=batch_size,
    )


@dataclass(frozen=True, slots=True)
class Charges:
    """The charges of one run."""

    costs: Costs
    budget_bytes: int
    """What workers may have."""

    def of(self, kind: Kind, table_bytes: int) -> int:
        """Bytes. What was seen refuses no job that the table allows: it is given all there is, and so runs alone."""
        charge = charge_bytes(table_bytes, self.costs.peaks(kind.key()))
        return min(charge, max(table_bytes, self.budget_bytes))

    def of_listening(self) -> int:
        """Bytes of a worker that reads or listens, its ffmpeg included."""
        return self.of(listening(), LISTEN_COST_BYTES)

    def of_looking(self, width: int, height: int) -> int:
        """Bytes of a worker that looks at a clip's pictures, its ffmpeg included. Sizes in pixels."""
        return self.of(looking(width * height), LISTEN_COST_BYTES + picture_bytes(width, height))

    def of_batches(self, model: Model, recipe: Recipe, device: str) -> Callable[[int], int]:
        """Bytes of a worker by the number of windows that it takes at a time, never more for fewer."""
        kind = transcribing(recipe, device, 0)
        tables = {size: cost_bytes(model, size, recipe.compute_type or "int8") for size in BATCH_SIZES}
        found = {size: self.of(replace(kind, batch_size=size), tables[size]) for size in BATCH_SIZES}
        # Not every size was seen. One that takes more than its table says that larger ones do, too, and what was seen
        # of a large one is enough for all smaller ones.
        raised = {
            size: max((found[s] for s in found if s < size and found[s] > tables[s]), default=0) for size in found
        }
        least = {size: max(found[size], raised[size]) for size in found}
        return {size: min(least[s] for s in least if s >= size) for size in least}.__getitem__


@lru_cache
def _versions(library: str) -> str:
    return ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES[library])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # the engine is not used then, or says so itself
        return ""
