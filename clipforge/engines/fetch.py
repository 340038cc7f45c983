"""One file over HTTP, into a file that may hold its beginning already.

huggingface_hub (2.4) removes what it has of a file when it is interrupted, so that a pull of 3 GB that was broken off
would begin anew: this asks for the missing bytes only. Proxies and certificates are those of the environment, as
urllib reads them.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from clipforge import __version__

LIMIT_BYTES = 8 * 2**30
"""Most that is taken of a file whose size nobody has told us: large-v3 in float32 has 6.2 GB."""
TIMEOUT_S = 30.0
"""Given up when no byte has come for so long; then the rest is asked for again."""
ATTEMPTS = 3
"""In a row that bring not one new byte."""
_PAUSE_S = 1.0
_BLOCK = 1 << 18
_LISTING_LIMIT = 4 << 20
_FOR_A_MOMENT = frozenset({408, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_NO_MORE = 416


class NotFetched(Exception):
    """What was asked for did not come; the text says why, with the address."""

    def __init__(self, why: str, status: int = 0, total: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        """The server's answer; 0 where there was none."""
        self.total = total
        """How many bytes there are, where it said so."""


class _Dropped(Exception):
    """It stopped in the middle, or the server is busy: worth another try."""

    def __init__(self, why: str, *, reached: bool = True) -> None:
        super().__init__(why)
        self.reached = reached
        """Whether there was a server at all."""


class _NoDowngrade(urllib.request.HTTPRedirectHandler):
    """A redirect may lead to another host, but not from https to anything else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise NotFetched(f"{req.full_url} leads to an address without encryption")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, target: Path, size_bytes: int | None, on_bytes: Callable[[int], None]) -> None:
    """Completes ``target``, which may hold the first bytes of what is at ``url``.

    ``size_bytes``: what it must have in the end; None where the server is to say. ``on_bytes`` gets the bytes in
    ``target`` so far. What has come stays there whatever happens. Raises `NotFetched`; OSError where the disk fails.
    """
    in_vain, came = 0, False
    while True:
        before = target.stat().st_size if target.exists() else 0
        if size_bytes is not None and before > size_bytes:
            target.unlink()
            before = 0
        if before == size_bytes:
            on_bytes(before)
            return
        try:
            _continue(url, target, before, size_bytes, on_bytes)
        except _Dropped as error:
            after = target.stat().st_size if target.exists() else 0
            in_vain = 0 if after > before else in_vain + 1
            came = came or after > before
            if in_vain == ATTEMPTS or not (error.reached or came):
                raise NotFetched(f"{error}: {url}") from error
            time.sleep(in_vain * _PAUSE_S)
        else:
            return


def fetch_json(url: str) -> Any:
    """What a server lists. Raises `NotFetched`."""
    try:
        with closing(_open(url, 0)) as response:
            return json.loads(response.read(_LISTING_LIMIT))
    except (_Dropped, OSError, http.client.HTTPException) as error:
        raise NotFetched(f"{_reason(error)}: {url}") from error
    except ValueError as error:
        raise NotFetched(f"no listing is at {url}") from error


def _continue(url: str, target: Path, have: int, size_bytes: int | None, on_bytes: Callable[[int], None]) -> None:
    """Asks once for what is missing. Raises `_Dropped`, `NotFetched`, OSError of the disk."""
    try:
        opened = _open(url, have)
    except NotFetched as error:
        if error.status != _NO_MORE:
            raise
        if size_bytes is None and error.total == have:
            on_bytes(have)
            return
        opened = _open(url, 0)  # what we have is of something else
    with closing(opened) as response:
        start, total = _extent(response, have)
        if size_bytes is not None and total not in (None, size_bytes):
            raise NotFetched(f"the server has {total} bytes, and {size_bytes} are expected: {url}")
        limit = size_bytes if size_bytes is not None else LIMIT_BYTES
        if total is not None and total > limit:
            raise NotFetched(f"the server has {total} bytes, more than any model's file: {url}")
        with target.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            done = start
            while block := _read(response):
                done += len(block)
                if done > limit:
                    raise NotFetched(f"more than {limit} bytes come from {url}")
                file.write(block)
                on_bytes(done)
    if done < (size_bytes or total or 0):
        raise _Dropped("the connection was closed early")


def _open(url: str, have: int) -> http.client.HTTPResponse:
    """The answer, from byte ``have`` on if the server can. Raises `_Dropped`, `NotFetched`."""
    headers = {"User-Agent": f"clipforge/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    opener = urllib.request.build_opener(_NoDowngrade)
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # http and https: pull has seen to it
        response: http.client.HTTPResponse = opener.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _FOR_A_MOMENT:
                raise _Dropped(f"{error.code} {error.reason}") from error
            total = error.headers.get("Content-Range", "").rpartition("/")[2]
            why = f"{error.code} {error.reason}: {url}"
            raise NotFetched(why, error.code, int(total) if total.isdigit() else None) from error
    except urllib.error.URLError as error:
        raise _Dropped(_reason(error), reached=False) from error
    except (OSError, http.client.HTTPException) as error:  # of an answer that did not come
        raise _Dropped(_reason(error)) from error
    except ValueError as error:  # of an address that is none
        raise NotFetched(f"{error}: {url}") from error
    return response


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(_BLOCK)  # what is there: nothing that has come is lost by an interrupt
    except (OSError, http.client.HTTPException) as error:  # of the connection: the disk is written elsewhere
        raise _Dropped(_reason(error)) from error


def _extent(response: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """At which byte the answer begins, and how long the whole is, where the server says so."""
    if response.status == 206:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != have:
            raise NotFetched(f"the server answers with other bytes than those asked for: {response.url}")
        return have, int(found[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _reason(error: Exception) -> str:
    """The cause in one line."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    text = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return " ".join(text.split()) or type(error).__name__
