"""Finished projects of KerasTuner become jobs that a search can start from."""

from __future__ import annotations

import json

import pytest

from automl.cli.app import run
from automl.core.errors import ConfigError
from automl.jobs.tune.kerastuner_project import import_project
from automl.study.opening import load_study

SPACE = [
    {"class_name": "Float", "config": {"name": "learning_rate", "default": 1e-4, "conditions": [],
     "min_value": 1e-4, "max_value": 1e-1, "step": None, "sampling": "log"}},
    {"class_name": "Int", "config": {"name": "units", "default": None, "conditions": [],
     "min_value": 32, "max_value": 100, "step": 32, "sampling": "linear"}},
    {"class_name": "Choice", "config": {"name": "act", "default": "relu", "conditions": [],
     "values": ["relu", "tanh"], "ordered": False}},
    {"class_name": "Fixed", "config": {"name": "depth", "conditions": [], "value": 2}},
]  # fmt: skip


def write_trial(folder, number, score, status="COMPLETED", **metrics):
    path = folder / f"trial_{number}"
    path.mkdir(parents=True)
    observed = {} if score is None else {"val_accuracy": ("max", score), **metrics}
    trial = {
        "trial_id": str(number),
        "hyperparameters": {
            "space": SPACE,
            "values": {"learning_rate": 10.0 ** -(number % 3 + 1), "units": 64, "act": "tanh", "depth": 2,
                       "tuner/epochs": 3},
        },
        "metrics": {
            "metrics": {
                name: {"direction": direction, "observations": [{"value": [value], "step": 2}]}
                for name, (direction, value) in observed.items()
            }
        },
        "score": score,
        "best_step": 2,
        "status": status,
        "message": None,
    }  # fmt: skip
    (path / "trial.json").write_text(json.dumps(trial))
    (folder / "oracle.json").write_text("{}")


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "digits"
    for number, score in enumerate([0.5, 0.9, 0.7]):
        write_trial(folder, number, score, loss=("min", 1.0 + number))
    write_trial(folder, 3, None, status="FAILED")
    return folder


def test_completed_trials_are_taken_with_their_ranges(project, tmp_path):
    found = import_project(project, out=str(tmp_path / "job"))
    study = load_study(tmp_path / "job", "digits")

    assert (found.trials, found.objective.label, found.best) == (3, "val_accuracy", 0.9)
    assert study.best_trial.params == {"learning_rate": 0.01, "units": 64, "act": "tanh", "depth": 2}
    assert study.best_trial.distributions["learning_rate"].log
    assert study.best_trial.distributions["units"].high == 96
    assert study.best_trial.user_attrs["record"]["best_epoch"] == 3


def test_a_search_starts_from_it(project, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["import-kerastuner", "digits", "--out", "old"]) == 0
    assert "3 trials, val_accuracy at best 0.9" in capsys.readouterr().out

    options = ["--family", "mlp", "--trials", "1", "--epochs", "1", "--folds", "1", "--no-tracking"]
    assert run(["search", "sklearn:wine", *options, "--warm-start", "old", "--out", "new"]) == 0
    said = capsys.readouterr()
    assert "Warm start from 'digits'" in said.out + said.err


def test_an_objective_that_is_open_is_asked_for(project, tmp_path):
    for path in project.glob("trial_*/trial.json"):
        trial = json.loads(path.read_text())
        metrics = trial["metrics"]["metrics"]
        metrics |= {name.replace("accuracy", "other"): item for name, item in metrics.items()}
        path.write_text(json.dumps(trial))

    with pytest.raises(ConfigError, match="--metric, one of: val_accuracy, val_other"):
        import_project(project, out=str(tmp_path / "job"))
    with pytest.raises(ConfigError, match="--metric loss: the scores of"):
        import_project(project, out=str(tmp_path / "job"), metric="loss")
    assert not (tmp_path / "job").exists()
    assert import_project(project, out=str(tmp_path / "job"), metric="val_other").trials == 3


def test_what_is_no_project_is_refused(tmp_path, project):
    assert run(["import-kerastuner", str(tmp_path / "nothing")]) == 2
    (project / "trial_1" / "trial.json").write_text('{"hyperparameters": 3}')
    with pytest.raises(ConfigError, match=r"trial\.json cannot be read"):
        import_project(project)
    for path in project.glob("trial_*/trial.json"):
        path.unlink()
    with pytest.raises(ConfigError, match=r"has no trial"):
        import_project(project)


def test_a_project_without_results_is_refused(tmp_path):
    write_trial(tmp_path / "poor", 0, None, status="INVALID")

    with pytest.raises(ConfigError, match="none of its 1 trials was completed"):
        import_project(tmp_path / "poor")
