"""Models that are here: still what they must be, and gone when they are to go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clipforge.engines.catalogue import ALIASES, CATALOGUE, DRAFT, NAMES
from clipforge.engines.folders import Model, Places, own_folders, resolve
from clipforge.engines.pins import PINS
from clipforge.engines.trust import differences, forget, known
from clipforge.errors import BadModel, FolderNotWritable, InHubCache, ModelMissing, UnknownName

OK, DIFFERS, UNKNOWN = "ok", "differs", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of comparing a model's files with what they must be."""

    model: str
    path: Path
    result: str
    """`OK`, `DIFFERS`; `UNKNOWN` where the model is whole but there is nothing to compare it with."""
    why: str
    """``pinned`` or ``trusted`` where it is as it must be, else what is wrong or missing."""


def verify(names: tuple[str, ...], places: Places, on_bytes: Callable[[int, int], None]) -> list[Verdict]:
    """Reads every file of the named models, or of all that are here. ``on_bytes``: done and all, of each model.

    Raises `UnknownName`, `ModelMissing`.
    """
    return [_verdict(name, places, on_bytes) for name in names or names_here(places)]


def names_here(places: Places) -> tuple[str, ...]:
    """Every Whisper model here that has a name, damaged ones of our own included: first those of the catalogue."""
    own = [folder.name for folder in own_folders(places)]
    found = []
    for name in dict.fromkeys((*CATALOGUE, *own)):
        try:
            resolve(name, places)
        except ModelMissing:
            continue
        except BadModel:
            pass
        found.append(name)
    return tuple(found)


def _verdict(name: str, places: Places, on_bytes: Callable[[int, int], None]) -> Verdict:
    name = ALIASES.get(name, name)
    try:
        model = resolve(name, places)
    except BadModel as error:
        return Verdict(name, error.path, DIFFERS, error.why)
    must_be = known(model.name, places.models_folder)
    total = sum(pin.size_bytes for pin in must_be.files.values())
    try:
        found = differences(model.path, must_be.files, lambda done: on_bytes(done, total))
    except OSError as error:
        return Verdict(name, model.path, DIFFERS, error.strerror or str(error))
    if found:
        return Verdict(name, model.path, DIFFERS, "; ".join(difference.why for difference in found))
    if must_be.by:
        return Verdict(name, model.path, OK, must_be.by)
    return Verdict(name, model.path, UNKNOWN, "whole, but nobody has said what its files must be")


def remove(name: str, places: Places, *, hub_cache: bool = False, forgetting: bool = False) -> list[Path]:
    """Removes a model, and what a pull of it left behind; the folders that are gone.

    ``hub_cache``: from the Hugging Face cache too, where other programs may want it. ``forgetting``: also the digests
    that were trusted. Raises `UnknownName`, `ModelMissing`, `InHubCache`, `FolderNotWritable`.
    """
    name = ALIASES.get(name, name)
    own = places.models_folder / name
    if name == DRAFT or "/" in name or name.startswith(".") or (name not in CATALOGUE and not own.exists()):
        here = tuple(folder.name for folder in own_folders(places))
        if not (forgetting and name not in NAMES and forget(name, places.models_folder)):
            raise UnknownName("model to remove", name, here or tuple(CATALOGUE), "clipforge models list")
        return []
    cached = hub_folders(name, places)
    doomed = [path for path in (own, own.with_name(f".{name}.partial")) if path.exists()]
    doomed += cached if hub_cache else []
    try:
        if not (forgetting and forget(name, places.models_folder)) and not doomed:
            raise InHubCache(name, cached[0]) if cached else ModelMissing(name)
        for path in doomed:
            _remove(path)
    except OSError as error:
        raise FolderNotWritable(places.models_folder, error.strerror or str(error)) from error
    return doomed


def hub_folders(name: str, places: Places) -> list[Path]:
    """All that the Hugging Face cache holds of a model of the catalogue."""
    pin = PINS.get(name)
    repos = (pin.repo, *pin.other_repos) if pin else ()
    folders = [places.hub_folder / f"models--{repo.replace('/', '--')}" for repo in repos]
    return [folder for folder in folders if folder.is_dir()]


def is_in_hub_cache(model: Model, places: Places) -> bool:
    """Whether it lies in the Hugging Face cache."""
    return model.path.is_relative_to(places.hub_folder.absolute())


def _remove(path: Path) -> None:
    """Out of sight first, so that half a model is never found under its name. Raises OSError."""
    if path.is_symlink():
        path.unlink()
        return
    gone = path.with_name(f".{path.name.lstrip('.')}.removed-{os.getpid()}")
    path.rename(gone)
    shutil.rmtree(gone)
