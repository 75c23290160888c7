"""Parallel coordinates: one line per trial over upright axes, the last of them the score."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from automl.core.figures import Parallel
from automl.drawing.described import parallel_words
from automl.drawing.marks import clipped, hint, line, path, svg, tag, text
from automl.drawing.scales import Scale, scale_of

HEIGHT, TOP, BOTTOM = 300.0, 40.0, 14.0
STEP = 104.0
"""Between two axes."""
LEFT, RIGHT = 58.0, 66.0
LETTERS = 18


def draw_parallel(figure: Parallel) -> Markup:
    """Return the figure as SVG, as wide as its axes need."""
    scales = [
        scale_of(axis, (values[at] for values in figure.lines), HEIGHT - BOTTOM, TOP)
        for at, axis in enumerate(figure.axes)
    ]
    best = set(figure.best)
    order = sorted(range(len(figure.lines)), key=lambda at: at in best)
    drawn: list[Markup] = []
    for at in order:
        drawn.append(_line(figure, at, scales, "best" if at in best else "rest"))
    for at, scale in enumerate(scales):
        drawn += _axis(figure.axes[at].label, scale, _x(at), at)
    return svg(LEFT + STEP * (len(scales) - 1) + RIGHT, HEIGHT, parallel_words(figure), *drawn)


def _x(at: int) -> float:
    return LEFT + STEP * at


def _line(figure: Parallel, at: int, scales: list[Scale], kind: str) -> Markup:
    points = [
        None if value is None or not scale.holds(value) else (_x(place), scale.at(float(value)))
        for place, (value, scale) in enumerate(zip(figure.lines[at], scales, strict=True))
    ]
    return tag("g", hint(figure.texts[at]), path(points, class_="line"), class_=kind)


def _axis(label: str, scale: Scale, x: float, at: int) -> Iterator[Markup]:
    yield line(x, TOP, x, HEIGHT - BOTTOM, class_="axis")
    # names take turns in height, as neighbours would run into each other
    yield tag(
        "text",
        hint(label),
        clipped(label, LETTERS),
        x=x,
        y=13.0 if at % 2 else 27.0,
        text_anchor="middle",
        class_="label",
    )
    for value, words in scale.ticks(5):
        y = scale.at(value)
        yield line(x - 3, y, x + 3, y, class_="axis")
        yield text(x + 6, y + 4, clipped(words, 11), class_="halo")
