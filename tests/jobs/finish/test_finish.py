"""What a job leaves behind to tell how its trials went: in its result, its leaderboard and its runs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from automl.core.members import Winner, joined_winner, sole_winner
from automl.core.specs import Objective, Rung, TrialRecord
from automl.jobs.finish.finish import limit_warning
from automl.jobs.finish.leaderboard import leaderboard_frame
from automl.jobs.finish.records import Records

ACCURACY = Objective(name="accuracy", direction="maximize")


@pytest.fixture(scope="module")
def runs(wine_job):
    """Runs of the job's store by name, the parent under the job's."""
    client = MlflowClient(f"sqlite:///{wine_job.folder.parent / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("wine")
    return {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}


def test_the_parent_run_counts_trials_by_how_they_ended_and_who_proposed_them(wine_job, runs):
    metrics = runs["wine"].data.metrics
    counts = {name.removeprefix("search/"): count for name, count in metrics.items() if "search/" in name}

    assert counts["finished"] + counts["pruned"] == counts["trials"] == 3
    assert (counts["paused"], counts["failed"]) == (0, 0)
    assert counts["origin_portfolio"] == 3
    assert counts["finished"] == wine_job.summary["finished"]


def test_a_trials_run_tells_where_it_came_from_and_is_closed(wine_job, runs):
    for record in wine_job.leaderboard.dropna(subset="trial").itertuples():
        run = runs[f"trial {record.trial}"]

        assert (run.data.tags["state"], run.data.tags["origin"]) == (record.state, record.origin)
        assert run.info.status == {"complete": "FINISHED", "pruned": "KILLED"}[record.state]


def board(*trials: TrialRecord, winner: Winner | None = None, **facts: Any) -> pd.DataFrame:
    best = trials[0]
    records = Records(
        trials=trials,
        front=(best,),
        best=best,
        winner=winner or sole_winner(best.number),
        **{"baselines": (), **facts},
    )
    return leaderboard_frame(records, (ACCURACY,))


def test_the_leaderboard_tells_which_trials_are_members_and_what_they_count_for():
    trials = (trial(0, "complete", 0.9), trial(1, "complete", 0.8), trial(2, "complete", 0.7))

    frame = board(*trials, winner=joined_winner({0: 1, 2: 3})).set_index("trial")

    assert frame["member_weight"].dropna().to_dict() == {0: 0.25, 2: 0.75}
    assert board(*trials).set_index("trial")["member_weight"].dropna().to_dict() == {0: 1.0}


def test_the_leaderboard_tells_how_far_each_trial_came():
    rungs = (Rung(epochs=2, scores=(0.5,)), Rung(epochs=6, scores=(0.7,)))
    known = {"configuration": {}, "state": "complete", "scores": (0.7,)}
    ours = TrialRecord(number=0, origin="model", rungs=rungs, pauses=1, promotions=1, **known)
    frame = board(ours, TrialRecord(number=1, **known)).set_index("trial")

    assert list(frame.loc[0, ["origin", "rungs", "promotions"]]) == ["model", 2, 1]
    assert frame.loc[1, ["rungs", "promotions"]].isna().all()
    assert str(frame["rungs"].dtype) == "Int64"


def trial(number, state, score, **facts) -> TrialRecord:
    known = {
        "configuration": {"family": "mlp", "mlp.width": 64},
        "metrics": {"parameters": 1234.0},
        **facts,
    }
    return TrialRecord(number=number, state=state, scores=() if score is None else (score,), **known)


def test_a_pruned_trial_stands_above_a_baseline_that_it_beats_and_failures_last():
    trials = (trial(0, "failed", None), trial(1, "pruned", 0.9), trial(2, "complete", 0.6))
    baseline = trial(-1, "complete", 0.7, baseline="majority")

    frame = board(*trials, baselines=(baseline,))

    assert frame["name"].tolist() == ["mlp", "majority", "mlp", "mlp"]
    assert frame["state"].tolist() == ["pruned", "complete", "complete", "failed"]


def test_of_equal_trials_the_one_that_the_search_prefers_stands_first():
    losses = [{"log_loss": loss} for loss in (0.4, 0.3, 0.2)]
    trials = (
        trial(0, "complete", 0.9, metrics=losses[0]),
        trial(1, "complete", 0.9, metrics=losses[1]),
        trial(2, "complete", 0.95, metrics=losses[2], constraints=(1.0,)),
    )

    assert board(*trials)["trial"].tolist() == [1, 0, 2]


def test_whole_numbers_are_integers_also_where_rows_lack_them():
    other = trial(1, "complete", 0.8, configuration={"family": "linear"}, metrics={})

    frame = board(trial(0, "complete", 0.9), other)

    written = frame.to_csv(index=False).splitlines()[1].split(",")

    assert {"64", "1234"} <= set(written)


@pytest.mark.parametrize(
    ("excess", "said"),
    [((0.4, -0.1), "the best one violates sold.accuracy>=0.5."), ((0.0, -0.1), ""), ((), "")],
)
def test_a_best_trial_that_violates_a_limit_is_told(excess, said):
    best = TrialRecord(number=0, configuration={}, state="complete", scores=(0.3,), constraints=excess)

    warning = limit_warning(best, ("sold.accuracy>=0.5", "parameters<=1e6"))

    assert warning.endswith(said)
    assert bool(warning) == bool(said)
