"""Whole-process timings in pairs: A B A B …, so that a machine whose speed drifts slows both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_s(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> float:
    """Wall-clock seconds of one run. Raises `CalledProcessError` unless it ends well."""
    began = time.perf_counter()
    subprocess.run(command, env={**os.environ, **env}, cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - began


def row(name: str, seconds: Sequence[float], base: Sequence[float]) -> str:
    """A Markdown table row: median seconds, median of the ratios to the base, pair by pair, with its range."""
    ratios = [a / b for a, b in zip(seconds, base, strict=True)]
    middle = statistics.median(ratios)
    return f"| {name} | {statistics.median(seconds):.3f} | {middle:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |"
