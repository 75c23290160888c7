"""How long trials are: in epochs and in passes, by space, rows and the user's wish."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, Handling, ReadOptions
from automl.data.source import open_source
from automl.jobs.intake.lengths import (
    LEAST_PASSES,
    MOST_IN_FOLDS,
    full_length,
    in_folds,
    in_time,
    of_passes,
)
from automl.spaces.loading import load_space
from automl.spaces.parsing import parse_space
from automl.spaces.space import SearchSpace

PARAMETERS = "parameters: {width: {type: integer, low: 1, high: 8}"
PLAIN = f"epochs: 12\n{PARAMETERS}}}"
PASSING = f"epochs: 15\n{PARAMETERS}, passes: {{type: integer, low: 1, high: 512, default: 256}}}}"


def space(text: str) -> SearchSpace:
    return parse_space(text, source="mine.yaml", name="mine")


def dataset(rows: int) -> Dataset:
    table = pd.DataFrame({"x": np.arange(rows) / 3, "y": ["a", "b"] * (rows // 2)})
    return TABULAR.read(open_source(table), ReadOptions(target=("y",)))


@pytest.mark.parametrize(
    ("text", "asked", "rows", "epochs"),
    [
        (PLAIN, None, 50_000, 12),
        (PLAIN, None, 500, 100),
        (PASSING, None, 500, 15),
        (PLAIN, 7, 500, 7),
        (PASSING, 7, 500, 7),
    ],
)
def test_few_rows_are_seen_more_often_unless_the_space_or_the_user_says(
    text: str, asked: int | None, rows: int, epochs: int
) -> None:
    assert full_length(asked, space(text), dataset(rows), 1) == epochs


def test_what_the_user_asks_for_is_passes_of_every_space() -> None:
    assert of_passes(space(PASSING), 7).default()["passes"] == 7
    assert of_passes(space(PLAIN), 7) == space(PLAIN)


@pytest.mark.parametrize(
    ("task", "rows", "passes"), [("regression", 500, 256), ("regression", 5000, 64), ("binary", 500, 16)]
)
def test_realmlp_sees_few_amounts_often_and_classes_seldom(task: str, rows: int, passes: int) -> None:
    shipped = load_space("tabular/realmlp", task=task).for_rows(rows)

    assert shipped.default()["passes"] == passes


@pytest.mark.parametrize(("seconds", "passes"), [(None, None), (1000, None), (100, 25), (1, LEAST_PASSES)])
def test_trials_that_are_dear_are_as_long_as_half_of_the_time(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, passes: int | None
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("automl.jobs.intake.cost.named_accelerator", str)
    dear = Handling(examples_per_epoch=10, example_seconds=0.02)

    assert in_time(40, dear, 200, seconds) == passes
    assert in_time(40, Handling(examples_per_epoch=10), 200, seconds) is None


def test_in_folds_an_epoch_of_few_rows_is_several_passes() -> None:
    epochs, passes = in_folds({"linear": 200, "mlp": 12}, None)

    assert epochs == {"linear": MOST_IN_FOLDS, "mlp": 12}
    assert passes == {"linear": 200}


def test_in_folds_the_epochs_that_the_user_asks_for_are_passes() -> None:
    assert in_folds({"linear": 60}, 60) == ({"linear": 60}, {})
