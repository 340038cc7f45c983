"""Where a model runs, by facts alone; and what this machine really says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clipforge.engines.devices import (
    CPU_COMPUTE_TYPES,
    GPU_PREFERENCE,
    ON_CPU,
    Device,
    Facts,
    choose,
    decide,
    look,
    settle,
)
from clipforge.errors import BadSetting, ToolMissing

AMPERE = ("bfloat16", "float16", "float32", "int8", "int8_bfloat16", "int8_float16", "int8_float32")
PASCAL = ("float32", "int8", "int8_float32")
"""Without float16; as CTranslate2's table of compute capabilities has them."""


@pytest.mark.parametrize(
    ("asked", "facts", "name", "unexpected"),
    [
        ("auto", Facts(), "cpu", False),
        ("auto", Facts(signs=True, hidden=True), "cpu", False),
        ("auto", Facts(signs=True, count=1, types=AMPERE), "cuda", False),
        ("auto", Facts(signs=True, count=0), "cpu", True),
        ("auto", Facts(signs=True, error="CUDA driver version is insufficient"), "cpu", True),
        ("auto", Facts(signs=True, count=1, types=AMPERE, error="libcublas.so.12: cannot open"), "cpu", True),
        ("auto", Facts(signs=True, count=1), "cpu", True),
        ("cpu", Facts(signs=True, count=2, types=AMPERE), "cpu", False),
        ("cuda", Facts(count=1, types=PASCAL), "cuda", False),
    ],
)
def test_auto_takes_the_gpu_that_can_be_used(asked: str, facts: Facts, name: str, unexpected: bool) -> None:
    device = decide(asked, facts)
    assert (device.name, device.unexpected) == (name, unexpected)
    assert bool(device.why) == (asked == "auto")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (Facts(), "there is no GPU here"),
        (Facts(hidden=True), "CUDA_VISIBLE_DEVICES hides"),
        (Facts(count=1, types=AMPERE, error="libcublas.so.12: cannot open"), "libcublas"),
        (Facts(count=1, types=("int4",)), "the GPU has none of float16"),
    ],
)
def test_a_gpu_that_is_asked_for_and_cannot_be_used_is_refused(facts: Facts, says: str) -> None:
    with pytest.raises(ToolMissing, match=says) as caught:
        decide("cuda", facts)
    assert caught.value.remedy == "--device cpu"


@pytest.mark.parametrize(("types", "first"), [(AMPERE, "float16"), (PASCAL, "int8_float32"), (("float32",), "float32")])
def test_the_best_arithmetic_of_the_gpu_comes_first(types: tuple[str, ...], first: str) -> None:
    device = decide("auto", Facts(signs=True, count=1, types=types))
    assert device.types[0] == first
    assert sorted(device.types) == sorted(types)


def test_compute_types_that_are_asked_for() -> None:
    gpu = Device("cuda", AMPERE)
    assert settle(gpu, "auto") is settle(gpu, "int8_bfloat16") is gpu
    assert settle(ON_CPU, "float32") is ON_CPU
    with pytest.raises(BadSetting, match="on this GPU"):
        settle(gpu, "int16")


def test_what_this_cpu_can_do_is_asked_of_the_library() -> None:
    import ctranslate2

    here = ctranslate2.get_supported_compute_types("cpu")
    assert set(CPU_COMPUTE_TYPES) <= here
    for kind in here:
        assert kind in settle(ON_CPU, kind).types
    with pytest.raises(BadSetting, match="on this CPU") as caught:
        settle(ON_CPU, "int4")
    assert all(kind in caught.value.wanted for kind in here)


def test_nothing_is_asked_where_nothing_of_nvidia_is(tmp_path: Path) -> None:
    assert look("auto", {}, tmp_path) == look("cpu", {}, tmp_path) == Facts()
    code = (
        "import sys; from pathlib import Path; from clipforge.engines.devices import choose;"
        "assert choose('auto', 'auto', {}, Path(sys.argv[1])).name == 'cpu'; sys.exit('ctranslate2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def put_sign(root: Path) -> Path:
    (root / "dev").mkdir()
    (root / "dev" / "nvidiactl").touch()
    return root


def test_hidden_gpus_are_not_asked_for(tmp_path: Path) -> None:
    root = put_sign(tmp_path)
    assert look("auto", {"CUDA_VISIBLE_DEVICES": ""}, root) == Facts(signs=True, hidden=True)
    assert choose("auto", "auto", {"CUDA_VISIBLE_DEVICES": "-1"}, root).unexpected is False


def test_what_the_library_says_on_this_machine(tmp_path: Path) -> None:
    """The real call, in its process of its own: a GPU with its types, or why there is none."""
    import ctranslate2

    facts = look("auto", os.environ, put_sign(tmp_path))
    assert facts.count == ctranslate2.get_cuda_device_count()
    device = decide("auto", facts)
    if device.name == "cuda":
        assert device.types[0] in GPU_PREFERENCE
    else:
        assert device.unexpected
        assert device.why


def test_a_library_that_cannot_be_asked(tmp_path: Path) -> None:
    """An environment in which the child cannot even start: what it said last is the reason."""
    broken = {**os.environ, "PYTHONHOME": str(tmp_path)}
    facts = look("cuda", broken, tmp_path)
    assert facts.error.startswith("asking the GPU failed: ")
    assert decide("auto", facts).name == "cpu"
