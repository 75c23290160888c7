"""One network in place of an ensemble: taught, measured on rows that it has not seen, exported and told."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli.app import run
from automl.core.errors import ConfigError
from automl.core.members import Member, joined_winner
from automl.core.targets import named
from automl.jobs.config import JobConfig
from automl.jobs.finish import distill
from automl.jobs.finish.distill import told
from automl.jobs.finish.lessons import Lesson
from automl.jobs.intake.intake import check_early
from automl.jobs.intake.setting import check_distilling
from automl.tasks.catalog import fit_task
from automl.tasks.kinds.classification import ClassificationOptions
from automl.tasks.kinds.regression import RegressionOptions

ROWS = 120


def table(task: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=ROWS), "town": rng.choice(["Bonn", "Ulm"], ROWS)})
    amount = frame["a"] + (frame["town"] == "Ulm") + rng.normal(scale=0.3, size=ROWS)
    return frame.assign(y=amount if task == "regression" else np.where(amount > 0.5, "yes", "no"))


@pytest.fixture
def ensemble(monkeypatch: pytest.MonkeyPatch) -> list[Lesson]:
    """Two trials teach; the list holds what."""
    lessons: list[Lesson] = []
    lesson_of = distill.lesson_of

    def teach(*args: Any, **options: Any) -> Lesson:
        lessons.append(lesson_of(*args, **options))
        return lessons[-1]

    both = joined_winner({0: 0.5, 1: 0.5})
    monkeypatch.setattr("automl.jobs.search.search.choose_winner", lambda *args: both)
    monkeypatch.setattr(distill, "lesson_of", teach)
    return lessons


def check(summary: dict[str, Any], metric: str) -> None:
    facts = summary["distilled"]
    gain = facts["ensemble"] - facts["single"]
    assert {item["trial"] for item in facts["teachers"]} == {0, 1}
    assert facts["metric"] == metric
    assert facts["share"] == (
        pytest.approx((facts["score"] - facts["single"]) / gain) if gain < 0 else None
    )


def test_with_folds_a_network_of_each_is_measured_and_one_of_all_is_exported(
    ensemble, tmp_path, monkeypatch
):
    kept = distill._kept
    monkeypatch.setattr(distill, "_kept", lambda *args: {**kept(*args), "exported": True})
    options = {"family": "linear", "trials": 2, "epochs": 2, "tracking": False, "verbose": 0}
    result = automl.search(
        table("binary"), target="y", distill=True, folds=3, out=tmp_path / "job", **options
    )

    by_fold, whole = ensemble
    rows, shares = [part.train for part in by_fold.parts], whole.targets["target"]
    assert result.members == (Member(trial=result.summary["best_trial"], weight=1.0),)
    check(dict(result.summary), "val_log_loss")
    assert result.summary["exported_error"] == ""
    assert not any("linear_1" in layer.name for layer in result.model.layers)
    assert (len(rows), whole.parts, whole.repeats) == (3, (), 5.0)
    assert len(np.intersect1d(rows[0], rows[1])) == 0
    assert shares.shape == (5 * ROWS, 2)
    assert ((shares > 0) & (shares < 1)).all()
    assert (shares[:ROWS, 1] > 0.5).tolist() == (table("binary")["y"] == "yes").tolist()


def test_the_command_distills_within_a_limit_and_tells_what_was_kept(ensemble, tmp_path, capsys):
    file, job = tmp_path / "t.csv", str(tmp_path / "job")
    table("regression").to_csv(file, index=False)
    command = ["search", str(file), "--target", "y", "--family", "linear", "--trials", "2", "--epochs", "2"]
    command += ["--folds", "1", "--distill", "--constraint", "parameters<=1000", "--no-tracking"]

    assert run([*command, "--json", "--out", job]) == 0
    summary = json.loads(capsys.readouterr().out)
    check(summary, "val_rmse")
    facts = summary["distilled"]
    scored = facts["score"] if facts["exported"] else facts["single"]
    assert summary["exported_score"] == pytest.approx(scored, rel=1e-4)
    assert run(["resume", job]) == 0
    assert "Distilled val_rmse: " in capsys.readouterr().out
    assert len(ensemble) == 1


@pytest.mark.parametrize(
    ("share", "said"), [(0.97, "97% of the ensemble's gain"), (0.5, "Warning: "), (None, "trial 3 alone")]
)
def test_less_than_most_of_the_gain_is_a_warning(share, said):
    known = {"metric": "val_log_loss", "score": 0.2, "ensemble": 0.19, "single": 0.3}
    facts = {**known, "share": share, "exported": True}

    assert said in told(facts, "trial 3")
    assert ("Warning" in told(facts, "trial 3")) == (share == 0.5)


@pytest.mark.parametrize(
    ("networks", "left", "said"), [(1, None, "no ensemble to distill"), (10, 5.0, "No time was left")]
)
def test_without_ensemble_or_time_the_best_trial_is_exported(networks, left, said, monkeypatch):
    student: Any = SimpleNamespace(number=4, seconds=100.0, compile_seconds=0.0)
    teacher: Any = SimpleNamespace(networks=networks)
    monkeypatch.setattr(distill, "_alone", lambda session, teacher, student: teacher)

    found = distill.distill(SimpleNamespace(setting=None, seconds_left=left), teacher, student)  # type: ignore[arg-type]

    assert (found.winner, found.facts) == (teacher, None)
    assert said in found.note
    assert "trial 4" in found.note


def test_a_network_that_is_no_better_than_the_best_trial_is_not_exported():
    facts = {"metric": "val_rmse", "score": 2.0, "ensemble": 1.0, "single": 1.9, "share": -0.1}

    text = told({**facts, "exported": False}, "trial 3")

    assert text.startswith("Warning: ")
    assert text.endswith("so the model is trial 3 alone.")


def test_one_network_is_made_in_one_way():
    with pytest.raises(ConfigError, match="single and distill cannot be combined"):
        check_early(JobConfig(single=True, distill=True))


@pytest.mark.parametrize(
    ("metric", "folds", "task", "said"),
    [
        ("parameters", 5, "binary", "parameters is a cost"),
        ("accuracy", 5, "binary", "folds by time"),
        ("mse", 1, "forecasting", "a forecasting task cannot be distilled"),
    ],
)
def test_what_cannot_be_distilled_is_refused(metric, folds, task, said):
    fitted = fit_task("binary", named(np.array(["a", "b"], object)), names=("y",), facts={})
    given: Any = fitted if task == "binary" else SimpleNamespace(kind=task)
    examples = SimpleNamespace(times=np.arange(9), groups=None)
    dataset = SimpleNamespace(task="binary", windows=None, examples=examples)
    intake: Any = SimpleNamespace(
        objectives=(SimpleNamespace(name=metric),), folds=(None,) * folds, dataset=dataset
    )

    with pytest.raises(ConfigError, match=said):
        check_distilling(intake, given)


def test_tasks_learn_from_predictions_as_from_targets():
    labels: Any = fit_task("binary", named(np.array(["a", "b"] * 5, object)), names=("y",), facts={})
    flags: Any = fit_task("multilabel", named(np.eye(2)), names=("p", "q"), facts={})
    amounts: Any = fit_task("regression", named(np.arange(10.0)[:, None]), names=("y",), facts={})
    weighted = ClassificationOptions(label_smoothing=0.1, class_weight="balanced")

    for task in (labels, flags):
        lesson = task.lesson(named(np.array([[0.25, 0.75]])))
        np.testing.assert_array_equal(lesson["target"], np.array([[0.25, 0.75]], np.float32))
        assert task.taught(weighted) == ClassificationOptions()
    assert amounts.lesson(named(np.array([[4.5]])))["target"] == pytest.approx(0.0)
    assert amounts.taught(RegressionOptions(loss="huber", target_curve="log")).loss == "mse"
    assert amounts.taught(RegressionOptions(loss="huber", target_curve="log")).target_curve == "log"


def test_a_joint_task_teaches_each_target():
    raw = {"sold": np.array(["a", "b"] * 10, object), "price": np.arange(20.0)[:, None]}
    parts = {"sold": "binary", "price": "regression"}
    task: Any = fit_task("joint", raw, names=("sold", "price"), facts={"parts": parts})
    predictions = {"sold": np.full((2, 2), 0.5), "price": np.full((2, 1), 9.5)}

    lesson = task.lesson(predictions)

    assert {name: values.dtype for name, values in lesson.items()} == dict.fromkeys(parts, np.float32)
    assert task.taught(task.options(label_smoothing=0.1, loss="huber")) == task.options()
    assert task.taught(task.options(balance=0.3)).balance == 0.3
