"""The scenes of the short clips, 640×360."""

from __future__ import annotations

import math
import random

from PIL import Image

from pictures.drawing import Canvas, Colour, colour, hill, mix, scattered


def cloud(c: Canvas, x: float, y: float, size: float, fill: Colour) -> None:
    for dx, dy, r in ((-26, 4, 13), (-8, -4, 19), (14, -1, 16), (30, 5, 11)):
        c.ellipse(x + dx * size, y + dy * size, r * size, r * size * 0.8, fill)
    c.box(x - 34 * size, y + 5 * size, x + 38 * size, y + 14 * size, fill)


def walker(c: Canvas, x: float, foot: float, coat: Colour, t: float, size: float = 1.0) -> None:
    """Somebody on the way to the right."""
    step = 5 * math.sin(6 * t + x * 0.01) * size
    legs = colour("33304a")
    for way in (step, -step):
        c.line([(x, foot - 13 * size), (x + way, foot)], legs, 3 * size)
    c.polygon(
        [
            (x - 5 * size, foot - 12 * size),
            (x - 3 * size, foot - 29 * size),
            (x + 3 * size, foot - 29 * size),
            (x + 5 * size, foot - 12 * size),
        ],
        coat,
    )
    c.ellipse(x + 0.5 * size, foot - 33 * size, 4 * size, 4.4 * size, colour("8a5a44"))


def bridge(t: float, through: float) -> Image.Image:
    """An old stone bridge at noon; people cross it and a boat goes under it."""
    c = Canvas(640, 360, colour("a9dbe6"))
    for radius, code in ((420, "b9e3e6"), (290, "cbebe4"), (170, "e0f3e0")):
        c.ellipse(500, 70, radius, radius, colour(code))
    c.ellipse(500, 70, 30, 30, colour("fff6cf"))
    for x, y, size in ((120, 60, 1.1), (330, 92, 0.8), (600, 120, 0.7)):
        cloud(c, (x + 7 * t) % 720 - 40, y, size, colour("f6fbf6"))
    c.polygon(hill([(0, 244), (640, 244)], [(90, 120, 52), (330, 150, 30), (590, 120, 60)]), colour("8fbf94"))
    c.polygon(hill([(0, 244), (640, 244)], [(20, 70, 34), (470, 100, 22), (640, 60, 40)]), colour("5f9c80"))
    stone, shade, dark = colour("e3cfae"), colour("c4a98a"), colour("a58c74")
    c.polygon([(0, 178), (320, 150), (640, 178), (640, 256), (0, 256)], stone)
    c.polygon([(0, 178), (320, 150), (640, 178), (640, 186), (320, 158), (0, 186)], shade)
    for middle, half in ((110, 62), (320, 78), (530, 62)):
        c.ellipse(middle, 256, half + 7, half + 5, shade)
        c.ellipse(middle, 256, half, half, colour("c4e4dc"))
        c.ellipse(middle - half * 0.2, 268, half * 0.75, half * 0.56, colour("8fbf94"))
    for top, code in ((240, "65adb8"), (254, "4f9fb0"), (276, "3f8ca3"), (312, "337892")):
        c.box(0, top, 640, 360, colour(code))
    for left, right in ((0, 41), (179, 235), (405, 461), (599, 640)):  # piers stand in the water and are seen in it
        c.box(left, 236, right, 258, stone)
        c.box(left, 254, right, 258, dark)
        for i in range(6):
            c.ellipse((left + right) / 2 + 4 * math.sin(1.7 * t + i), 264 + 6 * i, 28 - 3 * i, 1.8, colour("8bb3ad"))
    boat_x = 250 + 190 * through
    for x, coat, speed in ((70, "c8433f", 15), (180, "2f5d8a", 11), (330, "e09f3e", 16), (420, "6a4c93", 12)):
        at = x + speed * t
        walker(c, at, 180 - 28 * (1 - abs(at - 320) / 320), colour(coat), t, 0.8)
    y = 300 + 1.2 * math.sin(1.5 * t)
    hull = [(boat_x - 46, y - 10), (boat_x + 50, y - 12), (boat_x + 36, y + 8), (boat_x - 36, y + 8)]
    c.polygon(hull, colour("a8483c"))
    c.polygon([(boat_x - 20, y - 11), (boat_x - 14, y - 26), (boat_x + 16, y - 26), (boat_x + 20, y - 11)], stone)
    for i in range(3):
        c.ellipse(boat_x - 60 - 22 * i, y + 6 + i, 14 - 3 * i, 1.2, colour("8cc0c4"))
    return c.finished()


def market(t: float, through: float) -> Image.Image:
    """Stalls on a square in the morning."""
    c = Canvas(640, 360, colour("f7c59f"))
    for radius, code in ((330, "f9d3a8"), (230, "fbe0b4"), (140, "fdecc6")):
        c.ellipse(170, 150 - 20 * through, radius, radius, colour(code))
    c.ellipse(170, 150 - 20 * through, 40, 40, colour("fffbe6"))
    rng, x = random.Random(4), -20  # noqa: S311
    for code in ("c97b63", "b5667a", "d89a6a", "8f5d7a", "c97b63", "b0708a", "d08f68", "a6627a", "c97b63"):
        width, top = rng.randint(70, 100), rng.randint(96, 140)
        c.polygon([(x - 4, top), (x + width / 2, top - 34), (x + width + 4, top)], mix(code, "4a2c40", 0.45))
        c.box(x, top, x + width, 260, colour(code))
        for row in range(2):
            for i in range(3):
                c.box(
                    x + 12 + i * 26,
                    top + 14 + 34 * row,
                    x + 24 + i * 26,
                    top + 34 + 34 * row,
                    mix(code, "fff3d6", 0.55),
                )
        x += width
    c.box(0, 250, 640, 360, colour("d9b59a"))
    c.box(0, 300, 640, 360, colour("c79f8a"))
    flags = ("c8433f", "e9b44c", "4f8a8b", "6a4c93")
    for i in range(22):  # bunting across the square
        fx = i * 30 + 4
        fy = 52 + 40 * math.sin(math.pi * fx / 640) + 1.5 * math.sin(2 * t + i)
        sway = 3 * math.sin(2.4 * t + i)
        c.polygon([(fx - 9, fy), (fx + 9, fy), (fx + sway, fy + 20)], colour(flags[i % 4]))
    for left, stripe, goods in ((30, "c8433f", "f29f3f"), (232, "2f7d78", "d6453d"), (434, "3d5a94", "8cb04a")):
        for i in range(8):
            c.box(left + 22 * i, 170, left + 22 * (i + 1), 204, colour(stripe) if i % 2 else colour("fff4e2"))
            c.ellipse(left + 22 * i + 11, 204, 11, 9, colour(stripe) if i % 2 else colour("fff4e2"))
        for post in (left + 4, left + 168):
            c.box(post, 204, post + 5, 306, colour("7a5545"))
        c.box(left + 8, 258, left + 168, 304, colour("96684e"))
        c.box(left + 8, 258, left + 168, 263, colour("b98863"))
        for i in range(9):
            c.ellipse(left + 20 + 17 * i, 255, 8, 8, colour(goods))
            if i < 8:
                c.ellipse(left + 28 + 17 * i, 244, 8, 8, mix(goods, "fff3d6", 0.2))
    for start, coat, speed in ((-10, "6a4c93", 26), (150, "e9b44c", 17), (330, "2f5d8a", 21), (520, "a8483c", 15)):
        walker(c, start + speed * t, 334 + start % 9, colour(coat), t, 1.7)
    return c.finished()


def castle(t: float, through: float) -> Image.Image:
    """A castle over a valley at sunrise."""
    c = Canvas(640, 360, colour("3d5a80"))
    sun_y = 214 - 34 * through
    bands = ((520, "577399"), (400, "7f8fb0"), (300, "b3a6bd"), (210, "e5bdb4"), (130, "f7d3ac"), (74, "fce6bd"))
    for radius, code in bands:
        c.ellipse(190, sun_y, radius, radius, colour(code))
    c.ellipse(190, sun_y, 32, 32, colour("fffae0"))
    for x, y, size in ((380, 60, 1.0), (90, 100, 0.7), (560, 120, 0.8)):
        cloud(c, (x - 6 * t) % 740 - 50, y, size, colour("f3dfd6"))
    c.polygon(hill([(0, 300), (640, 300)], [(60, 120, 62), (260, 90, 48), (620, 120, 90)]), colour("8a86a8"))
    c.polygon(hill([(0, 330), (640, 330)], [(440, 120, 132), (80, 130, 50), (600, 90, 60)]), colour("5b6486"))
    c.box(0, 300, 640, 360, colour("5b6486"))
    wall, dark, light = colour("39405e"), colour("2c324c"), colour("fbd989")
    for left, right, top in ((378, 502, 160), (392, 420, 118), (462, 490, 104), (426, 456, 136)):
        c.box(left, top, right, 214, wall)
        for x in range(left, right, 8):
            c.box(x, top - 6, x + 5, top, wall)
    for x, top in ((406, 112), (476, 98)):
        c.polygon([(x - 17, top - 2), (x, top - 34), (x + 17, top - 2)], dark)
        c.line([(x, top - 34), (x, top - 54)], dark, 1.6)
        tail = [(x + 26, top - 48 + 3 * math.sin(3 * t + x)), (x, top - 42)]
        c.polygon([(x, top - 54), (x + 13, top - 51 + 2 * math.sin(3 * t + x - 1)), *tail], colour("c8433f"))
        c.box(x - 3, top + 18, x + 3, top + 28, light)
    c.box(432, 186, 450, 214, dark)
    c.ellipse(441, 186, 9, 9, dark)
    c.polygon(hill([(0, 360), (640, 360)], [(420, 200, 84), (20, 120, 74), (640, 60, 60)]), colour("3f5f5a"))
    path = [(441, 278), (452, 278), (420, 300), (470, 326), (430, 360), (356, 360), (410, 326), (392, 300)]
    c.polygon(path, colour("c9b68f"))
    for x, y, phase in scattered(9, 40, 640, 292, 352):
        if not 340 < x < 490:
            size = 5 + (y - 290) * 0.12
            sway = 1.2 * math.sin(1.2 * t + phase)
            c.polygon([(x - size, y), (x + sway, y - size * 2.6), (x + size, y)], mix("2f4a48", "243a3c", phase / 6.3))
    return c.finished()
