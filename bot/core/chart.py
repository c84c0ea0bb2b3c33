"""Sessions over time as a picture: an opaque light card with dark ink, so that it reads alike on a light and on a dark page.

Drawn with Pillow, which is one wheel, opens no files and carries its own font; the same numbers give the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 420)
LEFT, RIGHT, TOP, BOTTOM = 70, 28, 96, 56
CARD, EDGE, GRID, INK, SOFT = "#ffffff", "#c9ced6", "#e6e9ee", "#1d2733", "#55606e"


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar: what it is, its colour, its number in each bucket."""

    name: str
    color: str
    values: tuple[int, ...]


def bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> bytes:
    """A PNG of stacked bars, the first series at the bottom."""
    picture = Image.new("RGB", SIZE, CARD)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), 12, outline=EDGE, width=2)
    draw.text((LEFT - 36, 22), title, INK, _font(30))
    _legend(draw, series)
    totals = [sum(one.values[place] for one in series) for place in range(len(labels))]
    top = _ceiling(max([*totals, 1]))
    _grid(draw, top)
    _bars(draw, labels, series, totals, top)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _legend(draw: ImageDraw.ImageDraw, series: Sequence[Series]) -> None:
    at = SIZE[0] - RIGHT
    for one in reversed(series):
        said = f"{one.name} {sum(one.values):,}"
        at -= int(draw.textlength(said, _font(24)))
        draw.text((at, 26), said, INK, _font(24))
        at -= 28
        draw.rectangle((at, 30, at + 20, 50), one.color)
        at -= 26


def _grid(draw: ImageDraw.ImageDraw, top: int) -> None:
    for step in range(top // _step(top) + 1):
        value = step * _step(top)
        y = _y(value, top)
        draw.line((LEFT, y, SIZE[0] - RIGHT, y), GRID if value else SOFT, 2)
        draw.text((LEFT - 12, y), f"{value:,}", SOFT, _font(22), anchor="rm")


def _bars(draw: ImageDraw.ImageDraw, labels: Sequence[str], series: Sequence[Series], totals: Sequence[int], top: int) -> None:
    room = (SIZE[0] - LEFT - RIGHT) / max(len(labels), 1)
    for place, label in enumerate(labels):
        left, right = LEFT + room * place + room * 0.16, LEFT + room * (place + 1) - room * 0.16
        base = 0
        for one in series:
            if one.values[place]:
                foot = _y(base, top) - 1
                draw.rectangle((left, min(_y(base + one.values[place], top), foot - 2), right, foot), one.color)  # never too thin to see
                base += one.values[place]
        middle = (left + right) / 2
        if totals[place]:
            draw.text((middle, _y(base, top) - 6), f"{totals[place]:,}", INK, _font(22), anchor="ms")
        draw.text((middle, SIZE[1] - BOTTOM + 12), label, SOFT, _font(22), anchor="mt")


def _y(value: int, top: int) -> float:
    return SIZE[1] - BOTTOM - (SIZE[1] - TOP - BOTTOM) * value / top


def _step(top: int) -> int:
    """A step that a person counts in: 1, 2, 5 times a power of ten, four or so of them."""
    rough = max(top / 4, 1)
    power = 10 ** int(math.log10(rough))
    return next(int(power * each) for each in (1, 2, 5, 10) if power * each >= rough)


def _ceiling(most: int) -> int:
    step = _step(most)
    return math.ceil(most * 1.06 / step) * step


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
