"""Figures as plotly draws them: to zoom into, to restyle, to write to files. Texts of users are escaped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from automl.core.figures import (
    INK,
    MUTED,
    Axis,
    Bars,
    Cell,
    Chart,
    Figure,
    Line,
    Matrix,
    Number,
    Parallel,
    Table,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

TONES = ("#0072b2", "#c97f00", "#00795a", "#c2500a", "#b0558c", "#2f8fc7", "#7a5c3e", "#7d8590")
_NAMED = {MUTED: "#c3c8d0", INK: "#3b434d"}
_BEHIND, _STANDS_OUT = "#c3c8d0", "#0072b2"


def plotly_figure(figure: Figure) -> PlotlyFigure:
    """Return a figure of a report as one of plotly's, with its note as subtitle."""
    import plotly.graph_objects as go

    traces, layout = _MADE[type(figure)](figure)
    made: Any = go.Figure(data=list(traces), layout=layout)
    title: dict[str, Any] = {"text": _said(figure.title)}
    if figure.note:
        title["subtitle"] = {"text": _said(figure.note)}
    made.update_layout(title=title)
    return made


def _chart(chart: Chart) -> tuple[Iterator[Any], dict[str, Any]]:
    named = sum(bool(item.name) for item in chart.lines)
    layout = {"xaxis": _axis(chart.x), "yaxis": _axis(chart.y), "showlegend": named > 1}
    return (trace for item in chart.lines for trace in _traces(item)), layout


def _traces(item: Line) -> Iterator[Any]:
    import plotly.graph_objects as go

    colour = _NAMED.get(item.tone) or TONES[item.tone % len(TONES)]
    points = item.form == "points"
    if item.low and not points:
        edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        yield go.Scatter(x=item.x, y=item.low, **edge)
        yield go.Scatter(x=item.x, y=item.high, fill="tonexty", fillcolor=_faint(colour), **edge)
    about: dict[str, Any] = {"mode": "markers"} if points else {"mode": "lines"}
    if not points:
        shape = "hv" if item.form == "stairs" else "linear"
        about["line"] = {"color": colour, "dash": "dash" if item.dashed else "solid", "shape": shape}
    if points and item.low:
        about["error_y"] = _whiskers(item.y, item.low, item.high)
    if item.texts:
        about |= {"hovertext": [_said(text) for text in item.texts], "hoverinfo": "text"}
    yield go.Scatter(
        x=item.x,
        y=item.y,
        name=_said(item.name),
        showlegend=bool(item.name),
        marker={"color": colour, "opacity": 0.7},
        **about,
    )


def _axis(axis: Axis) -> dict[str, Any]:
    made: dict[str, Any] = {"title": {"text": _said(axis.label)}}
    if axis.categories:
        made |= {"tickvals": list(range(len(axis.categories)))}
        made |= {"ticktext": [_said(name) for name in axis.categories]}
    if axis.log:
        made["type"] = "log"
    ends = [_placed(end, axis) for end in (axis.low, axis.high)]
    if any(end is not None for end in ends):
        made["range"] = ends
    return made


def _matrix(matrix: Matrix) -> tuple[list[Any], dict[str, Any]]:
    import plotly.graph_objects as go

    totals = [sum(float(cell or 0) for cell in row) or 1.0 for row in matrix.cells]
    shares = [
        [float(cell or 0) / total for cell in row] for row, total in zip(matrix.cells, totals, strict=True)
    ]
    heat = go.Heatmap(
        z=shares,
        x=[_said(name) for name in matrix.columns],
        y=[_said(name) for name in matrix.rows],
        text=[["" if cell is None else f"{cell:g}" for cell in row] for row in matrix.cells],
        texttemplate="%{text}",
        hovertemplate="%{y} as %{x}: %{text} (%{z:.1%})<extra></extra>",
        colorscale="Blues",
        zmin=0,
        zmax=1,
        showscale=False,
    )
    across = {"title": {"text": _said(matrix.column_label)}, "type": "category"}
    down = {"title": {"text": _said(matrix.row_label)}, "type": "category", "autorange": "reversed"}
    return [heat], {"xaxis": across, "yaxis": down}


def _bars(bars: Bars) -> tuple[list[Any], dict[str, Any]]:
    import plotly.graph_objects as go

    about: dict[str, Any] = {
        "x": bars.values,
        "y": [_said(name) for name in bars.names],
        "text": [_said(text) for text in bars.texts] or None,
    }
    if bars.low:
        about["error_x"] = _whiskers(bars.values, bars.low, bars.high)
    if bars.dots:
        trace = go.Scatter(mode="markers", marker={"color": TONES[0], "size": 9}, hoverinfo="x+y", **about)
    else:
        trace = go.Bar(orientation="h", marker={"color": TONES[0]}, **about)
    down = {"type": "category", "autorange": "reversed", "automargin": True}
    return [trace], {"xaxis": {"title": {"text": _said(bars.label)}}, "yaxis": down}


def _parallel(figure: Parallel) -> tuple[list[Any], dict[str, Any]]:
    import plotly.graph_objects as go

    best = set(figure.best)
    columns = zip(*figure.lines, strict=True)
    trace = go.Parcoords(
        dimensions=[_dimension(axis, column) for axis, column in zip(figure.axes, columns, strict=True)],
        line={
            "color": [int(at in best) for at in range(len(figure.lines))],
            "colorscale": [[0, _BEHIND], [1, _STANDS_OUT]],
            "cmin": 0,
            "cmax": 1,
        },
    )
    return [trace], {}


def _dimension(axis: Axis, column: Sequence[Number]) -> dict[str, Any]:
    """One axis of parallel coordinates; trials without the parameter meet it below all others."""
    places = [_placed(value, axis) for value in column]
    known = [place for place in places if place is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    lacking = low - 0.15 * ((high - low) or 1.0)
    made: dict[str, Any] = {
        "label": _said(axis.label),
        "values": [lacking if place is None else place for place in places],
    }
    ticks = _ticks(axis, known)
    if len(known) < len(places):
        ticks = {lacking: "none", **(ticks or {low: f"{low:g}", high: f"{high:g}"})}
    if ticks:
        made |= {"tickvals": list(ticks), "ticktext": list(ticks.values())}
    return made


def _ticks(axis: Axis, known: Sequence[float]) -> dict[float, str]:
    if axis.categories:
        return {float(at): _said(name) for at, name in enumerate(axis.categories)}
    if not axis.log or not known:
        return {}
    powers = range(math.ceil(min(known)), math.floor(max(known)) + 1)
    return {float(power): f"{10.0**power:g}" for power in powers} or {
        place: f"{10.0**place:.3g}" for place in (min(known), max(known))
    }


def _table(table: Table) -> tuple[list[Any], dict[str, Any]]:
    import plotly.graph_objects as go

    columns = list(zip(*table.rows, strict=True))
    cells = {"values": [[_cell(cell) for cell in column] for column in columns], "align": "left"}
    head = {"values": [_said(name) for name in table.columns], "align": "left"}
    return [go.Table(header=head, cells=cells)], {}


def _cell(cell: Cell) -> Any:
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else cell
    return _said(cell) if isinstance(cell, str) else "(picture)"


def _whiskers(values: Sequence[Number], low: Sequence[Number], high: Sequence[Number]) -> dict[str, Any]:
    def between(one: Number, other: Number) -> float:
        return 0.0 if one is None or other is None else abs(one - other)

    return {
        "type": "data",
        "symmetric": False,
        "array": [between(end, value) for end, value in zip(high, values, strict=True)],
        "arrayminus": [between(value, end) for end, value in zip(low, values, strict=True)],
    }


def _placed(value: Number, axis: Axis) -> Number:
    """Where a value is on an axis, in plotly's units: a logarithm on a logarithmic one."""
    if value is None or not axis.log:
        return value
    return math.log10(value) if value > 0 else None


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.2)"


def _said(text: str) -> str:
    """A text of a user's: plotly takes some tags for its own."""
    return escape(text, quote=False)


_MADE: Mapping[type[Any], Callable[[Any], tuple[Any, dict[str, Any]]]] = {
    Chart: _chart,
    Matrix: _matrix,
    Bars: _bars,
    Parallel: _parallel,
    Table: _table,
}
