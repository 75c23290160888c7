"""Charts: lines, bands and points over two axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from automl.core.figures import INK, MUTED, Chart, Line, Number
from automl.drawing.described import chart_words
from automl.drawing.marks import LETTER, clipped, dots, hint, line, path, svg, tag, text
from automl.drawing.scales import Scale, number_text, scale_of

WIDTH, HEIGHT = 380.0, 264.0
TOP, RIGHT, BOTTOM = 10.0, 14.0, 42.0
MOST_LETTERS = 12
"""Of a name on an axis."""


def draw_chart(chart: Chart) -> Markup:
    """Return a chart as SVG."""
    up = scale_of(chart.y, _all(chart.lines, "y"), HEIGHT - BOTTOM, TOP)
    labels = [clipped(words, MOST_LETTERS) for _, words in up.ticks()]
    left = 24 + LETTER * max(map(len, labels), default=1)
    along = scale_of(chart.x, _all(chart.lines, "x"), left, WIDTH - RIGHT)
    drawn = [piece for item in chart.lines for piece in _drawn(item, along, up)]
    return svg(
        WIDTH,
        HEIGHT,
        chart_words(chart),
        *_along(along, chart.x.label, left),
        *_up(up, chart.y.label, left),
        *drawn,
    )


def legend(chart: Chart) -> list[tuple[str, str, str]]:
    """Return name, classes and form of each line that has a name, where there are two of them or more."""
    named = [item for item in chart.lines if item.name]
    return [(item.name, tone(item), item.form) for item in named] if len(named) > 1 else []


def tone(item: Line) -> str:
    """Return the classes of a line's colour and stroke."""
    colour = {MUTED: "muted", INK: "ink"}.get(item.tone, f"t{item.tone % 8}")
    return f"{colour} dashed" if item.dashed else colour


def _all(lines: Sequence[Line], name: str) -> Iterator[Number]:
    for item in lines:
        yield from getattr(item, name)
        if name == "y":
            yield from item.low
            yield from item.high


def _along(scale: Scale, label: str, left: float) -> Iterator[Markup]:
    base = HEIGHT - BOTTOM
    ticks = scale.ticks(6)
    shown = max(1, round(len(ticks) * 8 * LETTER / (WIDTH - left)) if scale.categories else 1)
    for value, words in ticks[::shown]:
        x = scale.at(value)
        yield line(x, TOP, x, base, class_="grid")
        short = clipped(words, MOST_LETTERS)
        inside = min(x, WIDTH - LETTER * len(short) / 2)  # the last one must not run over the edge
        yield text(inside, base + 14, short, anchor="middle")
    yield line(left, base, WIDTH - RIGHT, base, class_="axis")
    yield text((left + WIDTH - RIGHT) / 2, HEIGHT - 8, clipped(label, 56), anchor="middle", class_="label")


def _up(scale: Scale, label: str, left: float) -> Iterator[Markup]:
    for value, words in scale.ticks(6):
        y = scale.at(value)
        yield line(left, y, WIDTH - RIGHT, y, class_="grid")
        yield text(left - 5, y + 4, clipped(words, MOST_LETTERS), anchor="end")
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f"rotate(-90 10 {middle:.0f})"
    yield text(10, middle + 3, clipped(label, 36), anchor="middle", class_="label", transform=turned)


def _drawn(item: Line, along: Scale, up: Scale) -> Iterator[Markup]:
    places = [_place(x, y, along, up) for x, y in zip(item.x, item.y, strict=True)]
    if item.low and item.form != "points":
        yield _band(item, along, up)
    if item.low and item.form == "points":
        yield from _whiskers(item, along, up)
    if item.form == "points":
        yield from _points(item, places)
        return
    yield path(_stepped(places) if item.form == "stairs" else places, class_=f"line {tone(item)}")
    if item.texts:
        yield from _points(item, places, small=True)


def _place(x: Number, y: Number, along: Scale, up: Scale) -> tuple[float, float] | None:
    if x is None or y is None or not along.holds(x) or not up.holds(y):
        return None
    return along.at(float(x)), up.at(float(y))


def _stepped(places: Sequence[tuple[float, float] | None]) -> Iterator[tuple[float, float] | None]:
    before: tuple[float, float] | None = None
    for point in places:
        if point is not None and before is not None:
            yield point[0], before[1]
        yield point
        before = point


def _points(
    item: Line, places: Sequence[tuple[float, float] | None], *, small: bool = False
) -> Iterator[Markup]:
    if not item.texts:
        yield dots([point for point in places if point is not None], class_=f"dots {tone(item)}")
        return
    for point, words, x, y in zip(places, item.texts, item.x, item.y, strict=True):
        if point is not None:
            values = f"{number_text(float(x or 0))}, {number_text(float(y or 0))}"
            told = hint(words or values)
            yield tag("circle", told, cx=point[0], cy=point[1], r=2.0 if small else 3.5, class_=tone(item))


def _band(item: Line, along: Scale, up: Scale) -> Markup:
    known = [
        (along.at(float(x)), up.at(float(low)), up.at(float(high)))
        for x, low, high in zip(item.x, item.low, item.high, strict=True)
        if x is not None and low is not None and high is not None
    ]
    ring = [(x, high) for x, _, high in known] + [(x, low) for x, low, _ in reversed(known)]
    return path(ring, class_=f"band {tone(item)}")


def _whiskers(item: Line, along: Scale, up: Scale) -> Iterator[Markup]:
    for x, low, high in zip(item.x, item.low, item.high, strict=True):
        if x is not None and low is not None and high is not None:
            at = along.at(float(x))
            yield line(at, up.at(float(low)), at, up.at(float(high)), class_=f"whisker {tone(item)}")
