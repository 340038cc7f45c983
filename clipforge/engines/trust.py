"""What each file of a model must be, and what was found to be otherwise.

For most models of the catalogue that stands in `pins`. For the others it is what came the first time, when the user
said that this is to be trusted: written down here, and compared with ever after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from clipforge.engines.folders import PARTS, file_digest
from clipforge.engines.pins import PINS, FilePin

_FOLDER = ".trusted"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model's files."""

    files: Mapping[str, FilePin]
    by: str = ""
    """``pinned`` in the code, ``trusted`` on first use; empty where some file could be anything."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not what it must be."""

    file: str
    why: str


def known(name: str, models_folder: Path) -> Known:
    """What the files of a model must be: as pinned, or as trusted before, or as far as is known."""
    pin = PINS.get(name)
    if pin is not None and pin.is_complete:
        return Known(pin.files, "pinned")
    trusted = _recorded(name, models_folder)
    if trusted:
        return Known(trusted, "trusted")
    return Known(pin.files if pin is not None else {})


def remember(name: str, origin: str, folder: Path, models_folder: Path) -> None:
    """Writes down the sizes and digests of a model's files. Raises OSError."""
    there = [folder / name for name in PARTS if (folder / name).is_file()]
    files = {path.name: asdict(FilePin(path.stat().st_size, file_digest(path))) for path in there}
    record = _record(name, models_folder)
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_name(f"{record.name}.{os.getpid()}")
    fresh.write_text(json.dumps({"model": name, "from": origin, "files": files}, indent=1) + "\n", "utf-8")
    fresh.replace(record)


def forget(name: str, models_folder: Path) -> bool:
    """Whether there was something to forget. Raises OSError."""
    try:
        _record(name, models_folder).unlink()
    except FileNotFoundError:
        return False
    return True


def differences(
    folder: Path, files: Mapping[str, FilePin], on_bytes: Callable[[int], None] = lambda done: None
) -> list[Difference]:
    """Where a folder departs from what its files must be; files that are not named may be there as well.

    A file is read only where its size is right. Raises OSError.
    """
    found = []
    done = 0
    for name, pin in files.items():
        path = folder / name
        if not path.is_file():
            found.append(Difference(name, f"{name} is missing"))
            continue
        size_bytes = path.stat().st_size
        if size_bytes != pin.size_bytes:
            found.append(Difference(name, f"{name} has {size_bytes} bytes instead of {pin.size_bytes}"))
        elif pin.sha256:
            digest = file_digest(path)
            if digest != pin.sha256:
                found.append(Difference(name, f"{name} has SHA-256 {digest} instead of {pin.sha256}"))
        done += size_bytes
        on_bytes(done)
    return found


def _record(name: str, models_folder: Path) -> Path:
    return models_folder / _FOLDER / f"{name}.json"


def _recorded(name: str, models_folder: Path) -> dict[str, FilePin]:
    """Empty where nothing was written down, or nothing that can be read."""
    try:
        files = json.loads(_record(name, models_folder).read_text("utf-8"))["files"]
        return {str(file): FilePin(int(pin["size_bytes"]), str(pin["sha256"])) for file, pin in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
