"""The harbour, 1280×720: dusk turns to night while a ferry comes home."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image

from pictures.drawing import Canvas, Colour, Point, circle, colour, hill, mix, scattered, smooth

HORIZON = 430
SUN_X = 800
SKY = (  # radius around the sun; at dusk, in the blue hour, at night
    (1600, "2d2f63", "1b2150", "0a1029"),
    (820, "453974", "2a2a62", "0d1532"),
    (650, "67417f", "3d3473", "111c3d"),
    (510, "8f4b80", "553d7d", "172549"),
    (390, "b9587a", "714680", "202f56"),
    (285, "dd6d6c", "924f7c", "2d3a62"),
    (195, "f28e60", "b65f70", "3f446b"),
    (120, "fab765", "d97c66", "574c70"),
)
SEA = (  # where it begins; at dusk, in the blue hour, at night
    (430, "e08a6a", "b46a74", "2c3860"),
    (441, "b9667a", "8a4f7a", "233056"),
    (462, "8c5079", "653f74", "1b284b"),
    (498, "654472", "483566", "152041"),
    (552, "473a68", "332d59", "101a38"),
    (626, "32305c", "23254b", "0c142f"),
)


def hour(dusk: str, blue: str, dark: str, night: float) -> Colour:
    """By way of the blue hour: dusk mixed with night would be grey."""
    return mix(dusk, blue, 2 * night) if night < 0.5 else mix(blue, dark, 2 * night - 1)


def sky(c: Canvas, sun_y: float, night: float) -> None:
    for radius, *hours in SKY:
        c.ellipse(SUN_X, sun_y, radius, radius, hour(*hours, night))
    c.ellipse(SUN_X, sun_y, 58, 58, mix("fff1c9", "ff9a5a", smooth(0, 0.7, night)))


def stars(c: Canvas, t: float, sun_y: float, night: float) -> None:
    for x, y, phase in scattered(5, 70, 1280, 8, 330):
        far = math.hypot(x - SUN_X, y - sun_y)
        behind = next(hours for radius, *hours in reversed(SKY) if radius >= far)
        shine = smooth(0.55 + 0.05 * phase, 0.75 + 0.05 * phase, night)
        if shine > 0:
            size = 0.9 + 0.5 * math.sin(phase * 7) + 0.15 * math.sin(2 * t + phase)
            c.ellipse(x, y, size, size, mix(hour(*behind, night), "f4efd8", shine))


def village(c: Canvas, night: float) -> None:
    """Houses along the far quay; their windows light up one after another."""
    walls, roofs = hour("6e3f63", "43305e", "1a2344", night), mix("54325a", "131a38", night)
    rng = random.Random(11)  # noqa: S311
    x = 952.0
    while x < 1262:
        width, height = rng.choice((18, 24, 30)), rng.uniform(14, 30)
        top = HORIZON - height
        c.box(x, top, x + width, HORIZON, walls)
        c.polygon([(x - 2, top), (x + width / 2, top - rng.uniform(8, 14)), (x + width + 2, top)], roofs)
        for i in range(int(width // 9)):
            lit = smooth(0, 0.12, night - rng.uniform(0.05, 0.8))
            c.box(x + 4 + 9 * i, top + 6, x + 8 + 9 * i, top + 12, mix(walls, "ffd98a", lit))
        x += width + rng.choice((1, 1, 3, 9))
    c.box(944, HORIZON - 3, 1280, HORIZON, roofs)


def sea(c: Canvas, t: float, sun_y: float, night: float) -> None:
    for top, *hours in SEA:
        c.box(0, top, 1280, 720, hour(*hours, night))
    for x, y, phase in scattered(3, 48, 1280, 446, 716):
        near = (y - HORIZON) / 290
        width = (8 + 38 * near) * (0.8 + 0.2 * math.sin(0.8 * t + phase))
        shade = mix(mix("d98f86", "33436f", night), mix("4a4574", "16224a", night), near * 1.3)
        c.ellipse((x - (5 + 14 * near) * t + 60) % 1400 - 60, y, width, 0.9 + 1.4 * near, shade)
    left = 1 - smooth(HORIZON - 40, HORIZON + 66, sun_y)  # of the sun above the hills
    for k in range(20):
        y = HORIZON + 5 + 3.4 * k + 0.55 * k * k
        width = (52 - 1.2 * k + 20 * math.sin(1.6 * t + 1.9 * k)) * (0.35 + 0.65 * left)
        behind = next(hour(*hours, night) for top, *hours in reversed(SEA) if y >= top)
        shine = mix("ffd28a", "f0835a", k / 20)
        c.ellipse(SUN_X + 7 * math.sin(0.9 * t + k), y, width, 1.8 + 0.16 * k, mix(behind, shine, 0.92 * left))


def lighthouse(c: Canvas, t: float, night: float) -> None:
    x, foot, top = 236, 470, 206
    rock = mix("2f2547", "0a0f24", night)
    c.polygon([(0, 452), (60, 440), (120, 452), (168, 458), (300, 462), (352, 486), (388, 520), (0, 540)], rock)
    c.polygon([(0, 500), (300, 506), (402, 524), (340, 534), (0, 552)], mix("241d3d", "080c1e", night))
    lit, shaded = mix("fbe9d2", "7d86a8", night * 0.8), mix("d0a7a4", "565f86", night * 0.8)
    red, dark_red = mix("c8433f", "5a2d4c", night * 0.8), mix("93323f", "412544", night * 0.8)

    def half(y: float) -> float:
        return 17 + 17 * (y - top) / (foot - top)

    for i in range(6):
        y0, y1 = (top + (foot - top) * j / 6 for j in (i, i + 1))
        bright, dim = ((lit, shaded), (red, dark_red))[i % 2]
        c.polygon([(x - half(y0), y0), (x + half(y0), y0), (x + half(y1), y1), (x - half(y1), y1)], dim)
        c.polygon([(x - half(y0) * 0.1, y0), (x + half(y0), y0), (x + half(y1), y1), (x - half(y1) * 0.1, y1)], bright)
    for y in (296, 384):
        c.box(x - 4, y, x + 5, y + 15, mix("4b3350", "ffd98a", smooth(0.2, 0.3, night)))
    metal = mix("3b2b4d", "121a36", night)
    c.box(x - 25, top - 4, x + 25, top + 3, metal)
    c.box(x - 13, top - 32, x + 13, top - 4, mix("ffe2a0", "fff3c4", night))
    for post in (-13, -1.5, 10):
        c.box(x + post, top - 32, x + post + 3, top - 4, metal)
    c.polygon([(x - 18, top - 32), (x, top - 54), (x + 18, top - 32)], red)
    c.box(x - 1.5, top - 64, x + 1.5, top - 50, metal)
    for i in range(-4, 5):
        c.line([(x + i * 6, top - 4), (x + i * 6, top - 13)], metal, 1)
    c.line([(x - 25, top - 13), (x + 25, top - 13)], metal, 1.4)


def beam(c: Canvas, t: float, night: float) -> None:
    """Two cones of light that turn about the lamp: seen from the side they are long, towards us they flare. They fade
    out in steps."""
    x, y, turn = 236.0, 188.0, 2 * math.pi * t / 6.0
    strength = 0.05 + 0.11 * smooth(0.1, 0.9, night)
    for part in (1.0, 0.72, 0.46):
        shapes: list[tuple[Sequence[Point], float]] = []
        for side in (0.0, math.pi):
            reach, towards = part * math.cos(turn + side), math.sin(turn + side)
            length, wide, tip = 640 * reach, 6 + 52 * abs(reach), 30 * part * towards
            cone = [(x, y - 5), (x + length, y - wide + tip), (x + length, y + wide + tip), (x, y + 5)]
            shapes.append((cone, strength * (0.75 + 0.25 * towards)))
        flare = math.sin(turn) ** 6
        shapes.append((circle(x, y, (30 + 50 * flare) * part), strength * (0.8 + flare)))
        c.glow(shapes, colour("ffe9ae"))


def ferry(c: Canvas, t: float, through: float, night: float) -> None:
    """Comes in from the right; everything is placed from its bow at the water line."""
    x, y = 1130 - 640 * through, 512 + 1.2 * math.sin(1.3 * t)
    white, shade = mix("fff4e4", "8f9abf", night * 0.75), mix("e0b9ae", "5c6793", night * 0.75)
    hull, stripe = mix("27406b", "142047", night * 0.8), mix("c8433f", "6a3049", night * 0.8)
    windows = mix("5a4a70", "ffdf95", smooth(0.15, 0.5, night))
    for i in range(7):  # what the water shows of it, and its wake
        wobble = 5 * math.sin(2.1 * t + 1.7 * i)
        shown = mix(mix("8d6f88", "3a4a78", night), mix("473a68", "101a38", night), i / 7)
        c.ellipse(x + 116 + wobble, y + 8 + 6 * i, 106 - 11 * i, 2, shown)
    for i in range(5):
        wave = mix("d9a7a0", "55658f", night)
        c.ellipse(x + 250 + 44 * i + 6 * math.sin(2 * t + i), y + 3 + 2 * i, 30 - 4 * i, 1.6, wave)
    c.box(x + 52, y - 62, x + 196, y - 40, white)
    c.box(x + 76, y - 82, x + 170, y - 60, white)
    c.box(x + 84, y - 97, x + 118, y - 80, white)
    c.box(x + 52, y - 43, x + 196, y - 40, shade)
    c.box(x + 76, y - 63, x + 170, y - 61, shade)
    c.polygon([(x + 138, y - 82), (x + 143, y - 116), (x + 164, y - 116), (x + 162, y - 82)], stripe)
    c.polygon([(x + 141.5, y - 106), (x + 143, y - 116), (x + 164, y - 116), (x + 163.4, y - 106)], hull)
    c.polygon([(x, y - 42), (x + 222, y - 42), (x + 216, y + 4), (x + 22, y + 4)], white)
    c.polygon([(x + 11, y - 20), (x + 219, y - 20), (x + 216, y + 4), (x + 22, y + 4)], hull)
    c.box(x + 9, y - 24, x + 219.5, y - 20, stripe)
    for row, start, count in ((-56, 62, 9), (-76, 84, 6), (-34, 40, 11)):
        for i in range(count):
            c.box(x + start + 14.5 * i, y + row, x + start + 7 + 14.5 * i, y + row + 7, windows)
    c.box(x + 86, y - 93, x + 101, y - 87, windows)
    c.line([(x + 104, y - 97), (x + 104, y - 128)], hull, 2)
    c.ellipse(x + 104, y - 129, 2.6, 2.6, mix("ffe2a0", "fff6d6", night))


def gulls(c: Canvas, t: float, night: float) -> None:
    flock = ((520, 150, 1.0, 26), (590, 196, 0.8, 23), (452, 205, 0.7, 24), (660, 122, 0.6, 20), (716, 168, 0.5, 21))
    for i, (x0, y0, size, speed) in enumerate(flock):
        x, y = x0 + speed * t, y0 + 9 * math.sin(0.7 * t + i)
        flap = math.sin((4.2 + 0.4 * i) * t + 1.3 * i) * smooth(-0.4, 0.6, math.sin(0.8 * t + 2 * i))
        wing, lift = 26 * size, (9 + 9 * flap) * size
        left, right = (x - wing, y - lift * 0.5), (x + wing, y - lift * 0.5)
        bend = [(x - wing * 0.45, y - lift), (x, y), (x + wing * 0.45, y - lift)]
        c.line([left, *bend, right], mix("fbe3cd", "77809f", night), 3.2 * size)


def boats(c: Canvas, t: float, night: float) -> None:
    """Sailing boats at their moorings, close to us, against the light."""
    dark = mix("1d1a3a", "060a1a", night)
    for x, y, size, phase in ((1010, 640, 1.0, 0.0), (1150, 668, 1.25, 2.0), (886, 618, 0.7, 4.0)):
        bob, lean = 1.5 * math.sin(0.9 * t + phase), 3.0 * math.sin(0.7 * t + phase)
        top = (x + lean, y - 190 * size + bob)
        hull = [(x - 66, -16), (x + 70, -20), (x + 54, 10), (x - 46, 10)]
        c.polygon([(x + (px - x) * size, y + py * size + bob) for px, py in hull], dark)
        c.line([(x, y - 10 + bob), top], dark, 3.4 * size)
        c.line([(x - 60 * size, y - 15 * size + bob), top, (x + 66 * size, y - 19 * size + bob)], dark, 1)
        c.polygon(
            [(x + 2, y - 34 * size + bob), (x + 58 * size, y - 31 * size + bob), (x + 2, y - 42 * size + bob)], dark
        )
        for i in range(4):
            wobble = 4 * math.sin(1.8 * t + i + phase)
            c.ellipse(x + wobble, y + (15 + 5 * i) * size + bob, (50 - 10 * i) * size, 1.3, dark)


def harbour(t: float, through: float) -> Image.Image:
    """At ``t`` seconds, with ``through`` of the clip gone by."""
    night = smooth(0.1, 1.0, through)
    sun_y = 338 + 122 * smooth(-0.2, 0.9, through)
    c = Canvas(1280, 720, colour("0a1029"))
    sky(c, sun_y, night)
    stars(c, t, sun_y, night)
    far = [(1020.0, 190.0, 84.0), (760.0, 130.0, 34.0), (560.0, 110.0, 52.0), (1250.0, 120.0, 66.0)]
    c.polygon(hill([(420, HORIZON), (1280, HORIZON)], far), hour("8a4a76", "513a70", "1d294f", night))
    near = [(1160.0, 150.0, 62.0), (930.0, 90.0, 22.0), (640.0, 70.0, 14.0)]
    c.polygon(hill([(560, HORIZON), (1280, HORIZON)], near), hour("643a68", "3a2d5e", "162043", night))
    village(c, night)
    sea(c, t, sun_y, night)
    beam(c, t, night)
    lighthouse(c, t, night)
    ferry(c, t, through, night)
    gulls(c, t, night)
    boats(c, t, night)
    return c.finished()
