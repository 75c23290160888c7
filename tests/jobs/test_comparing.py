"""Finished jobs beside each other, and those that cannot be compared."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.jobs.comparing import compare
from automl.jobs.folder import JobFolder, write_json

RESULT = {
    "task": "binary",
    "metric": "val_accuracy",
    "direction": "maximize",
    "best_score": 0.8,
    "ensemble_score": 0.85,
    "ensemble_metrics": {"accuracy": 0.85, "log_loss": 0.4},
    "baselines": {"majority": {"val_accuracy": 0.6}},
    "trials": 4,
    "seconds": 60.0,
    "state": "complete",
}


@pytest.fixture
def made(tmp_path):
    def make(
        name: str,
        options: str = "data: /d/people.csv\nseed: 0\n",
        targets=("income",),
        digest="d",
        **changes,
    ):
        job = JobFolder(tmp_path / name)
        job.path.mkdir()
        write_whole(job.job, options)
        write_json(job.result, {**RESULT, **changes})
        write_json(job.schema, {"targets": list(targets)})
        write_json(job.state, {"digest": digest})
        return str(job.path)

    return make


def test_the_best_comes_first_with_the_options_that_differ(made):
    worse = made("worse")
    better = made("better", "data: /d/people.csv\nseed: 0\nfamily:\n- mlp\ntrials: 9\n", ensemble_score=0.9)

    found = compare([worse, better])

    assert [job.folder for job in found.jobs] == [better, worse]
    assert found.differing == {"family": (["mlp"], None), "trials": (9, None)}
    assert found.warnings == ()
    assert (found.jobs[0].baseline, found.jobs[0].data) == (0.6, "people.csv")


def test_of_errors_the_smallest_is_the_best(made):
    error = {"metric": "val_rmse", "direction": "minimize", "baselines": {}}
    folders = [made("a", ensemble_score=2.0, **error), made("b", ensemble_score=1.0, **error)]

    assert [job.ensemble_score for job in compare(folders).jobs] == [1.0, 2.0]
    assert compare(folders).jobs[0].baseline is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets": ("age",)}, "differ in their targets: 'income' in .*, 'age' in "),
        ({"metric": "val_roc_auc"}, "differ in their metric"),
        ({"task": "multiclass"}, "differ in their task"),
    ],
)
def test_different_questions_are_not_compared_in_silence(made, change, message):
    folders = [made("a"), made("b", **change)]

    with pytest.raises(ConfigError, match=message):
        compare(folders)

    found = compare(folders, anyway=True)
    assert [job.folder for job in found.jobs] == folders
    assert "differ in their" in found.warnings[0]


def test_scores_of_other_rows_are_told(made):
    folders = [made("a"), made("b", "seed: 1\nfolds: 5\n", digest="e", state="interrupted")]

    told = " ".join(compare(folders).warnings)

    assert "searched on different data" in told
    assert "folds, seed differ" in told
    assert "b was interrupted" in told


def test_one_job_or_none_finished_is_refused(made, tmp_path):
    with pytest.raises(ConfigError, match="two jobs or more"):
        compare([made("a")])
    (tmp_path / "c").mkdir()
    write_whole(tmp_path / "c" / "job.yaml", "seed: 0\n")
    with pytest.raises(ConfigError, match=r"has no result\.json"):
        compare([made("b"), str(tmp_path / "c")])
