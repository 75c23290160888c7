"""A candidate that names its rows is trained on them alone, by either engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.targets import take_rows
from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE
from automl.testing.trained import candidate_of, curve, split_of, train
from automl.training.compiled import CompiledEngine
from automl.training.engine import Engine
from automl.training.streaming import FitEngine

SAMPLE = FamilySample(name="tabular/linear", tensors=TABLE, small={"numeric_bins": 4})


@pytest.mark.parametrize("engine", [CompiledEngine(), FitEngine()], ids=["compiled", "streaming"])
def test_named_rows_are_all_that_is_learned_from(engine: Engine) -> None:
    rows, whole = np.arange(1, 40, 2, dtype=np.int32), split_of(SAMPLE)
    part = replace(
        whole, train=take_rows(whole.train, rows), train_targets=take_rows(whole.train_targets, rows)
    )

    named = train(engine, replace(candidate_of(SAMPLE), rows=rows), whole)

    assert curve(named) == pytest.approx(curve(train(engine, candidate_of(SAMPLE), part)), rel=1e-5)
    assert curve(named) != pytest.approx(curve(train(engine, candidate_of(SAMPLE), whole)), rel=1e-5)
