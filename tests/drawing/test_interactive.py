"""Every kind of figure becomes one of plotly's, its texts escaped and its gaps kept."""

from __future__ import annotations

import math

import pytest

from automl.core.figures import (
    INK,
    Axis,
    Bars,
    Chart,
    Line,
    Matrix,
    Parallel,
    Picture,
    Table,
)
from automl.drawing.interactive import plotly_figure
from automl.drawing.notebook import drawing_of

EVIL = "<b>x</b>"
CHART = Chart(
    title=EVIL,
    x=Axis(label=EVIL, log=True, low=0.1, high=100.0),
    y=Axis(label="score", categories=("low", EVIL)),
    lines=(
        Line(name="fan", x=(1, 10), y=(0, 1), low=(0, 0.5), high=(0.5, 1)),
        Line(name="best", form="stairs", x=(1, None, 10), y=(0, 1, 1), tone=INK, dashed=True),
        Line(name=EVIL, form="points", x=(1, 10), y=(0, 1), low=(0, None), high=(1, 2), texts=(EVIL, "b")),
    ),
    note="below",
)
MATRIX = Matrix(
    title="Confusion matrix",
    rows=("a", "b"),
    columns=("a", "b"),
    cells=((3, 1), (0, 0)),
    row_label="actual",
    column_label="predicted",
)
BARS = Bars(
    title="Importance", label="share", names=("a", EVIL), values=(0.5, -0.1), low=(0.4, -0.2), high=(0.6, 0)
)
DOTS = Bars(title="Scores", label="accuracy", names=("a",), values=(0.5,), texts=("half",), dots=True)
PARALLEL = Parallel(
    title="Parallel coordinates",
    axes=(Axis(label="rate", log=True), Axis(label="kind", categories=("p", "q")), Axis(label="score")),
    lines=((0.001, 0, 0.9), (None, 1, 0.8), (0.1, None, 0.7)),
    texts=("1", "2", "3"),
    best=(0,),
)
TABLE = Table(title="Table", columns=("a", EVIL), rows=((1, EVIL), (None, Picture(png="aGk="))))


@pytest.mark.parametrize(
    "figure", [CHART, MATRIX, BARS, DOTS, PARALLEL, TABLE], ids=lambda item: item.title
)
def test_every_kind_is_drawn_both_ways_with_its_texts_escaped(figure):
    made, html = plotly_figure(figure), drawing_of(figure)

    assert made.data
    assert "<b>x" not in made.to_json().replace("\\u003c", "<")
    assert "<b>x" not in html
    assert "<script" not in html
    assert ("<svg" in html) == (figure is not TABLE)


def test_a_chart_keeps_axes_bands_and_gaps():
    made = plotly_figure(CHART)

    assert made.layout.xaxis.type == "log"
    assert made.layout.xaxis.range == (-1.0, 2.0)
    assert made.layout.yaxis.ticktext == ("low", "&lt;b&gt;x&lt;/b&gt;")
    assert made.layout.title.subtitle.text == "below"
    fan_low, fan_high, fan, best, points = made.data
    assert (fan_low.y, fan_high.y, fan.y) == ((0, 0.5), (0.5, 1), (0, 1))
    assert fan_high.fill == "tonexty"
    assert (best.line.shape, best.line.dash, best.x) == ("hv", "dash", (1, None, 10))
    assert points.error_y.array == (1, 1)
    assert points.error_y.arrayminus == (0, 0)


def test_trials_without_a_parameter_meet_its_axis_below_all_others():
    rate, kind, score = plotly_figure(PARALLEL).data[0].dimensions

    low = math.log10(0.001)
    assert rate["values"][0] == low
    assert rate["values"][1] < low
    assert rate["ticktext"][0] == kind["ticktext"][0] == "none"
    assert "0.01" in rate["ticktext"]
    assert score["values"] == (0.9, 0.8, 0.7)


def test_a_matrix_is_shaded_by_shares_of_rows():
    heat = plotly_figure(MATRIX).data[0]

    assert [list(row) for row in heat.z] == [[0.75, 0.25], [0, 0]]
    assert [list(row) for row in heat.text] == [["3", "1"], ["0", "0"]]
