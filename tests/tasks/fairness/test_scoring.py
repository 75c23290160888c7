"""Scores of two classes with the groups of rows beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.mistakes import Asked
from automl.core.protected import Protected
from automl.tasks.catalog import fit_task, restore_task

GROUPS = np.array(["f", "f", "f", "m", "m", "m"], object)
LABELS = {"target": np.array(["no", "yes", "yes", "no", "yes", "no"], object)}
CHANCE = np.array([0.3, 0.45, 0.8, 0.3, 0.9, 0.6])
PREDICTED = {"target": np.stack([1 - CHANCE, CHANCE], axis=1)}
ASKED = Asked(protected=Protected(columns=("sex",), groups=("f", "m")), mitigate=("reweighing",))


def task_of(**facts: Any) -> Any:
    task: Any = fit_task("binary", LABELS, names=("y",), facts={"asked": ASKED})
    return restore_task({**task.describe(), **facts})


def scores(task: Any, encoded: dict[str, np.ndarray]) -> dict[str, float]:
    scorer = task.scorer()
    for rows in (slice(0, 2), slice(2, 6)):
        scorer.update(*({name: item[rows] for name, item in part.items()} for part in (encoded, PREDICTED)))
    found: dict[str, float] = scorer.result()
    return found


def test_differences_are_measured_where_groups_are_known() -> None:
    task = task_of()
    encoded = {**task.encode(LABELS), **task.grouped({"sex": GROUPS})}

    found = scores(task, encoded)

    assert found["equalized_odds_difference"] == pytest.approx(0.5)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert "equalized_odds_difference" not in scores(task, task.encode(LABELS))


def test_thresholds_of_groups_decide_in_scores_and_answers() -> None:
    task = task_of(by_group={"f": 0.4, "m": 0.7})
    encoded = {**task.encode(LABELS), **task.grouped({"sex": GROUPS})}

    assert scores(task, encoded)["accuracy"] == 1.0
    assert scores(task, encoded)["equalized_odds_difference"] == 0.0
    answered = task.of_rows({"sex": GROUPS}).decode(PREDICTED)["prediction"]
    assert answered.tolist() == LABELS["target"].tolist()
    with pytest.raises(DataError, match="'sex'"):
        task.of_rows({})


def test_training_targets_get_the_weights_of_their_rows() -> None:
    task = task_of()
    encoded = task.encode(LABELS)

    weighed = task.reweighed(encoded, {"sex": GROUPS})["target"]

    assert weighed.argmax(axis=1).tolist() == encoded["target"].argmax(axis=1).tolist()
    assert weighed.sum(axis=1) == pytest.approx([1.5, 0.75, 0.75, 0.75, 1.5, 0.75])


def test_all_of_it_comes_back_from_the_description() -> None:
    task = task_of(by_group={"f": 0.4, "m": 0.7})

    assert restore_task(task.describe()) == task
