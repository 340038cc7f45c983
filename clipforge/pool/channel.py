"""Messages over a pipe whose other end may stop at any byte.

`multiprocessing.Connection.recv` waits for the rest of a message once it has begun, and `send` for room: a worker that
is stopped in between would stop its parent. So the parent's end, a `Channel`, takes what is there and gives what fits;
a worker may wait, and uses `send` and `receive`. Each message is its pickle, with the length (8 bytes, network order)
before it.
"""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

FLUSH_S = 0.02
"""Between two tries to send the rest of a message that is larger than the pipe's buffer."""

_LENGTH = struct.Struct("!Q")
_READ_BYTES = 2**18
"""At a time: a socket's buffer holds no more (Linux: 208 KiB)."""
_READS = 64
"""At most so many in a row, so that one worker with a large result does not keep the others waiting."""


def framed(message: object) -> bytes:
    """A message as it travels. Raises what pickling raises."""
    body = pickle.dumps(message)
    return _LENGTH.pack(len(body)) + body


def send(pipe: Connection, message: object) -> None:
    """Waits until all of it is in the pipe. Raises OSError where nobody listens any more."""
    rest = memoryview(framed(message))
    while rest:
        rest = rest[os.write(pipe.fileno(), rest) :]


def receive(pipe: Connection) -> Any:
    """Waits for a whole message. Raises EOFError at the pipe's end."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return pickle.loads(_exactly(pipe, length))  # noqa: S301  # from our own parent


class Channel:
    """The parent's end of a worker's pipe. Never waits."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.at_end = False
        """The worker has closed its end, or is gone; `arrived` may still have what it said before."""
        self._in = bytearray()
        self._out = bytearray()
        os.set_blocking(pipe.fileno(), False)

    @property
    def unsent(self) -> bool:
        """Something waits for room in the pipe: call `flush` again soon."""
        return bool(self._out)

    def post(self, message: object) -> None:
        """Send a message as far as there is room for it. One for a dead worker goes nowhere: its sentinel will tell."""
        self._out += framed(message)
        self.flush()

    def flush(self) -> None:
        """Send more of what was posted."""
        try:
            while self._out:
                del self._out[: os.write(self.pipe.fileno(), self._out)]
        except BlockingIOError:
            pass
        except OSError:
            self._out.clear()

    def arrived(self) -> Iterator[Any]:
        """Every whole message that is here."""
        self._read()
        while (message := self._next()) is not None:
            yield message

    def close(self) -> None:
        self._out.clear()
        self.pipe.close()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            for _ in range(_READS):
                try:
                    block = b"" if self.at_end or self.pipe.closed else os.read(self.pipe.fileno(), _READ_BYTES)
                except ConnectionError:  # it died with our order unread
                    block = b""
                if not block:
                    self.at_end = True
                    return
                self._in += block

    def _next(self) -> Any:
        if len(self._in) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._in)[0]
        if len(self._in) < end:
            return None
        body = bytes(self._in[_LENGTH.size : end])
        del self._in[:end]
        try:
            return pickle.loads(body)  # noqa: S301  # from our own worker
        except Exception:  # something in the worker wrote over our messages: it is as good as dead
            self.at_end = True
            return None


def _exactly(pipe: Connection, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        block = os.read(pipe.fileno(), min(count - len(data), 2**20))
        if not block:
            raise EOFError
        data += block
    return bytes(data)
