"""Fetching a model from the Hugging Face hub: the only part of the engines that opens a network connection.

::

    pull ──▶ child process: huggingface_hub ──▶ .name.partial-…/ ──▶ checked ──▶ renamed to name/
      └── watches the folder grow, and ends the child where nothing comes any more

The child is there so that the hub library's retries, threads and environment are its own, and can be ended.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from clipforge.engines.catalogue import ALIASES, CATALOGUE, NAMES
from clipforge.engines.folders import Model, Places, folder_model
from clipforge.errors import BadModel, DownloadFailed, UnknownName

FILES = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
CONNECT_TIMEOUT_S = 5
"""For each request of the hub library until an answer begins."""
STALL_S = 60.0
"""The download is given up when no byte has come for so long."""
_LOOK_S = 0.25


def pull(name: str, places: Places, on_progress: Callable[[int, int], None], *, endpoint: str | None = None) -> Model:
    """Downloads a model into ClipForge's models folder, unless it is there already.

    ``on_progress`` is called with the bytes on disk and the bytes expected (about; never less). ``endpoint``: a mirror
    of the hub. Raises `UnknownName`, `DownloadFailed`; `BadModel` where the folder is there already but damaged.
    """
    name = ALIASES.get(name, name)
    if name not in CATALOGUE:
        raise UnknownName("model", name, NAMES, "clipforge models list")
    target = places.models_folder / name
    if target.exists():
        return folder_model(target, name)
    try:
        places.models_folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{name}.partial-", dir=places.models_folder))
    except OSError as error:
        raise DownloadFailed(name, f"cannot write in {places.models_folder}: {error.strerror or error}") from error
    try:
        _fetch(name, partial, on_progress, endpoint)
        shutil.rmtree(partial / ".cache", ignore_errors=True)  # the hub library's notes
        folder_model(partial, name)
        partial.chmod(0o755)
        partial.replace(target)
    except BadModel as error:
        raise DownloadFailed(name, f"what came is not whole: {error.why}") from error
    except OSError as error:
        raise DownloadFailed(name, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder_model(target, name)


def _fetch(name: str, folder: Path, on_progress: Callable[[int, int], None], endpoint: str | None) -> None:
    """Runs the child to its end. Raises `DownloadFailed`."""
    entry = CATALOGUE[name]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_download, args=(entry.repo, str(folder), endpoint, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        seen, since = -1, monotonic()
        while not ours.poll(_LOOK_S):
            size = sum(file.stat().st_size for file in _files(folder))
            if size != seen:
                seen, since = size, monotonic()
                on_progress(size, max(size, entry.download_bytes))
            elif monotonic() - since > STALL_S:
                raise DownloadFailed(name, f"nothing came for {STALL_S:.0f} s")
        try:
            why: str = ours.recv()
        except EOFError:
            why = "the download was ended"
        if why:
            raise DownloadFailed(name, why)
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def _files(folder: Path) -> list[Path]:
    """Files in the folder now; those that vanish while we look are left out."""
    return [file for file in folder.rglob("*") if file.is_file()]


def _download(repo: str, folder: str, endpoint: str | None, answer: Connection) -> None:
    """In the child: sends an empty text when all is there, else what went wrong."""
    # Read when huggingface_hub is imported. Progress bars would write to our terminal.
    os.environ.update(
        HF_HUB_ETAG_TIMEOUT=str(CONNECT_TIMEOUT_S),
        HF_HUB_DOWNLOAD_TIMEOUT=str(CONNECT_TIMEOUT_S),
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_DISABLE_UPDATE_CHECK="1",
        HF_HUB_VERBOSITY="critical",
    )
    try:
        from huggingface_hub import snapshot_download

        snapshot_download(
            repo, local_dir=folder, allow_patterns=list(FILES), etag_timeout=CONNECT_TIMEOUT_S, endpoint=endpoint
        )
    except BaseException as error:  # whatever it is, the parent is to say it
        answer.send(_reason(error))
    else:
        answer.send("")
    answer.close()


def _reason(error: BaseException) -> str:
    """The cause in one line: the library wraps what the network said into advice about caches."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
