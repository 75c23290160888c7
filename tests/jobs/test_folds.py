"""A small table is searched in folds: from reading to a model that outlives kills."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import automl
from automl.core.figures import rounded
from automl.core.specs import metric_of
from automl.jobs.folder import read_json, write_json
from automl.study.optuna.optuna_study import OptunaProposer

QUICK = {"target": "y", "family": ("mlp", "linear"), "epochs": 2, "tracking": False, "verbose": 0}


def table(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=rows), "b": rng.normal(size=rows)})
    return frame.assign(y=frame["a"] * 2 - frame["b"] + rng.normal(scale=0.3, size=rows))


def search(folder: Path, **options) -> automl.Result:
    return automl.search(options.pop("data", table()), out=folder, **{**QUICK, "trials": 3, **options})


@pytest.fixture(scope="module")
def job(tmp_path_factory) -> automl.Result:
    return search(tmp_path_factory.mktemp("folds") / "job")


def test_few_rows_are_searched_in_folds_and_trials_run_to_their_end(job):
    options = yaml.safe_load((job.folder / "job.yaml").read_text())

    assert job.summary["folds"] == options["folds"] == 8
    assert options["pruner"] == "none"
    assert set(job.leaderboard.dropna(subset="trial")["state"]) == {"complete"}
    assert job.leaderboard.dropna(subset="trial")["rungs"].isna().all()
    assert job.summary["spread"] > 0


def test_the_score_told_is_out_of_fold_and_never_one_of_rows_that_were_trained_on(job):
    summary = job.summary

    assert summary["exported_score"] is None
    assert (summary["exported_examples"], summary["exported_error"]) == (60, "")
    assert summary["ensemble_score"] <= job.best_score
    assert summary["ensemble_metrics"]["rmse"] == summary["ensemble_score"]


def test_baselines_are_scored_out_of_fold(job):
    # the mean of the other folds is never as good as that of all rows
    assert job.summary["baselines"]["mean"]["val_rmse"] > table()["y"].std(ddof=0)


def test_all_rows_were_trained_on(job):
    with pytest.warns(automl.DataWarning, match="60 of 60 rows were trained on"):
        scores = job.evaluate(table())

    assert scores["rows"] == 60


def test_a_complete_job_keeps_what_its_members_have_found(job):
    kept = {int(path.stem) for path in (job.folder / "candidates").iterdir()}

    assert kept >= {member.trial for member in job.members}


def cut_short(folder: Path) -> None:
    """Make of a complete job one that was killed before it exported anything."""
    state = read_json(folder / "state.json")
    write_json(folder / "state.json", {name: state[name] for name in state if name != "ended"})
    for name in ("model.keras", "result.json", "leaderboard.csv"):
        (folder / name).unlink()


@pytest.mark.parametrize("lost", [False, True], ids=["kept", "weights lost"])
def test_killed_before_the_export_a_job_ends_with_the_same_members(job, tmp_path, lost):
    folder = tmp_path / "copy"
    shutil.copytree(job.folder, folder)
    cut_short(folder)
    if lost:
        (folder / "candidates" / f"{job.summary['best_trial']}.npz").write_bytes(b"")

    result = automl.resume(folder, data=table(), verbose=0)

    assert result.best == job.best
    if not lost:
        assert result.members == job.members
        assert result.predict(table()).equals(job.predict(table()))


class Killed(BaseException):
    """What a process does not live to see."""


def kill_in_keep(monkeypatch) -> None:
    """As the worker has written what trial 1 has found, before the coordinator hears of it."""
    from automl.jobs.trial import worker

    keep = worker.keep

    def dying(end, plan, *rest):
        kept = keep(end, plan, *rest)
        if plan.number == 1:
            raise Killed
        return kept

    monkeypatch.setattr(worker, "keep", dying)


def kill_before_telling(monkeypatch) -> None:
    """As the coordinator has heard of trial 1, before the study has."""
    tell = OptunaProposer.tell

    def dying(self, record, facts):
        if record.number == 1:
            raise Killed
        tell(self, record, facts)

    monkeypatch.setattr(OptunaProposer, "tell", dying)


@pytest.mark.parametrize("kill", [kill_in_keep, pytest.param(kill_before_telling, marks=pytest.mark.slow)])
def test_killed_between_two_writes_a_search_ends_with_the_same_members(job, tmp_path, monkeypatch, kill):
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            search(tmp_path / "job")

    result = automl.resume(tmp_path / "job", data=table(), verbose=0)

    assert result.members == job.members
    assert result.summary["ensemble_score"] == pytest.approx(job.summary["ensemble_score"], rel=1e-5)


def test_with_validation_data_of_the_users_there_are_no_folds(tmp_path):
    table(40).to_csv(tmp_path / "held.csv", index=False)

    result = search(tmp_path / "job", validation=tmp_path / "held.csv", trials=1)

    assert result.summary["folds"] is None
    assert result.summary["exported_score"] == pytest.approx(result.summary["ensemble_score"])


def test_one_fold_is_a_part_that_is_held_out(tmp_path):
    result = search(tmp_path / "job", folds=1, trials=1)

    assert result.summary["folds"] is None
    assert result.summary["exported_examples"] == 12
    assert yaml.safe_load((tmp_path / "job" / "job.yaml").read_text())["pruner"] == "rungs"


def test_a_job_of_an_earlier_version_goes_on_with_the_part_that_it_held_out(tmp_path):
    search(tmp_path / "job", folds=1, trials=1)
    path = tmp_path / "job" / "job.yaml"
    options = yaml.safe_load(path.read_text())
    path.write_text(
        yaml.safe_dump({key: options[key] for key in options if key not in ("folds", "pruner")})
    )

    result = automl.resume(tmp_path / "job", data=table(), trials=2, verbose=0)

    assert (result.summary["folds"], result.summary["trials"]) == (None, 2)


def test_folds_by_time_end_with_one_network_that_has_seen_all_rows(tmp_path):
    frame = table().assign(day=pd.date_range("2024-01-01", periods=60).astype(str))

    result = search(tmp_path / "job", data=frame, time_column="day", folds=3, trials=1, family="linear")

    assert (result.summary["folds"], result.summary["exported_error"]) == (3, "")
    assert len(result.members) == 1
    with pytest.warns(automl.DataWarning, match="60 of 60 rows were trained on"):
        result.evaluate(frame)


def test_within_a_time_limit_trials_of_folds_are_never_thrown_away_for_their_length(tmp_path):
    result = search(tmp_path / "job", time_limit="25s", trials=None, family="mlp", epochs=200)

    assert result.summary["finished"] >= 1
    assert not result.leaderboard["reason"].fillna("").str.contains("too slow").any()


def test_the_report_tells_what_networks_rely_on_that_were_not_trained_on_the_rows(job):
    report = read_json(job.folder / "report.json")
    (section,) = [item for item in report["sections"] if item["key"] == "explained_importance"]

    score, metric = rounded(job.summary["ensemble_score"], 4), metric_of(job.summary["metric"])
    assert section["text"].startswith("On rows that were not trained on (out of fold).")
    assert f"As they are, {metric} is {score} on these rows." in section["text"]
