"""Where a model runs: the GPU if it can be used, else the CPU, and why.

`decide` is the rule, over facts alone. The facts are gathered by `look`, which asks CTranslate2 only where something of
NVIDIA's is on the machine: a run on a machine without a GPU loads nothing and says nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clipforge.errors import BadSetting, ToolMissing

CPU, CUDA, AUTO = "cpu", "cuda", "auto"

CPU_COMPUTE_TYPES = ("int8", "int8_float32", "float32")
"""What CTranslate2 4.8 runs on any x86-64 or ARM CPU, the first one by itself; int16 and bfloat16 only on some."""
GPU_PREFERENCE = ("float16", "bfloat16", "int8_float32", "float32")
"""The first that the GPU has is taken: float16 needs compute capability 7.0, the int8 of older ones 6.1."""

_SIGNS = ("dev/nvidiactl", "proc/driver/nvidia/version", "usr/lib/wsl/lib/libcuda.so.1")
"""Any of these is there where an NVIDIA driver is, the last one under Windows."""
_HIDES = "CUDA_VISIBLE_DEVICES"
_DEADLINE_S = 60
"""For the driver to wake up; seconds on machines with many GPUs."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a machine's GPUs."""

    signs: bool = False
    """An NVIDIA driver seems to be here."""
    hidden: bool = False
    """The user has hidden all GPUs from programs (``CUDA_VISIBLE_DEVICES`` is empty or -1)."""
    count: int = 0
    """GPUs that CTranslate2 sees."""
    types: tuple[str, ...] = ()
    """Compute types that they have."""
    error: str = ""
    """What went wrong when the library was asked."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where the model is to run."""

    name: str = CPU
    """``cpu`` or ``cuda``."""
    types: tuple[str, ...] = CPU_COMPUTE_TYPES
    """Compute types that it has; the first one is meant by ``auto``."""
    why: str = ""
    """Why it is this one, where that was not asked for."""
    unexpected: bool = False
    """Whether a GPU is here and is left alone all the same."""


ON_CPU = Device()


def choose(asked: str, compute_type: str, environ: Mapping[str, str], root: Path = Path("/")) -> Device:
    """The device for ``--device`` and a compute type, on this machine. ``root``: of the tree that holds ``dev``.

    Raises `ToolMissing` where a GPU is asked for and cannot be used, `BadSetting` for a compute type that the device
    does not have.
    """
    return settle(decide(asked, look(asked, environ, root)), compute_type)


def decide(asked: str, facts: Facts) -> Device:
    """The device, by facts alone. Raises `ToolMissing` where ``cuda`` is asked for and cannot be used."""
    if asked == CPU:
        return Device()
    trouble = _trouble(facts)
    if not trouble:
        ranked = [kind for kind in GPU_PREFERENCE if kind in facts.types]
        types = (*ranked, *(kind for kind in facts.types if kind not in ranked))
        return Device(CUDA, types, "" if asked == CUDA else "there is a GPU")
    if asked == CUDA:
        raise ToolMissing("--device cuda", trouble, "--device cpu")
    return Device(why=trouble, unexpected=facts.signs and not facts.hidden)


def _trouble(facts: Facts) -> str:
    """Why no GPU can be used; empty where one can."""
    if facts.hidden:
        return f"{_HIDES} hides every GPU"
    if facts.error:
        return facts.error
    if not facts.count:
        return "there is no GPU here that CTranslate2 can use"
    if not any(kind in facts.types for kind in GPU_PREFERENCE):
        return f"the GPU has none of {', '.join(GPU_PREFERENCE)}"
    return ""


def settle(device: Device, compute_type: str) -> Device:
    """The device, with all that this CPU can do where that matters. Raises `BadSetting` for what it cannot."""
    if compute_type in (AUTO, "default") or compute_type in device.types:
        return device
    types = device.types
    if device.name == CPU:
        import ctranslate2

        types = (*types, *sorted(ctranslate2.get_supported_compute_types("cpu") - set(types)))
        if compute_type in types:
            return Device(CPU, types, device.why, device.unexpected)
    place = "this GPU" if device.name == CUDA else "this CPU"
    raise BadSetting("compute_type", compute_type, f"on {place}", f"auto, {', '.join(types)}")


def look(asked: str, environ: Mapping[str, str], root: Path = Path("/")) -> Facts:
    """The facts, as far as they matter for what is asked: nothing for the CPU, and no library without a sign."""
    if asked == CPU:
        return Facts()
    signs = any((root / sign).exists() for sign in _SIGNS)
    hidden = environ.get(_HIDES) in ("", "-1")
    if hidden or (asked == AUTO and not signs):
        return Facts(signs, hidden)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "clipforge.engines.gpu"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DEADLINE_S,
            check=False,
        )
        said = json.loads(done.stdout)
        return Facts(signs, False, int(said["count"]), tuple(said["types"]), str(said["error"]))
    except subprocess.TimeoutExpired:
        return Facts(signs, error=f"the GPU did not answer within {_DEADLINE_S} s")
    except (ValueError, KeyError, TypeError):
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return Facts(signs, error=f"asking the GPU failed: {last[0]}")
