"""Colours, shapes and scattered things. Everything is drawn at twice the size and reduced, for smooth edges."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

SCALE = 2

Point = tuple[float, float]
Colour = tuple[int, int, int]
Scene = Callable[[float, float], Image.Image]


def colour(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: str | Colour, second: str | Colour, share: float) -> Colour:
    a, b = (colour(c) if isinstance(c, str) else c for c in (first, second))
    share = min(1.0, max(0.0, share))
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def smooth(begin: float, end: float, at: float) -> float:
    """0 before `begin`, 1 after `end`, and no corner on the way."""
    x = min(1.0, max(0.0, (at - begin) / (end - begin)))
    return x * x * (3 - 2 * x)


class Canvas:
    """A picture being drawn, in the units of the finished one."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Iterable[Point], fill: Colour) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Colour) -> None:
        self.draw.rectangle((x0 * SCALE, y0 * SCALE, x1 * SCALE - 1, y1 * SCALE - 1), fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self.draw.ellipse(((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE), fill)

    def line(self, points: Iterable[Point], fill: Colour, width: float) -> None:
        self.draw.line([(x * SCALE, y * SCALE) for x, y in points], fill, round(width * SCALE), joint="curve")

    def glow(self, shapes: Sequence[tuple[Sequence[Point], float]], fill: Colour) -> None:
        """Polygons that let what is behind them shine through, each with its opacity, 0 to 1."""
        mask = Image.new("L", self.image.size, 0)
        draw = ImageDraw.Draw(mask)
        for points, opacity in shapes:
            draw.polygon([(x * SCALE, y * SCALE) for x, y in points], round(255 * opacity))
        self.image.paste(fill, (0, 0), mask)

    def finished(self) -> Image.Image:
        return self.image.reduce(SCALE)


def circle(x: float, y: float, radius: float) -> list[Point]:
    return [(x + radius * math.cos(a / 24 * math.pi), y + radius * math.sin(a / 24 * math.pi)) for a in range(48)]


def hill(points: Sequence[Point], bumps: Sequence[tuple[float, float, float]], step: int = 8) -> list[Point]:
    """A silhouette between two ends on the horizon: the sum of bells, each with its middle, width and height."""
    (x0, base), (x1, _) = points
    xs = range(round(x0), round(x1) + 1, step)
    tops = [(float(x), base - sum(h * math.exp(-(((x - m) / w) ** 2)) for m, w, h in bumps)) for x in xs]
    return [(x0, base), *tops, (x1, base)]


@lru_cache
def scattered(seed: int, count: int, x1: int, y0: int, y1: int) -> list[tuple[float, float, float]]:
    """Places and a phase for each, the same at every call."""
    rng = random.Random(seed)  # noqa: S311  # scenery
    return [(rng.uniform(0, x1), rng.uniform(y0, y1), rng.uniform(0, 6.3)) for _ in range(count)]
