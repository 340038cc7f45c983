"""Finding ffmpeg, and running it so that it never outlives us, never asks, never hangs and always says why it failed.

How a child is run::

    our process ◀── pipe ── standard output (what was asked for)
                ◀── pipe ── standard error (its last lines are kept)
                            standard input: none; our process group, so that it dies with a worker's group

A process that is killed outright cannot clean up. A child that writes to our pipe ends all the same: its next write
finds no reader (EPIPE). A child that writes to a file instead must be watched by whoever starts it.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clipforge.errors import ToolMissing, WorkerOverdue

QUIET = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "error")

# What a clip's file may be: containers and self-framed streams that hold everything themselves. Left out are all that
# name other files or addresses (concat, hls, dash, sdp, rtsp, imf, vobsub, image2 …), text, pictures and raw samples.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,live_flv,asf,ogg,wav,w64,flac,mp3,aac,ac3,eac3,"
    "dts,dtshd,truehd,mlp,amr,amrnb,amrwb,aiff,caf,au,ape,wv,tta,tak,mpc,mpc8,rm,mxf,gxf,dv,nut,ivf,wtv,h264,hevc,m4v,av1,"
    "obu,loas,dsf,xwma,voc,gsm,sox"
)
PROTOCOLS = "file,pipe"

_CLIP = "file:clip"

_BLOCK_BYTES = 1 << 16  # what a Linux pipe holds by default
_PIPE_BYTES = 1 << 20  # lets ffmpeg decode ahead while a block is being listened to
_TAIL_BYTES = 8192
_CHECK_S = 20.0
_GRACE_S = 5.0


def clip_input(**options: Any) -> Any:
    """The clip as the input of an ffmpeg-python graph, by a name that stands for its own until `arguments`."""
    import ffmpeg

    return ffmpeg.input(_CLIP, protocol_whitelist=PROTOCOLS, format_whitelist=FORMATS, **options)


def arguments(clip: Path, *outputs: Any) -> list[str]:
    """What to start ffmpeg with for these outputs of a graph over `clip_input`: opens ``clip`` and no other file.

    The ``file:`` prefix keeps a name such as ``concat:a|b`` or ``-y.mp4`` from being read as anything but a name. It is
    put in last: ffmpeg-python takes no names that are not UTF-8.
    """
    import ffmpeg

    args: list[str] = ffmpeg.get_args(ffmpeg.merge_outputs(*outputs))
    return [file_url(clip) if arg == _CLIP else arg for arg in args]


def file_url(path: Path) -> str:
    return f"file:{path.absolute()}"


def find(search_path: str | None, needs: Sequence[str] = ()) -> Path:
    """An ffmpeg that works and has what is needed: one on ``search_path`` (as in PATH; None: do not look), or the build
    that comes with imageio-ffmpeg.

    ``needs`` are written ``filter:subtitles`` or ``encoder:libx264``. Raises `ToolMissing`.
    """
    problems = []
    for origin, path in _candidates(search_path):
        problem = _problem(path, needs)
        if problem is None:
            return path
        problems.append(f"{origin} {problem}")
    raise ToolMissing("ffmpeg", "; ".join(problems) or "not found", "pip install imageio-ffmpeg")


def find_for_listening(search_path: str | None) -> Path:
    """The ffmpeg to decode with: the build that comes with imageio-ffmpeg; where there is none, one on ``search_path``.

    Versions differ in when the sound of a container starts, and 7.0 crashes where we ask for all streams of a transport
    stream; with one build everywhere, the same clip gives the same windows on every machine. Raises `ToolMissing`.
    """
    try:
        return find(None)
    except ToolMissing:
        return find(search_path)


def _candidates(search_path: str | None) -> Iterator[tuple[str, Path]]:
    # An empty path would make shutil.which fall back to the environment's.
    on_path = shutil.which("ffmpeg", path=search_path) if search_path else None
    if on_path:
        yield on_path, Path(on_path).absolute()
    import imageio_ffmpeg

    try:
        yield "the build of imageio-ffmpeg", Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return


def _problem(path: Path, needs: Sequence[str]) -> str | None:
    try:
        if not _ask(path, "-version").startswith("ffmpeg version"):
            return "does not answer as ffmpeg does"
        for need in needs:
            kind, _, name = need.partition(":")
            if not re.search(rf"^\s*[A-Z.|]+\s+{re.escape(name)}\s", _ask(path, f"-{kind}s"), re.MULTILINE):
                return f"has no {kind} {name}"
    except (OSError, subprocess.SubprocessError) as e:
        return f"does not run ({e})"
    return None


def _ask(path: Path, question: str) -> str:
    """What ffmpeg prints about itself."""
    return subprocess.run(
        [path, "-hide_banner", question] if question != "-version" else [path, question],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        timeout=_CHECK_S,
    ).stdout


@dataclass(frozen=True, slots=True)
class Limits:
    """When a child is given up. Wall-clock seconds."""

    deadline_s: float
    """From its start to its end."""
    idle_s: float = 300.0
    """Between two signs of life, while we wait for one."""


class Child:
    """A running ffmpeg. Use `running`, which ends it."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._started = time.monotonic()
        self._tail = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def blocks(self) -> Iterator[bytes]:
        """Its standard output as it comes, until its end. Raises `WorkerOverdue` past a limit."""
        with selectors.DefaultSelector() as selector:
            for stream in self._streams():
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                left_s = self._started + self._limits.deadline_s - time.monotonic()
                ready = selector.select(min(left_s, self._limits.idle_s)) if left_s > 0 else []
                if not ready:
                    raise self._overdue(left_s)
                for key, _ in ready:
                    data = os.read(key.fd, _BLOCK_BYTES)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is self._process.stderr:
                        self._tail = (self._tail + data)[-_TAIL_BYTES:]
                    else:
                        yield data

    def _overdue(self, left_s: float) -> WorkerOverdue:
        if left_s <= self._limits.idle_s:
            return WorkerOverdue("ffmpeg", self._limits.deadline_s)
        return WorkerOverdue("the next step of ffmpeg", self._limits.idle_s)

    def exit_code(self) -> int:
        """Once `blocks` is exhausted: 0, a positive code, or minus the signal that ended it. Raises `WorkerOverdue`."""
        try:
            return self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            raise WorkerOverdue("ffmpeg's exit", _GRACE_S) from None

    def complaints(self) -> list[str]:
        """The last lines it wrote to standard error, without the parts that change from run to run."""
        lines = self._tail.decode("utf-8", "replace").splitlines()
        return [text for line in lines if (text := re.sub(r"^(\[[^\]]* @ 0x[0-9a-f]+\] )+", "", line).strip())]

    def end(self) -> None:
        """Kill it if it still runs, and reap it. ffmpeg starts no processes of its own."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in self._streams():
            stream.close()

    def _streams(self) -> list[IO[bytes]]:
        return [stream for stream in (self._process.stdout, self._process.stderr) if stream is not None]


@contextmanager
def running(ffmpeg: Path, args: Sequence[str], limits: Limits) -> Iterator[Child]:
    """Start ffmpeg with `QUIET` and these arguments; it is dead when the block is left, however it is left.

    Raises `ToolMissing` where it cannot be started.
    """
    try:
        process = subprocess.Popen(
            [ffmpeg, *QUIET, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            bufsize=0,
        )
    except OSError as e:
        raise ToolMissing("ffmpeg", f"{ffmpeg} cannot be started ({e.strerror})") from e
    child = Child(process, limits)
    try:
        yield child
    finally:
        child.end()
