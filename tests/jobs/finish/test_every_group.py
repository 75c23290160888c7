"""Folds that lack groups: networks trained on all rows join theirs, from a real search to plain Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl
from automl.jobs.finish.every_group import NETWORKS
from automl.jobs.finish.members import train_winner
from automl.jobs.finish.winner import TrainedWinner, raw_outputs
from automl.jobs.intake.setting import FEW_GROUPS
from automl.tasks.decoding import finished

ROWS, SPEAKERS = 80, 4


def table(groups: int = SPEAKERS) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"a": rng.normal(size=ROWS), "speaker": [f"s{row % groups}" for row in range(ROWS)]}
    )
    return frame.assign(y=2 * frame["a"] + rng.normal(scale=0.1, size=ROWS))


def search(folder: Path, frame: pd.DataFrame, **options: Any) -> tuple[automl.Result, TrainedWinner]:
    found: list[TrainedWinner] = []

    def train(*args: Any) -> TrainedWinner:
        found.append(train_winner(*args))
        return found[-1]

    known = {"family": "linear", "trials": 1, "epochs": 2, "tracking": False, "verbose": 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("automl.jobs.finish.finish.train_winner", train)
        result = automl.search(
            frame, target="y", group_column="speaker", out=folder, **{**known, **options}
        )
    return result, found[0]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[automl.Result, TrainedWinner]:
    return search(tmp_path_factory.mktemp("groups") / "job", table())


def test_networks_on_all_rows_join_those_of_folds(job: tuple[automl.Result, TrainedWinner]) -> None:
    _, winner = job

    (member,) = winner.members
    kernels = [network.get_weights()[0] for network in member.networks()]
    assert len(kernels) == SPEAKERS + NETWORKS
    assert all(np.abs(one - kernels[0]).max() > 0 for one in kernels[1:])


def test_the_exported_model_is_the_mean_of_all_of_them(job: tuple[automl.Result, TrainedWinner]) -> None:
    result, winner = job
    prepared = winner.prepared
    each = [
        finished(prepared.task, raw_outputs(network, prepared.split.validation))["target"]
        for network in winner.members[0].networks()
    ]

    predicted = result.predict(table()[["a"]])["prediction"]

    np.testing.assert_allclose(predicted, np.mean(each, axis=0).ravel(), rtol=1e-4, atol=1e-4)
    assert result.summary["exported_error"] == ""


def test_what_is_told_stays_out_of_fold(job: tuple[automl.Result, TrainedWinner]) -> None:
    result, winner = job

    assert winner.metrics["rmse"] == pytest.approx(result.best_score, rel=1e-5)
    assert result.summary["exported_score"] is None


@pytest.mark.parametrize(
    ("frame", "options"),
    [(table(FEW_GROUPS), {}), (table(), {"folds": 1})],
    ids=["many groups", "held out"],
)
def test_nothing_joins_where_no_fold_misses_much(
    frame: pd.DataFrame, options: dict[str, Any], tmp_path: Path
) -> None:
    result, winner = search(tmp_path / "job", frame, **options)

    assert winner.networks == (result.summary["folds"] or 1)
