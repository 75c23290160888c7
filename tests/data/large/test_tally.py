"""What is told of the parts of a table is told once, for all of it."""

from __future__ import annotations

import pytest

from automl.core.notes import Note
from automl.data.large.tally import Tally


def test_counts_of_parts_are_added_up_and_told_once():
    tally = Tally()
    tally.hear([Note("Column 'a': 2 of 100 cells are no numbers.", 0.02), Note("No x is known.")], 100)
    tally.hear([Note("Column 'a': 5 of 50 cells are no numbers.", 0.1), Note("No x is known.")], 50)

    first, second = tally.notes()

    assert first == "Column 'a': 7 of 150 cells are no numbers."
    assert first.share == pytest.approx(7 / 150)
    assert second == "No x is known."


def test_columns_and_findings_are_told_apart():
    tally = Tally()
    tally.hear([Note("Column 'a': 1 of 10 cells hold words ('x') that are new.", 0.1)], 10)
    tally.hear([Note("Column 'a': 2 of 10 cells hold words ('y', ...) that are new.", 0.2)], 10)
    tally.hear([Note("Column 'b': 3 of 10 cells are no dates.", 0.3)], 10)

    first, second = tally.notes()

    assert first == "Column 'a': 3 of 30 cells hold words ('x') that are new."
    assert second == "Column 'b': 3 of 30 cells are no dates."
