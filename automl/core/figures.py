"""What a report shows, as plain data: charts, matrices, bars, tables. Drawing them needs no task.

Numbers that are not finite are kept as None, which leaves a gap where they would be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias

Form: TypeAlias = Literal["line", "stairs", "points"]
Number: TypeAlias = float | None

MUTED, INK = -1, -2
"""Tones of what stands behind the rest, and what others are compared with; from 0 on they are colours."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis.

    Attributes:
        label: what it measures, with its unit.
        log: whether equal ratios have equal lengths; all values are above 0 then.
        categories: names of the positions 0, 1, ..., where it measures nothing.
        low: where it begins, None to begin at the smallest value.
        high: where it ends, None to end at the largest.
    """

    label: str
    log: bool = False
    categories: tuple[str, ...] = ()
    low: Number = None
    high: Number = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """Points that belong together.

    Attributes:
        name: in the legend; without one it stands in none.
        x: positions.
        y: values, as many.
        form: how they are drawn.
        low: lower ends of a band around a line, or of a whisker at each point; or empty.
        high: upper ends.
        texts: shown where one points at a point; or empty.
        tone: which colour; see ``MUTED`` and ``INK``.
        dashed: whether a line is.
    """

    x: tuple[Number, ...]
    y: tuple[Number, ...]
    name: str = ""
    form: Form = "line"
    low: tuple[Number, ...] = ()
    high: tuple[Number, ...] = ()
    texts: tuple[str, ...] = ()
    tone: int = 0
    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Lines and points over two axes."""

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Counts by row and column, shaded by the share of the row; equal names are hits, others misses.

    ``told`` stands between the names of a row and a column.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Number, ...], ...]
    row_label: str
    column_label: str
    note: str = ""
    told: str = "taken for"


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A value for each of some names.

    Attributes:
        title: of the figure.
        label: what the values measure, with the unit.
        names: one per bar, from the top.
        values: one per name.
        low: lower ends of intervals, None where there is none; or empty.
        high: upper ends.
        texts: shown behind the values; or empty.
        dots: whether values are dots on an axis that need not begin at 0.
        note: below the figure.
    """

    title: str
    label: str
    names: tuple[str, ...]
    values: tuple[Number, ...]
    low: tuple[Number, ...] = ()
    high: tuple[Number, ...] = ()
    texts: tuple[str, ...] = ()
    dots: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A small picture in a cell: PNG in base64."""

    png: str


Cell: TypeAlias = "str | Number | Picture"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells under headings; columns of numbers are set right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """One line per trial over many axes, the last one the score.

    Attributes:
        title: of the figure.
        axes: from the left.
        lines: a value per axis, None where a trial has none.
        texts: shown where one points at a line.
        best: which lines stand out.
        note: below the figure.
    """

    title: str
    axes: tuple[Axis, ...]
    lines: tuple[tuple[Number, ...], ...]
    texts: tuple[str, ...]
    best: tuple[int, ...] = ()
    note: str = ""


Figure: TypeAlias = Chart | Matrix | Bars | Table | Parallel

FIGURES: Mapping[str, type[Figure]] = {
    "chart": Chart,
    "matrix": Matrix,
    "bars": Bars,
    "table": Table,
    "parallel": Parallel,
}
_PARTS: Mapping[type[Any], Mapping[str, type[Any]]] = {
    Chart: {"x": Axis, "y": Axis, "lines": Line},
    Parallel: {"axes": Axis},
}
"""Records within a figure, by the field that holds them."""


def numbers(values: Iterable[Any], digits: int = 6) -> tuple[Number, ...]:
    """Return numbers as a figure holds them: rounded to significant digits, None where not finite."""
    return tuple(rounded(value, digits) for value in values)


def rounded(value: Any, digits: int = 6) -> Number:
    """Return a number with so many significant digits, whole ones as they are; None where not finite."""
    number = None if value is None else float(value)
    if number is None or not math.isfinite(number):
        return None
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    return float(f"{number:.{digits}g}")


def figure_to_json(figure: Figure) -> dict[str, Any]:
    """Return a figure as plain JSON, its kind under ``figure``."""
    kind = next(name for name, known in FIGURES.items() if type(figure) is known)
    return {"figure": kind, **asdict(figure)}


def figure_from_json(values: Mapping[str, Any]) -> Figure:
    """Return what ``figure_to_json`` was given.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    known = dict(values)
    figure: Figure = _record(FIGURES[known.pop("figure")], known)
    return figure


def _record(kind: type[Any], values: Mapping[str, Any]) -> Any:
    parts = _PARTS.get(kind, {})
    known = {item.name for item in fields(kind)}
    if not values.keys() <= known:
        raise KeyError(f"unknown {sorted(values.keys() - known)[0]!r}")
    return kind(**{name: _field(parts.get(name), value) for name, value in values.items()})


def _field(part: type[Any] | None, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_field(part, item) for item in value)
    if part is not None:
        return _record(part, value)
    return Picture(**value) if isinstance(value, Mapping) else value


def few(count: int, most: int) -> Sequence[int]:
    """Return at most so many positions of ``count``, evenly spread, the first and the last among them."""
    if count <= most:
        return range(count)
    return sorted({round(place * (count - 1) / (most - 1)) for place in range(most)})
