"""Outputs that come in portions are put together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from automl.training.scoring import Collected

ROWS = 7
OUTPUTS = {"a": np.arange(ROWS * 2.0).reshape(ROWS, 2), "b": np.arange(ROWS, dtype=np.int32)}


@pytest.mark.parametrize("portions", [[range(7)], [range(4), range(4, 7)], [range(4, 7), range(4)]])
def test_all_outputs_are_scored_at_once_in_their_order(portions: list[range]) -> None:
    seen: list[Mapping[str, np.ndarray]] = []

    def score(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
        seen.append(outputs)
        return {"rows": float(len(outputs["a"]))}

    scorer = Collected(ROWS, score)
    for rows in portions:
        scorer.update(np.array(rows), {name: values[rows] for name, values in OUTPUTS.items()})

    assert scorer.result() == {"rows": ROWS}
    for name, values in OUTPUTS.items():
        np.testing.assert_array_equal(seen[0][name], values)
        assert seen[0][name].dtype == values.dtype
