"""Models on this machine: found, checked, and known by a digest. Imports no heavy library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from clipforge.engines.catalogue import ALIASES, CATALOGUE, DRAFT, NAMES
from clipforge.engines.cost import DRAFT_COST, Cost, Shape, cost_of
from clipforge.engines.pins import PINS, Pin
from clipforge.engines.weights import WHISPER, Unreadable, Weights, read_weights
from clipforge.errors import BadModel, ModelMissing, ToolMissing, UnknownName

NEEDED = ("model.bin", "config.json", "tokenizer.json")
"""Without ``tokenizer.json`` faster-whisper would fetch one from the network. A vocabulary is needed too."""
_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
MULTILINGUAL_MARK = ""
"""CTranslate2 takes a model for multilingual if this token is in its vocabulary, whatever else is there."""
_PREPROCESSOR = "preprocessor_config.json"
PARTS = tuple(sorted((*NEEDED, *_VOCABULARIES, _PREPROCESSOR)))
"""Every file that can change a word."""
_DEFAULT_MELS = 80
"""What faster-whisper assumes where there is no `_PREPROCESSOR`; large-v3 has 128."""

_FOREIGN = ("pytorch_model.bin", "model.safetensors")


@dataclass(frozen=True, slots=True)
class Places:
    """Where models may be."""

    models_folder: Path
    """ClipForge's own: one folder per model, under its name."""
    hub_folder: Path
    """The Hugging Face cache, ``…/huggingface/hub``: other programs may have put models there already."""


@dataclass(frozen=True, slots=True)
class Model:
    """A usable model on this machine."""

    name: str
    path: Path
    engine: str
    """``whisper`` or ``draft``."""
    size_bytes: int
    """Of ``model.bin``; of all files for draft."""
    english_only: bool
    translates: bool
    cantonese: bool
    """Whether it knows ``yue``, the one language that came later."""
    cost: Cost


def resolve(name: str, places: Places) -> Model:
    """A model by name, or by the path of its folder.

    A known name stands for the model even where a folder of that name is here too; ``./small`` means the folder.
    Raises `UnknownName`, `ModelMissing`, `BadModel`, `ToolMissing`.
    """
    name = ALIASES.get(name, name)
    if name == DRAFT:
        return draft_model()
    if "/" not in name:
        own = places.models_folder / name
        if own.is_dir() and not name.startswith("."):
            return folder_model(own, name)
        if name in CATALOGUE:
            return _from_hub_cache(name, places.hub_folder)
    path = Path(name)
    if "/" in name or path.exists():
        return folder_model(path)
    others = tuple(folder.name for folder in own_folders(places))
    raise UnknownName("model", name, tuple(dict.fromkeys((*NAMES, *others))), "clipforge models list")


def installed(places: Places) -> list[Model]:
    """Every Whisper model that is whole and has a name here: those of the catalogue in its order, then the others."""
    names = dict.fromkeys((*CATALOGUE, *(folder.name for folder in own_folders(places))))
    return [model for model in (_resolve_whole(name, places) for name in names) if model is not None]


def folder_model(path: Path, name: str = "") -> Model:
    """The model in a folder, checked. Raises `BadModel`."""
    weights = check_folder(path)
    name = name or path.resolve().name
    entry = CATALOGUE.get(name)
    tokens = _vocabulary(path)
    english_only = MULTILINGUAL_MARK not in tokens or (entry is not None and entry.english_only)
    layers = weights.layers("encoder"), weights.layers("decoder")
    shape = Shape(weights.width, *layers, weights.vocabulary, weights.encoder_heads)
    return Model(
        name=name,
        path=path.absolute(),
        engine="whisper",
        size_bytes=weights.size_bytes,
        english_only=english_only,
        translates=not english_only and (entry is None or entry.translates),
        cantonese="<|yue|>" in tokens,
        cost=cost_of(shape, weights.parameters, weights.size_bytes),
    )


def draft_model() -> Model:
    """PocketSphinx with the model in its wheel. Raises `ToolMissing`."""
    spec = find_spec("pocketsphinx")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "model" / "en-us" if folders else None
    if path is None or not path.is_dir():
        raise ToolMissing("pocketsphinx", "the draft engine's package is not installed", "pip install pocketsphinx")
    size_bytes = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return Model(DRAFT, path, DRAFT, size_bytes, english_only=True, translates=False, cantonese=False, cost=DRAFT_COST)


def check_folder(path: Path) -> Weights:
    """The outline of a model folder that holds all that is needed, as far as can be told without loading it.

    Raises `BadModel`, which names the missing or damaged file.
    """
    try:
        if path.is_file():
            raise BadModel(path, "is a file; a model is a folder with model.bin, tokenizer.json and more")
        if not path.is_dir():
            raise BadModel(path, "there is no such folder")
        missing = [name for name in NEEDED if not (path / name).is_file()]
        if not any((path / name).is_file() for name in _VOCABULARIES):
            missing.append(_VOCABULARIES[0])
        if "model.bin" in missing and any((path / name).exists() for name in _FOREIGN):
            raise BadModel(path, "holds a Transformers model; convert it with ct2-transformers-converter")
        if missing:
            raise BadModel(path, f"{missing[0]} is missing" if len(missing) == 1 else f"missing: {', '.join(missing)}")
        weights = read_weights(path / "model.bin")
        if weights.spec != WHISPER:
            raise BadModel(path, f"model.bin holds a {weights.spec.removesuffix('Spec')} model, not Whisper")
        if weights.mels not in (0, _DEFAULT_MELS) and not (path / _PREPROCESSOR).is_file():
            raise BadModel(path, f"{_PREPROCESSOR} is missing, and the model takes {weights.mels} mel bins")
        damaged = [name for name in ("config.json", "tokenizer.json") if not _ends_as_json(path / name)]
        if damaged:
            raise BadModel(path, f"{damaged[0]} is damaged: it does not end as JSON does")
    except Unreadable as error:
        raise BadModel(path, str(error)) from None
    except OSError as error:
        raise BadModel(path, error.strerror or str(error)) from error
    return weights


def _resolve_whole(name: str, places: Places) -> Model | None:
    try:
        return resolve(name, places)
    except (ModelMissing, BadModel):
        return None


def file_digest(path: Path) -> str:
    """SHA-256 of a file's contents, in hex."""
    with path.open("rb") as file:
        sha = hashlib.sha256()
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def digest(model: Model, of_file: Callable[[Path], str] = file_digest) -> str:
    """What the model is known by: SHA-256 over the names and digests of the files that can change a word.

    ``of_file`` gives a file's digest; a caller that remembers them saves reading gigabytes on each run.
    """
    if model.engine == DRAFT:
        return f"pocketsphinx-{version('pocketsphinx')}/en-us"
    sha = hashlib.sha256()
    for name in PARTS:
        path = model.path / name
        if path.is_file():
            sha.update(f"{name}\0{of_file(path)}\n".encode())
    return sha.hexdigest()


def _vocabulary(path: Path) -> frozenset[str]:
    """The tokens of a checked folder, from the file that CTranslate2 takes. Raises `BadModel`."""
    file = next(file for file in (path / name for name in _VOCABULARIES) if file.is_file())
    try:
        text = file.read_text("utf-8", errors="replace")
        return frozenset(json.loads(text)) if file.suffix == ".json" else frozenset(text.split("\n")[:-1])
    except (ValueError, TypeError):
        raise BadModel(path, f"{file.name} is damaged: not a list of tokens") from None
    except OSError as error:
        raise BadModel(path, error.strerror or str(error)) from error


def _ends_as_json(path: Path) -> bool:
    """Cheaper than to parse the 2.5 MB of a tokenizer on each run, and enough to see a file that was cut."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 64, 0))
        return file.read().rstrip().endswith(b"}")


def own_folders(places: Places) -> list[Path]:
    """Those in ClipForge's models folder, whatever they hold, by name."""
    try:
        folders = [folder for folder in places.models_folder.iterdir() if folder.is_dir()]
    except OSError:
        return []
    return sorted(folder for folder in folders if not folder.name.startswith("."))


def _from_hub_cache(name: str, hub_folder: Path) -> Model:
    """The first whole copy of a model of the catalogue in the Hugging Face cache. Raises `ModelMissing`."""
    snapshots = list(_snapshots(PINS[name], hub_folder))
    found = next((model for model in (_if_whole(folder, name) for folder in snapshots) if model is not None), None)
    if found is not None:
        return found
    if not snapshots:
        raise ModelMissing(name)
    try:
        return folder_model(snapshots[0], name)
    except BadModel as error:
        why = f"the one in the Hugging Face cache is not whole, {error.why} ({snapshots[0]})"
        raise ModelMissing(name, why) from error


def _if_whole(folder: Path, name: str) -> Model | None:
    try:
        return folder_model(folder, name)
    except BadModel:
        return None


def _snapshots(pin: Pin, hub_folder: Path) -> Iterator[Path]:
    """Folders of a repository's revisions in the cache: the pinned one, then the one that main points to."""
    for repo in (pin.repo, *pin.other_repos):
        repo_folder = hub_folder / f"models--{repo.replace('/', '--')}"
        try:
            main = (repo_folder / "refs" / "main").read_text("ascii").strip()
        except (OSError, ValueError):
            main = ""
        for commit in dict.fromkeys((pin.revision, main)):
            folder = repo_folder / "snapshots" / commit
            if commit.isalnum() and folder.is_dir():
                yield folder
