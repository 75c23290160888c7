from __future__ import annotations

import pytest

from automl.core.specs import Objective, TrialRecord
from automl.study.promotion.front import best_records

UP = Objective(name="accuracy", direction="maximize")
DOWN = Objective(name="seconds", direction="minimize")


@pytest.mark.parametrize(
    ("objectives", "scores", "front"),
    [
        ((UP,), [(0.1,), (0.3,), (0.3,), (0.2,)], [1]),
        ((DOWN,), [(0.1,), (0.3,)], [0]),
        ((UP, DOWN), [(0.9, 5.0), (0.8, 1.0), (0.7, 2.0), (0.9, 5.0)], [0, 1]),
        ((UP,), [], []),
    ],
)
def test_nothing_beats_a_record_of_the_front(objectives, scores, front):
    records = [
        TrialRecord(number=number, configuration={}, state="complete", scores=values)
        for number, values in enumerate(scores)
    ]
    assert [record.number for record in best_records(records, objectives)] == front


def test_only_complete_trials_are_in_the_front():
    records = [
        TrialRecord(number=0, configuration={}, state="pruned", scores=(0.9,)),
        TrialRecord(number=1, configuration={}, state="failed"),
        TrialRecord(number=2, configuration={}, state="complete", scores=(0.1,)),
    ]
    assert [record.number for record in best_records(records, (UP,))] == [2]
