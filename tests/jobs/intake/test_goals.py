"""What a job optimises and asks of its task: told where it is usual, refused where it cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.data.modality import Dataset, Examples
from automl.jobs.config import JobConfig
from automl.jobs.intake.goals import Goals, goals_of


def goals(rare: int, task: str = "binary", **options: object) -> Goals:
    labels = np.array(["ill"] * rare + ["well"] * (100 - rare), dtype=object)
    inputs = {"x": np.arange(100.0), "word": labels}
    examples = Examples(inputs=inputs, targets={"target": labels})
    columns = [
        {"name": name, "input": name, "kind": kind}
        for name, kind in (("x", "number"), ("word", "category"))
    ]
    schema = {"columns": columns}
    dataset = Dataset(examples=examples, schema=schema, task=task, target_names=("y",))
    return goals_of(JobConfig(**options), dataset)  # type: ignore[arg-type]


def test_costs_are_asked_of_the_task_and_told() -> None:
    found = goals(5, cost="fn=99,fp=1")

    assert found.dataset.asked.costs is not None
    assert [item.name for item in found.objectives] == ["pr_auc"]
    assert "'ill' that is missed costs 99" in found.notes[-1]
    assert "from 0.01 on" in found.notes[-1]


def test_frequent_classes_with_costs_are_compared_by_a_loss() -> None:
    found = goals(50, cost="fn=99,fp=1")

    assert [item.name for item in found.objectives] == ["log_loss"]
    assert "Mistakes have costs" in found.notes[0]


@pytest.mark.parametrize("metric", ["precision_at_25", "val_recall_at_1_in_500:max"])
def test_numbered_metrics_are_asked_of_the_task(metric: str) -> None:
    found = goals(5, metric=(metric,))

    assert found.dataset.asked.metrics == (found.objectives[0].name,)
    assert found.notes == ()


def test_amounts_say_what_missed_rows_cost_on_average() -> None:
    asked = (found := goals(5, cost="fn=3,fp=1", amount_column="x")).dataset.asked

    assert asked.costs is not None
    assert asked.costs.missed == 3 * np.mean([0, 1, 2, 3, 4])
    assert asked.amounts is not None
    assert (asked.amounts.input, asked.amounts.factor) == ("x", 3.0)
    assert any("3 times its 'x'" in note for note in found.notes)


def test_limits_are_asked_of_the_task() -> None:
    assert goals(5, constraint=("precision_at_10>=0.5",)).dataset.asked.metrics == ("precision_at_10",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"metric": ("expected_cost",)}, "--cost"),
        ({"metric": ("accuracy", "val_accuracy:max")}, "'accuracy' is given twice"),
        ({"task": "multiclass", "cost": "fn=9,fp=1"}, "two classes"),
        ({"task": "multiclass", "metric": ("precision_at_10",)}, "does not fit"),
        ({"metric": ("precision_at_ten",)}, "precision_at_100"),
        ({"amount_column": "x"}, "give --cost"),
        ({"amount_column": "y", "cost": "fn=1,fp=1"}, "'y' is none"),
        ({"amount_column": "word", "cost": "fn=1,fp=1"}, "'word' is none"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        goals(5, **options)  # type: ignore[arg-type]
