"""What calibrating was worth, in the report."""

from __future__ import annotations

from automl.jobs.report.calibration import calibration_tables
from tests.jobs.report.searches import searched, trial

FACTS = {"temperature": 1.5, "before": 0.4, "after": 0.3, "brier": [0.2, 0.19], "ece": [0.05, 0.01]}


def test_errors_before_and_after_are_shown():
    (table,) = calibration_tables(searched((trial(0, 0.5),), summary={"calibration": FACTS}))

    assert table.rows == (
        ("log-loss", 0.4, 0.3),
        ("Brier score", 0.2, 0.19),
        ("expected calibration error", 0.05, 0.01),
    )
    assert "divided by 1.5" in table.note


def test_probabilities_that_are_left_as_they_are_have_no_table():
    assert calibration_tables(searched((trial(0, 0.5),), summary={"calibration": None})) == ()
    assert calibration_tables(searched((trial(0, 0.5),))) == ()
