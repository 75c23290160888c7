"""What the report shows of lists of items."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.tasks.evidence.ranking import evidence
from automl.tasks.kinds.ranking import restore
from automl.tasks.shown import Shown

TASK = restore({"items": ["a", "b", "c", "d"]})


def shown(texts: list[str], shares: list[list[float]]) -> Shown:
    truth = {TARGET: np.array(texts, object)}
    predictions = {TARGET: np.array(shares)}
    return Shown(task=TASK, encoded=TASK.encode(truth), truth=truth, predictions=predictions)


def test_longer_lists_find_more_and_the_most_listed_items_are_named():
    made = evidence(shown(["a\nb\tc", "b\nd"], [[-0.4, 0.3, 0.1, 0.2], [0.5, -0.2, 0.1, 0.2]]))

    chart, table = made.figures
    users, share = chart.lines
    assert list(users.y) == [0.5, 1, 1, 1]
    assert list(share.y) == pytest.approx([0.25, 0.75, 1, 1])
    assert table.rows[0][0] == "c"
    assert {row[0]: row[1] for row in table.rows} == {"c": 1, "d": 1, "a": 0.5, "b": 0.5}


def test_nothing_held_out_shows_nothing():
    assert evidence(shown(["a\n"], [[-0.4, 0.3, 0.1, 0.2]])).figures == ()
