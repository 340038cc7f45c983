"""Fetching a model, from a server on this machine that speaks as much of the hub's protocol as is needed."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clipforge.engines.models import CATALOGUE, Places, pull, resolve
from clipforge.errors import BadModel, DownloadFailed, UnknownName
from tests.engines.outline import MICRO

REPO = CATALOGUE["tiny.en"].repo
COMMIT = "a" * 40


class Hub(ThreadingHTTPServer):
    """Serves one repository. ``files``: what it holds, which a test may change."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.files = {file.name: file.read_bytes() for file in MICRO.iterdir() if file.suffix != ".md"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(f"/api/models/{REPO}/tree/"):
            entries = [
                {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}  # noqa: S324
                for name, data in self.server.files.items()
            ]
            self._json(entries)
        elif path.startswith(f"/api/models/{REPO}"):
            siblings = [{"rfilename": name} for name in self.server.files]
            self._json({"id": REPO, "modelId": REPO, "sha": COMMIT, "siblings": siblings, "tags": []})
        elif path.startswith(f"/{REPO}/resolve/") and path.rpartition("/")[2] in self.server.files:
            self._send(self.server.files[path.rpartition("/")[2]])
        else:
            self.send_error(404)

    do_HEAD = do_GET  # noqa: N815  # the name is the library's

    def _json(self, data: object) -> None:
        self._send(json.dumps(data).encode())

    def _send(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')  # noqa: S324  # as git does
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Nothing on our standard error."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "models", tmp_path / "hub")


def ignore(done_bytes: int, expected_bytes: int) -> None:
    assert 0 <= done_bytes <= expected_bytes


def test_a_model_is_fetched_whole(hub: Hub, places: Places) -> None:
    model = pull("tiny.en", places, ignore, endpoint=hub.url)
    assert model == resolve("tiny.en", places)
    assert model.path == places.models_folder / "tiny.en"
    assert {file.name: file.read_bytes() for file in model.path.iterdir()} == hub.files
    assert [folder.name for folder in places.models_folder.iterdir()] == ["tiny.en"]


def test_what_is_here_is_not_fetched_again(places: Places) -> None:
    shutil.copytree(MICRO, places.models_folder / "tiny.en")
    assert pull("tiny.en", places, ignore, endpoint="http://127.0.0.1:1").name == "tiny.en"


def test_what_is_here_but_damaged_is_said(places: Places) -> None:
    shutil.copytree(MICRO, places.models_folder / "tiny.en")
    (places.models_folder / "tiny.en" / "model.bin").unlink()
    with pytest.raises(BadModel, match=r"model\.bin is missing"):
        pull("tiny.en", places, ignore, endpoint="http://127.0.0.1:1")


def test_half_a_model_is_not_kept(hub: Hub, places: Places) -> None:
    hub.files["model.bin"] = hub.files["model.bin"][:1_000_000]
    with pytest.raises(DownloadFailed, match="not whole"):
        pull("tiny.en", places, ignore, endpoint=hub.url)
    assert list(places.models_folder.iterdir()) == []


def test_no_such_repository(hub: Hub, places: Places) -> None:
    with pytest.raises(DownloadFailed, match="404"):
        pull("base", places, ignore, endpoint=hub.url)
    assert list(places.models_folder.iterdir()) == []


def test_without_a_network_it_fails_and_leaves_nothing(places: Places, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DownloadFailed, match="refused") as caught:
        pull("small", places, ignore, endpoint="http://127.0.0.1:1")
    assert caught.value.remedy == "copy the model's folder here and give it: --model FOLDER"
    assert list(places.models_folder.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DownloadFailed, match="cannot write"):
        pull("tiny", Places(tmp_path / "models", tmp_path), ignore, endpoint="http://127.0.0.1:1")


def test_a_name_that_is_no_model(places: Places) -> None:
    with pytest.raises(UnknownName):
        pull("tinny", places, ignore)
