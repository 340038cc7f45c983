"""Servers that lie: about where their answer begins, how long it is, or where else to look."""

from __future__ import annotations

import http.client
import io
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from clipforge.engines.fetch import NotFetched, _NoDowngrade, fetch, fetch_json


class Liar(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/range" and "Range" in self.headers:
            self.send_response(206)
            self.send_header("Content-Range", "bytes 0-9/10")
        elif self.path == "/endless":
            self.send_response(200)
            self.send_header("Content-Length", str(2**40))
        elif self.path == "/long":
            self.send_response(200)
        else:
            self.send_response(200)
            self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"0123456789")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Nothing on our standard error."""


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Liar) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def ignore(done_bytes: int) -> None:
    assert done_bytes >= 0


def test_other_bytes_than_those_asked_for(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"01234")
    with pytest.raises(NotFetched, match="other bytes"):
        fetch(f"{url}/range", tmp_path / "file", 10, ignore)
    assert (tmp_path / "file").read_bytes() == b"01234"


@pytest.mark.parametrize(("path", "size_bytes"), [("/endless", None), ("/endless", 10), ("/long", 5)])
def test_more_than_there_can_be(url: str, tmp_path: Path, path: str, size_bytes: int | None) -> None:
    with pytest.raises(NotFetched, match=r"the server has|more than"):
        fetch(url + path, tmp_path / "file", size_bytes, ignore)


def test_what_is_here_is_too_long(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(100))
    fetch(f"{url}/file", tmp_path / "file", 10, ignore)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_listing_that_is_none(url: str) -> None:
    with pytest.raises(NotFetched, match="no listing is at"):  # 0123456789 is no JSON
        fetch_json(f"{url}/file")
    with pytest.raises(NotFetched, match="refused"):
        fetch_json("http://127.0.0.1:1/listing")


def test_encryption_is_not_given_up_on_the_way() -> None:
    asked = urllib.request.Request("https://hub.example/model.bin")
    with pytest.raises(NotFetched, match="without encryption"):
        _NoDowngrade().redirect_request(
            asked, io.BytesIO(), 302, "Found", http.client.HTTPMessage(), "http://cdn.example/model.bin"
        )
    onward = _NoDowngrade().redirect_request(
        asked, io.BytesIO(), 302, "Found", http.client.HTTPMessage(), "https://cdn.example/model.bin"
    )
    assert onward is not None
    assert onward.full_url == "https://cdn.example/model.bin"
