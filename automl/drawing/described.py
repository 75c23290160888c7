"""Drawings in words, for those who hear a page: what is drawn, and its numbers where they are few."""

from __future__ import annotations

from collections.abc import Iterator

from automl.core.figures import Axis, Bars, Chart, Line, Matrix, Number, Parallel
from automl.drawing.scales import number_text

MOST_CELLS = 100
"""Of a matrix, that are read out."""


def chart_words(chart: Chart) -> str:
    """Return what a chart shows: its axes, where each named line begins and ends, and its extremes."""
    lines = "; ".join(_line_words(item, chart) for item in chart.lines if item.name)
    return f"{chart.title}: {chart.y.label} against {chart.x.label}.{f' {lines}.' if lines else ''}"


def bars_words(bars: Bars) -> str:
    """Return every bar with its value and interval."""
    told = "; ".join(
        f"{name} {_number(bars.values[at])}{_interval(bars, at)}" for at, name in enumerate(bars.names)
    )
    return f"{bars.title}, {bars.label}: {told}."


def matrix_words(matrix: Matrix) -> str:
    """Return the cells of a matrix row by row, of a large one its size."""
    title = f"{matrix.title}, {matrix.row_label} by {matrix.column_label}"
    if len(matrix.rows) * len(matrix.columns) > MOST_CELLS:
        return f"{title}: {len(matrix.rows)} by {len(matrix.columns)} cells."
    rows = []
    for row, cells in zip(matrix.rows, matrix.cells, strict=True):
        named = zip(matrix.columns, cells, strict=True)
        rows.append(f"{row}: {', '.join(f'{name} {_number(cell)}' for name, cell in named)}")
    return f"{title}. {'; '.join(rows)}."


def parallel_words(figure: Parallel) -> str:
    """Return the axes, and what belongs to the best lines."""
    axes = ", ".join(axis.label for axis in figure.axes)
    best = "; ".join(figure.texts[at] for at in figure.best[:3])
    return (
        f"{figure.title} of {len(figure.lines)} lines over {axes}.{f' The best: {best}.' if best else ''}"
    )


def _line_words(item: Line, chart: Chart) -> str:
    known = [(x, y) for x, y in zip(item.x, item.y, strict=True) if x is not None and y is not None]
    if not known:
        return f"{item.name}: nothing"
    if item.form == "points":
        return f"{item.name}: {len(known)} points"
    (first, begins), (last, ends) = known[0], known[-1]
    low, high = min(y for _, y in known), max(y for _, y in known)
    return (
        f"{item.name}: from {_number(begins)} at {_place(first, chart.x)} to {_number(ends)} at "
        f"{_place(last, chart.x)}, lowest {_number(low)}, highest {_number(high)}"
    )


def _place(value: float, axis: Axis) -> str:
    at = round(value)
    return axis.categories[at] if 0 <= at < len(axis.categories) else _number(value)


def _interval(bars: Bars, at: int) -> str:
    ends: Iterator[Number] = (values[at] if values else None for values in (bars.low, bars.high))
    low, high = ends
    return "" if low is None or high is None else f" ({_number(low)} to {_number(high)})"


def _number(value: Number) -> str:
    return "nothing" if value is None else number_text(float(value))
