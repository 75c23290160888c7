"""Matrices of counts, and bars with a name each."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from automl.core.figures import Axis, Bars, Matrix, Number
from automl.drawing.described import bars_words, matrix_words
from automl.drawing.marks import LETTER, clipped, hint, line, svg, tag, text
from automl.drawing.scales import Scale, aligned_texts, number_text, scale_of

WIDTH = 380.0
MOST_LETTERS, BAR_LETTERS = 18, 24
"""Of the names of classes, and of bars."""

PALEST, DARKEST = 0.04, 0.5
"""Opacity of a cell with nothing of its row, and with all: up to there the ink of the page is read with a
contrast of 4.5 (WCAG 2.2, AA) on every colour, in light and dark."""

STEP = 22.0
"""Height of a bar with its gap."""


def draw_matrix(matrix: Matrix) -> Markup:
    """Return a matrix as SVG: the darker a cell, the larger its share of the row."""
    across = len(matrix.columns)
    left = 24 + LETTER * max(len(clipped(name, MOST_LETTERS)) for name in matrix.rows)
    side = max(30.0, min(64.0, (WIDTH - left - 4) / across))
    height = min(side, 40.0)
    top = 20 + _slant(matrix, side)
    drawn: list[Markup] = [
        *_column_names(matrix, left, top, side),
        *_row_names(matrix, left, top, height),
        *_cells(matrix, left, top, side, height),
    ]
    middle = top + height * len(matrix.rows) / 2
    drawn += [
        text(left + side * across / 2, 11, matrix.column_label, anchor="middle", class_="label"),
        text(
            10,
            middle + 3,
            clipped(matrix.row_label, 30),
            anchor="middle",
            class_="label",
            transform=f"rotate(-90 10 {middle:.0f})",
        ),
    ]
    return svg(left + side * across + 4, top + height * len(matrix.rows) + 6, matrix_words(matrix), *drawn)


def draw_bars(bars: Bars) -> Markup:
    """Return bars, or dots with whiskers, as SVG."""
    left = 8 + LETTER * max((len(clipped(name, BAR_LETTERS)) for name in bars.names), default=1)
    words = list(bars.texts) or aligned_texts(bars.values)
    right = 10 + LETTER * max(map(len, words), default=1)
    axis = Axis(label=bars.label) if bars.dots else Axis(label=bars.label, low=_least(bars))
    scale = scale_of(axis, (*_zero(bars), *bars.values, *bars.low, *bars.high), left, WIDTH - right)
    base = 6 + STEP * len(bars.names)
    drawn: list[Markup] = []
    for value, mark in scale.ticks(6):
        drawn += [
            line(scale.at(value), 4, scale.at(value), base, class_="grid"),
            text(scale.at(value), base + 13, mark, anchor="middle"),
        ]
    for at, name in enumerate(bars.names):
        drawn += _bar(bars, at, name, words[at], scale, left)
    drawn.append(text((left + WIDTH - right) / 2, base + 29, bars.label, anchor="middle", class_="label"))
    return svg(WIDTH, base + 34, bars_words(bars), *drawn)


def _slant(matrix: Matrix, side: float) -> float:
    """Room above the columns: names that are wider than a cell stand upright."""
    longest = max(len(clipped(name, MOST_LETTERS)) for name in matrix.columns)
    return 10.0 if longest * LETTER <= side else 8 + LETTER * longest


def _column_names(matrix: Matrix, left: float, top: float, side: float) -> Iterator[Markup]:
    upright = _slant(matrix, side) > 10
    for at, name in enumerate(matrix.columns):
        x, short = left + side * (at + 0.5), clipped(name, MOST_LETTERS)
        if upright:
            turned = f"rotate(-90 {x + 4:.0f} {top - 5:.0f})"
            yield text(x + 4, top - 5, short, transform=turned)
        else:
            yield text(x, top - 5, short, anchor="middle")


def _row_names(matrix: Matrix, left: float, top: float, height: float) -> Iterator[Markup]:
    for at, name in enumerate(matrix.rows):
        yield text(left - 5, top + height * (at + 0.5) + 4, clipped(name, MOST_LETTERS), anchor="end")


def _cells(matrix: Matrix, left: float, top: float, side: float, height: float) -> Iterator[Markup]:
    for down, (row, counts) in enumerate(zip(matrix.rows, matrix.cells, strict=True)):
        total = sum(float(count or 0) for count in counts)
        for across, (column, count) in enumerate(zip(matrix.columns, counts, strict=True)):
            share = float(count or 0) / total if total else 0.0
            x, y = left + side * across, top + height * down
            words = number_text(float(count or 0))
            told = hint(f"{row} {matrix.told} {column}: {words} ({share:.1%} of {row})")
            yield tag(
                "rect",
                told,
                x=x + 1,
                y=y + 1,
                width=side - 2,
                height=height - 2,
                rx=2.0,
                class_="hit" if row == column else "miss",
                fill_opacity=f"{PALEST + (DARKEST - PALEST) * share:.3f}",
            )
            if count:
                yield text(
                    x + side / 2,
                    y + height / 2 + 4,
                    number_text(float(count)),
                    anchor="middle",
                    class_="count",
                )


def _bar(bars: Bars, at: int, name: str, words: str, scale: Scale, left: float) -> Iterator[Markup]:
    y, value = 6 + STEP * (at + 0.5), bars.values[at]
    yield tag("text", hint(name), clipped(name, BAR_LETTERS), x=left - 6, y=y + 4, text_anchor="end")
    if value is None:
        return
    zero, here = scale.at(scale.low if bars.dots else 0.0), scale.at(float(value))
    low, high = _of(bars.low, at), _of(bars.high, at)
    if not bars.dots:
        width = max(abs(here - zero), 1.0)
        yield tag(
            "rect",
            hint(f"{name}: {words}"),
            x=min(here, zero),
            y=y - 7,
            width=width,
            height=14.0,
            class_="bar",
        )
    if low is not None and high is not None:
        yield line(scale.at(float(low)), y, scale.at(float(high)), y, class_="whisker ink")
    if bars.dots:
        yield tag("circle", hint(f"{name}: {words}"), cx=here, cy=y, r=4.5, class_="t0")
    yield text(scale.end + 8, y + 4, words, class_="value")


def _least(bars: Bars) -> float | None:
    """Bars begin at 0 unless some are below it."""
    return None if any(value is not None and value < 0 for value in bars.values) else 0.0


def _zero(bars: Bars) -> tuple[Number, ...]:
    return () if bars.dots else (0.0,)


def _of(values: tuple[Number, ...], at: int) -> Number:
    return values[at] if values else None
