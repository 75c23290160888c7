"""What the measurement of a served model prints."""

from __future__ import annotations

import numpy as np

from benchmarks.serving import Measured, numbers_of, requests_of


def test_numbers_of_an_answer_are_compared_without_its_place():
    assert numbers_of({"row": 3, "prediction": "a", "probability_a": 0.75, "gone": None}) == [0.75]


def test_a_line_has_the_cost_of_a_request_and_its_latencies():
    measured = Measured(seconds=np.linspace(0.001, 0.1, 100), cpu=0.5, numbers=np.empty(0))

    line = measured.line("served")

    assert line.split()[:4] == ["served", "5.00", "ms", "CPU"]
    assert "50.5 ms p50" in line
    assert "99.0 ms p99" in line


def test_requests_begin_anew_where_the_rows_end():
    rows = [{"a": 1}, {"a": 2}, {"a": 3}]

    assert requests_of(rows, 2, 2) == [[rows[0], rows[1]], [rows[2], rows[0]]]
