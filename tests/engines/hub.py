"""A server on this machine that speaks the hub's protocol as far as a pull needs it, and fails where it is told to."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from clipforge.engines.pins import PINS
from tests.engines.outline import MICRO

UNPINNED = "distil-large-v2"
"""A model of the catalogue of which nothing but the revision is known."""


class Hub(ThreadingHTTPServer):
    """Serves every repository of the catalogue with the same files, and whatever lies in `extra`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {file.name: file.read_bytes() for file in MICRO.iterdir() if file.suffix != ".md"}
        self.extra: dict[str, bytes] = {}
        """By address: ``/mirror/model.tar``."""
        self.listed_sizes: dict[str, int] = {}
        self.listed_digests: dict[str, str] = {}
        """Where the listing is to be wrong."""
        self.drops: dict[str, list[int]] = defaultdict(list)
        """By file name: after how many bytes the next answers break off; 0 before anything is said."""
        self.busy: dict[str, int] = defaultdict(int)
        """By file name: how many answers are 503."""
        self.knows_ranges = True
        self.go_on = threading.Event()
        """While this is clear, an answer that is to break off stands still there instead."""
        self.go_on.set()
        self.standing = threading.Event()
        """Set once an answer stands still."""
        self.sent: list[tuple[str, int, int]] = []
        """File name, first byte, bytes sent; in order."""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sent_of(self, name: str) -> list[tuple[int, int]]:
        """First byte and bytes sent, for each answer about a file."""
        return [(start, count) for file, start, count in self.sent if file == name]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(path)
        name = path.rpartition("/")[2]
        if path in self.server.extra:
            self._send(name, self.server.extra[path])
        elif any(path == f"/api/models/{pin.repo}/tree/{pin.revision}" for pin in PINS.values()):
            self._list()
        elif name in self.server.files and path.startswith("/cdn/"):
            self._send(name, self.server.files[name])
        elif name in self.server.files and self._is_resolve(path):
            if name == "model.bin":  # as the hub does with large files
                self.send_response(302)
                self.send_header("Location", f"/cdn/{name}?signed=yes")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._send(name, self.server.files[name])
        else:
            self.send_error(404)

    @staticmethod
    def _is_resolve(path: str) -> bool:
        return any(path.startswith(f"/{pin.repo}/resolve/{pin.revision}/") for pin in PINS.values())

    def _list(self) -> None:
        entries: list[dict[str, object]] = [{"type": "directory", "path": "onnx", "size": 0, "oid": "0"}]
        for name, data in {**self.server.files, "README.md": b"of no use"}.items():
            size = self.server.listed_sizes.get(name, len(data))
            entry: dict[str, object] = {"type": "file", "path": name, "size": size, "oid": "0"}
            if name == "model.bin":
                entry["lfs"] = {"oid": self.server.listed_digests.get(name) or hashlib.sha256(data).hexdigest()}
            entries.append(entry)
        self._send("tree", json.dumps(entries).encode())

    def _send(self, name: str, data: bytes) -> None:
        server = self.server
        if server.busy[name]:
            server.busy[name] -= 1
            self.send_error(503)
            return
        asked = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        start = int(asked) if asked and server.knows_ranges else 0
        if start and start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = data[start:]
        cut = server.drops[name].pop(0) if server.drops[name] else len(body)
        if cut == 0:
            self.close_connection = True
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        server.sent.append((name, start, min(cut, len(body))))
        self.wfile.write(body[:cut])
        if cut < len(body):
            self.wfile.flush()
            server.standing.set()
            server.go_on.wait(60)
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Nothing on our standard error."""


@contextmanager
def running() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join()
