"""A whole search with rungs: trials pause, the best go on, and an interruption loses nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import automl
from automl.core.specs import TrialRecord
from automl.data.kinds import number as numbers
from automl.data.modality import Handling
from automl.jobs.progress import SilentProgress

EPOCHS = 8
OPTIONS = {
    "trials": 4,
    "folds": 1,
    "family": "linear",
    "epochs": EPOCHS,
    "settings": ("batch_size=32", "patience=50", "optimizer=adamw"),
    "portfolio": False,
}


class InterruptAfter(SilentProgress):
    """Interrupts a search when so many trials stand at a rung."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    folder = tmp_path_factory.mktemp("rungs")
    return automl.search("sklearn:iris", out=str(folder / "job"), tracking=False, **OPTIONS)


@pytest.fixture
def interrupted(tmp_path: Path) -> automl.Result:
    """The same search, interrupted when three trials waited."""
    return automl.search(
        "sklearn:iris",
        out=str(tmp_path / "job"),
        tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}",
        progress=InterruptAfter(3),
        **OPTIONS,
    )


def trials_of(result: automl.Result) -> pd.DataFrame:
    return result.leaderboard.dropna(subset="trial").set_index("trial")


def test_a_search_ends_with_a_model_trained_to_its_full_length(result):
    board = trials_of(result)

    assert len(board) == OPTIONS["trials"]
    assert set(board["state"]) == {"complete", "pruned"}
    assert board.loc[result.summary["best_trial"], "state"] == "complete"
    assert set(board[board["state"] == "complete"]["epochs"]) == {EPOCHS}


def test_of_many_examples_an_epoch_is_a_part_of_a_pass(tmp_path, monkeypatch):
    few = replace(numbers.NUMBER, handling=Handling(examples_per_epoch=60, least_examples=50_000))
    monkeypatch.setattr(numbers, "NUMBER", few)
    progress = SilentProgress()

    result = automl.search(
        "sklearn:iris",
        out=str(tmp_path / "job"),
        tracking=False,
        progress=progress,
        **{**OPTIONS, "trials": 1, "epochs": 2},
    )

    assert "150 examples: an epoch is 1/3 of a pass over them." in progress.notes
    assert list(trials_of(result)["epochs"]) == [6]


def test_no_state_is_left(result):
    assert not (result.folder / "states").exists()


def test_the_leaderboard_shows_where_trials_came_from_and_how_far_they_went(result):
    board = trials_of(result)
    complete, left = board[board["state"] == "complete"], board[board["state"] == "pruned"]

    assert set(board["origin"]) <= {"random", "neighbour", "model"}
    assert (set(complete["rungs"]), set(complete["promotions"])) == ({2}, {1})
    assert (set(left["rungs"]), set(left["promotions"]), set(left["epochs"])) == ({1}, {0}, {2})


def test_the_study_tells_the_same(result):
    records = {trial.number: trial.user_attrs["record"] for trial in result.study.trials}

    assert all(trial.state.is_finished() for trial in result.study.trials)
    assert [rung[0] for rung in records[result.summary["best_trial"]]["rungs"]] == [2, EPOCHS]


def runs_of(folder):
    """Per trial the state of its run and the steps of its loss, as the MLflow store has them."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    experiments = [item.experiment_id for item in client.search_experiments()]
    for run in client.search_runs(experiments, "tags.trial != ''"):
        steps = [item.step for item in client.get_metric_history(run.info.run_id, "loss")]
        yield int(run.data.tags["trial"]), run.data.tags["state"], sorted(steps)


def test_an_interrupted_search_goes_on_as_if_it_had_not_been(result, interrupted, tmp_path):
    state, waiting = interrupted.summary["state"], set(trials_of(interrupted)["state"])
    kept = {path.stem for path in (interrupted.folder / "states").iterdir()}

    board = trials_of(automl.resume(interrupted.folder)).sort_index()

    assert (state, waiting, kept) == ("interrupted", {"paused"}, {"0", "1", "2"})
    columns = ["val_accuracy", "val_log_loss", "state", "epochs", "rungs", "promotions", "origin"]
    pd.testing.assert_frame_equal(board[columns], trials_of(result).sort_index()[columns])
    for number, ended, steps in runs_of(tmp_path):
        assert ended == board.loc[number, "state"]
        assert steps == list(range(1, int(board.loc[number, "epochs"]) + 1))
