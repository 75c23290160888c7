"""Drawings in words hold what eyes would see."""

from __future__ import annotations

from automl.core.figures import Axis, Bars, Chart, Line, Matrix, Parallel
from automl.drawing.described import bars_words, chart_words, matrix_words, parallel_words


def test_lines_are_told_by_their_ends_and_extremes():
    days = Axis(label="day", categories=("Mon", "Tue", "Wed"))
    lines = (
        Line(name="sales", x=(0, 1, 2), y=(5.0, 9.0, None)),
        Line(name="shops", form="points", x=(0, 1), y=(1.0, 2.0)),
        Line(x=(0,), y=(1.0,)),
        Line(name="none", x=(), y=()),
    )

    told = chart_words(Chart(title="Week", x=days, y=Axis(label="euros"), lines=lines))

    assert told == (
        "Week: euros against day. sales: from 5 at Mon to 9 at Tue, lowest 5, highest 9; shops: 2 points; "
        "none: nothing."
    )


def test_bars_are_told_one_by_one():
    bars = Bars(
        title="Worth", label="score", names=("a", "b"), values=(0.5, None), low=(0.4, None), high=(0.6, 1)
    )

    assert bars_words(bars) == "Worth, score: a 0.5 (0.4 to 0.6); b nothing."


def test_a_matrix_is_told_row_by_row_and_a_large_one_by_its_size():
    small = Matrix(
        title="Who",
        rows=("x", "y"),
        columns=("x", "y"),
        cells=((3, 1), (0, None)),
        row_label="actual",
        column_label="said",
    )
    names = tuple(map(str, range(11)))
    large = Matrix(
        title="W", rows=names, columns=names, cells=((0,) * 11,) * 11, row_label="a", column_label="b"
    )

    assert matrix_words(small) == "Who, actual by said. x: x 3, y 1; y: x 0, y nothing."
    assert matrix_words(large).endswith("11 by 11 cells.")


def test_of_parallel_coordinates_the_best_are_told():
    axes = (Axis(label="width"), Axis(label="score"))
    figure = Parallel(
        title="All", axes=axes, lines=((1, 2), (3, 4)), texts=("trial 0", "trial 1"), best=(1,)
    )

    assert parallel_words(figure) == "All of 2 lines over width, score. The best: trial 1."
