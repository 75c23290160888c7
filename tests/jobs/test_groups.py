"""Groups compared by the metrics of their task."""

from __future__ import annotations

import numpy as np

from automl.jobs.groups import Answered, compare
from automl.tasks.catalog import restore_task

AMOUNTS = restore_task(
    {"kind": "regression", "names": ["y"], "mean": [0], "scale": [1], "low": [-9], "high": [9]}
)


def test_metrics_of_small_groups_are_undefined_or_stay_within_their_bounds() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=(13, 1))
    answered = Answered(
        task=AMOUNTS,
        encoded={"target": truth},
        predictions={"target": truth + random.normal(0, 0.1, (13, 1))},
    )

    found = compare(answered, {"age": np.array(["old"] * 12 + ["young"], object)})["age"]

    assert found["groups"]["old"]["pearson"]["high"] <= 1.0
    assert found["groups"]["young"]["pearson"] == {"value": None, "low": None, "high": None}
    assert any(
        text.startswith("pearson is undefined where the group is young") for text in found["undefined"]
    )
    assert found["groups"]["young"]["mae"]["value"] > 0
