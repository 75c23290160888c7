"""Figures are plain data that come back from JSON as they were."""

from __future__ import annotations

import json
import math

import pytest

from automl.core.figures import (
    FIGURES,
    Axis,
    Bars,
    Chart,
    Line,
    Matrix,
    Parallel,
    Picture,
    Table,
    few,
    figure_from_json,
    figure_to_json,
    numbers,
    rounded,
)

CHART = Chart(
    title="a",
    x=Axis(label="x", log=True),
    y=Axis(label="y", low=0.0),
    lines=(Line(x=(1, 2), y=(0.5, None), low=(0.1, None), high=(0.9, None), texts=("p", "q"), tone=-1),),
)
MATRIX = Matrix(
    title="b", rows=("r",), columns=("c", "d"), cells=((1, None),), row_label="true", column_label="said"
)
BARS = Bars(title="c", label="share", names=("n",), values=(0.5,), texts=("half",), dots=True)
TABLE = Table(title="d", columns=("k", "v"), rows=(("a", 1.5), (None, Picture(png="QQ=="))))
PARALLEL = Parallel(
    title="e",
    axes=(Axis(label="w", categories=("s", "t")), Axis(label="score")),
    lines=((0, 0.5), (None, 0.4)),
    texts=("one", "two"),
    best=(0,),
)
SAMPLES = (CHART, MATRIX, BARS, TABLE, PARALLEL)


def test_there_is_a_sample_of_every_figure():
    assert {type(item) for item in SAMPLES} == set(FIGURES.values())


@pytest.mark.parametrize("figure", SAMPLES, ids=lambda item: type(item).__name__)
def test_a_figure_comes_back_from_json_as_it_was(figure):
    text = json.dumps(figure_to_json(figure), allow_nan=False)

    assert figure_from_json(json.loads(text)) == figure


@pytest.mark.parametrize(
    "wrong", [{}, {"figure": "pie"}, {"figure": "bars", "title": "a"}, {"figure": "table", "hue": 1}]
)
def test_what_is_no_figure_is_refused(wrong):
    with pytest.raises((KeyError, TypeError)):
        figure_from_json(wrong)


def test_numbers_are_short_and_gaps_are_none():
    assert numbers([1 / 3, math.nan, math.inf, None, 3.0]) == (0.333333, None, None, None, 3)
    assert rounded(123456.789, 3) == 123000


@pytest.mark.parametrize(("count", "most"), [(5, 10), (10, 10), (1000, 7), (2, 2), (0, 5)])
def test_few_positions_are_spread_from_the_first_to_the_last(count, most):
    places = list(few(count, most))

    assert len(places) == min(count, most)
    assert sorted(set(places)) == places
    assert not count or (places[0], places[-1]) == (0, count - 1)
