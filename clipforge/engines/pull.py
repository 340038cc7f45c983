"""Getting a model: the only part of the engines that opens a network connection.

::

    hub, address, folder or archive ──▶ .name.partial/ ──▶ compared with what is known ──▶ renamed to name/
                                          │
                                          └── stays when it is broken off, for the next pull to go on with

A lock on the partial folder keeps two pulls of one model apart: the second waits, and finds the model there.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from clipforge.engines.archives import BadArchive, unpack
from clipforge.engines.catalogue import ALIASES, CATALOGUE, NAMES
from clipforge.engines.fetch import NotFetched, fetch, fetch_json
from clipforge.engines.folders import PARTS, Model, Places, folder_model, resolve
from clipforge.engines.pins import PINS, FilePin
from clipforge.engines.trust import Known, differences, known, remember
from clipforge.errors import BadModel, BadSetting, DownloadFailed, ModelMissing, NeedsTrust, UnknownName

HUB = "https://huggingface.co"
_OPTIONAL = frozenset({"preprocessor_config.json", "vocabulary.json", "vocabulary.txt"})
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_ARCHIVE, _ORIGIN = ".archive", ".from"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

OnProgress = Callable[[str, int, int], None]
"""What is being done (``waiting``, ``downloading``, ``copying``, ``unpacking``, ``checking``), the bytes done, and the
bytes in all (0 where unknown; never fewer than done)."""


@dataclass(frozen=True, slots=True)
class Order:
    """Which model to get, and from where."""

    name: str
    origin: str = ""
    """An address (http or https), a folder or an archive; empty: the hub."""
    trust: bool = False
    """Take files of which nothing is known, and write down what they are."""
    hub: str = HUB
    """A mirror of the hub."""


def pull(order: Order, places: Places, on_progress: OnProgress) -> Model:
    """Gets a model into ClipForge's models folder, unless it is on this machine already.

    A model in the Hugging Face cache that is what it must be is used where it is. Raises `UnknownName`, `BadSetting`,
    `NeedsTrust`, `DownloadFailed`; `BadModel` where the folder is there already but damaged.
    """
    name = _checked_name(order)
    _check_origin(order.origin)
    target = places.models_folder / name
    if target.exists():
        return folder_model(target, name)
    must_be = known(name, places.models_folder)
    if not must_be.by and not order.trust:
        where = f" --from {shlex.quote(order.origin)}" if order.origin else ""
        raise NeedsTrust(name, f"clipforge models pull {name}{where} --trust")
    try:
        if not order.origin and (cached := _cached(name, places, must_be, on_progress)) is not None:
            return cached
        places.models_folder.mkdir(parents=True, exist_ok=True)
        with _held(target.with_name(f".{name}.partial"), on_progress) as partial:
            if not target.exists():  # another pull may have been first
                _fill(order, name, partial, must_be, on_progress)
                if not must_be.by:
                    remember(name, order.origin or PINS[name].repo, partial, places.models_folder)
                partial.replace(target)
    except NotFetched as error:
        raise DownloadFailed(name, str(error)) from error
    except OSError as error:
        raise DownloadFailed(name, _disk_trouble(error, places.models_folder)) from error
    return folder_model(target, name)


def _checked_name(order: Order) -> str:
    name = ALIASES.get(order.name, order.name)
    if name not in CATALOGUE and (not order.origin or name in NAMES or not _NAME.fullmatch(name)):
        raise UnknownName("model", name, NAMES, "clipforge models list")
    return name


def _check_origin(origin: str) -> None:
    """Raises `BadSetting` for what is no place to get a model from."""
    if "://" in origin:
        if urlsplit(origin).scheme.lower() not in ("http", "https"):
            raise BadSetting("--from", origin, "models pull", "an http or https address, a folder or an archive")
    elif origin and not Path(origin).exists():
        raise BadSetting("--from", origin, "models pull", "a folder, an archive or an http address that is there")


def _cached(name: str, places: Places, must_be: Known, on_progress: OnProgress) -> Model | None:
    """The model in the Hugging Face cache, if it is there and is what it must be. Raises OSError."""
    try:
        model = resolve(name, places)
    except (BadModel, ModelMissing):
        return None
    total = sum(pin.size_bytes for pin in must_be.files.values())
    if differences(model.path, must_be.files, lambda done: on_progress("checking", done, total)):
        return None
    if not must_be.by:
        remember(name, PINS[name].repo, model.path, places.models_folder)
    return model


def _disk_trouble(error: OSError, models_folder: Path) -> str:
    what = error.strerror or str(error)
    if error.filename is None or Path(error.filename).is_relative_to(models_folder):
        return f"cannot write in {models_folder}: {what}"
    return f"{error.filename}: {what}"


def _fill(order: Order, name: str, partial: Path, must_be: Known, on_progress: OnProgress) -> None:
    """Everything into the partial folder, and checked. Raises `DownloadFailed`, `NotFetched`, OSError."""
    origin = order.origin or f"{order.hub.rstrip('/')}/{PINS[name].repo}/resolve/{PINS[name].revision}"
    note = partial / _ORIGIN
    if not note.is_file() or note.read_text("utf-8") != origin:
        _empty(partial)
        note.write_text(origin, "utf-8")
    files = must_be.files or (_listed(order.hub, name) if not order.origin else {})
    try:
        if order.origin:
            _gather(origin, partial, files, on_progress)
        else:
            _download_all(origin, partial, files, on_progress)
        _check(name, partial, files, on_progress)
        folder_model(partial, name)
        note.unlink()
    except (BadModel, BadArchive) as error:
        _empty(partial)
        why = f"what came is not whole: {error.why}" if isinstance(error, BadModel) else str(error)
        raise DownloadFailed(name, why) from error


def _check(name: str, partial: Path, files: Mapping[str, FilePin], on_progress: OnProgress) -> None:
    """Removes what is not as it must be. Raises `DownloadFailed`."""
    total = sum(pin.size_bytes for pin in files.values())
    found = differences(partial, files, lambda done: on_progress("checking", done, max(total, done)))
    for difference in found:
        (partial / difference.file).unlink(missing_ok=True)
    if found:
        raise DownloadFailed(name, "; ".join(difference.why for difference in found))


def _gather(origin: str, partial: Path, files: Mapping[str, FilePin], on_progress: OnProgress) -> None:
    """From where the user said. Raises `BadArchive`, `NotFetched`, OSError."""
    wanted = frozenset(files or PARTS)
    archive = Path(origin)
    if "://" in origin:
        if not urlsplit(origin).path.lower().endswith(_ARCHIVES):
            _download_all(origin.rstrip("/"), partial, files, on_progress)
            return
        archive = partial / _ARCHIVE
        fetch(origin, archive, None, lambda done: on_progress("downloading", done, 0))
    elif archive.is_dir():
        _copy(archive, partial, wanted, on_progress)
        return
    for stale in wanted:
        (partial / stale).unlink(missing_ok=True)
    unpack(archive, partial, wanted, lambda done: on_progress("unpacking", done, 0))
    (partial / _ARCHIVE).unlink(missing_ok=True)


def _download_all(base: str, partial: Path, files: Mapping[str, FilePin], on_progress: OnProgress) -> None:
    """Each file from below an address; where nothing is known, all that are there. Raises `NotFetched`, OSError."""
    total = sum(pin.size_bytes for pin in files.values())
    missing = total - sum(path.stat().st_size for path in partial.iterdir() if path.name in files)
    free = shutil.disk_usage(partial).free
    if missing > free:
        raise NotFetched(f"{missing} bytes are missing, and {free} are free in {partial.parent}")
    before = 0
    for file in files or PARTS:
        size_bytes = files[file].size_bytes if files else None
        try:
            fetch(f"{base}/{quote(file)}", partial / file, size_bytes, _counting(on_progress, before, total))
        except NotFetched as error:
            if files or file not in _OPTIONAL or error.status != 404:
                raise
        else:
            before += (partial / file).stat().st_size


def _counting(on_progress: OnProgress, before: int, total: int) -> Callable[[int], None]:
    """What reports the bytes of one file on top of those of the files before it."""
    return lambda done: on_progress("downloading", before + done, max(total, before + done))


def _listed(hub: str, name: str) -> dict[str, FilePin]:
    """What the hub lists of a model at its pinned revision. Raises `NotFetched`."""
    pin = PINS[name]
    address = f"{hub.rstrip('/')}/api/models/{pin.repo}/tree/{pin.revision}"
    try:
        listed = {
            str(entry["path"]): FilePin(int(entry["size"]), str(entry.get("lfs", {}).get("oid", "")))
            for entry in fetch_json(address)
            if entry["path"] in PARTS
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotFetched(f"no listing of files is at {address}") from error
    if not listed:
        raise NotFetched(f"no model is at {address}")
    return listed


def _copy(source: Path, partial: Path, wanted: frozenset[str], on_progress: OnProgress) -> None:
    found = [path for path in sorted(source.iterdir()) if path.name in wanted and path.is_file()]
    total = sum(path.stat().st_size for path in found)
    done = 0
    for path in found:
        on_progress("copying", done, total)
        shutil.copyfile(path, partial / path.name)
        done += path.stat().st_size


@contextmanager
def _held(partial: Path, on_progress: OnProgress) -> Iterator[Path]:
    """The partial folder, ours alone; removed in the end if nothing is in it. Raises OSError."""
    fd = _locked(partial, on_progress)
    try:
        yield partial
    finally:
        with suppress(OSError):  # it may have become the model
            if all(path.name == _ORIGIN or path.stat().st_size == 0 for path in partial.iterdir()):
                shutil.rmtree(partial)
        os.close(fd)


def _locked(partial: Path, on_progress: OnProgress) -> int:
    """A descriptor that holds the lock of the folder that is there, not of one that was renamed meanwhile."""
    while True:
        partial.mkdir(exist_ok=True)
        fd = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress("waiting", 0, 0)
            fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(fd), partial.stat()):
                return fd
        except FileNotFoundError:
            pass
        os.close(fd)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
