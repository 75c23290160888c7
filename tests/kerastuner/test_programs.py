"""Whole programs written for KerasTuner: they run with one line changed, as they do on KerasTuner."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
IMPORT = re.compile(r"^import keras_tuner$", re.MULTILINE)


def outcome_of(path: Path, library: str = "keras_tuner") -> dict[str, object]:
    text, count = IMPORT.subn(f"import {library} as keras_tuner", path.read_text())
    assert count == 1
    names: dict[str, object] = {"__name__": "program"}
    with warnings.catch_warnings():
        warnings.simplefilter("default" if library == "automl.kerastuner" else "ignore")
        exec(compile(text, path.name, "exec"), names)  # noqa: S102
    return names["outcome"]


EXPECTED = {
    "black_box": {"first is the default": True, "best": True, "all in range": True, "different": 6},
    "code_kept_apart": {
        "names": ["optimizer", "units"],
        "files": ["0.keras", "1.keras", "best.keras"],
        "again": True,
        "best": True,
    },
    "conditional_scopes": {
        "space": ["model_type", "mlp_units", "conv/filters"],
        "only active values": True,
        "contains": True,
    },
    "custom_metric": {
        "metrics": ["loss", "val_loss", "val_worst", "worst"],
        "score is that of the metric": True,
        "summary": True,
    },
    "custom_objective": {
        "metrics": ["agreement", "extra"],
        "direction": "max",
        "score": True,
        "model": "Sequential",
    },
    "custom_training_loop": {"names": ["batch_size", "units"], "weights are those of the score": True},
    "failed_trials": {
        "statuses": ["COMPLETED", "FAILED", "COMPLETED", "FAILED", "COMPLETED"],
        "runs": ["0", "1", "1", "2", "3", "4"],
        "told why": True,
        "hopeless": True,
        "hopeless runs": ["0", "0", "1", "1"],
    },
    "failing_models": {
        "statuses": {
            (1, 1): "COMPLETED",
            (1, 2): "FAILED",
            (2, 1): "FAILED",
            (2, 2): "FAILED",
        },
        "the same": True,
        "builds of a large one": (2, 1),
        "over": "too large: 11 parameters",
    },
    "getting_started": {
        "trials": 2,
        "ids": ["0", "1"],
        "statuses": ["COMPLETED"],
        "values": {
            "num_layers": "int",
            "units_0": "int",
            "activation": "str",
            "dropout": "bool",
            "lr": "float",
        },
        "models": ["Sequential", "Sequential"],
        "predicts": (3, 2),
        "remaining": 0,
    },
    "gradient_loop": {
        "first": {"batch_size": 16, "rate": 1e-2},
        "names": ["batch_size", "rate", "units"],
        "weights are those of the score": True,
    },
    "grid": {
        "count": 9,
        "different": 9,
        "first": (("model", "linear"), ("size", 1)),
        "best": {"model": "linear", "size": 1},
    },
    "hyperband": {
        "ids": ["0000", "0001", "0002", "0003", "0004", "0005"],
        "plan": [(1, 0, 0, 1)] * 3 + [(1, 1, 1, 3)] + [(0, 0, 0, 3)] * 2,
        "promoted": 1,
        "best": "Sequential",
    },
    "image_sizes": {
        "names": ["image_size", "normalize", "shuffle", "units"],
        "input": True,
        "trained": ["accuracy", "loss"],
        "statuses": {"COMPLETED"},
    },
    "own_training": {
        "calls": ["begin", "epoch", "begin", "epoch"],
        "file": True,
        "project": "own",
        "units": ["int", "int"],
    },
    "ready_made_models": {
        "searched": ["learning_rate", "conv2d_num_filters", "sep_num_filters", "num_residual_blocks"],
        "rest": {"pooling": "avg", "dropout_rate": 0.5},
        "model": ("Xception", True, (None, 3)),
        "loss": "sparse_categorical_crossentropy",
    },
    "reload_and_resume": {
        "known": 1,
        "remaining": 1,
        "after": 2,
        "reloaded": 2,
        "best is the same": True,
        "scores": True,
        "fresh": 0,
    },
    "several_executions": {
        "each execution has its own callbacks": [2, 2, 2, 2],
        "scores": True,
        "trials": 2,
    },
    "several_objectives": {
        "score": True,
        "best": True,
        "metrics": ["accuracy", "loss", "multi_objective", "val_accuracy", "val_loss"],
        "objective": ("multi_objective", "min"),
    },
    "sklearn_models": {
        "trials": 3,
        "score": True,
        "metrics": ["accuracy_score", "score"],
        "predicts": (150,),
    },
    "subclass_with_fit": {
        "names": ["batch_size", "normalize", "units"],
        "batch_size": True,
        "metrics": ["loss", "mae", "val_loss", "val_mae"],
        "score is that of the metric": True,
        "name": "mine",
    },
    "tailored_space": {
        "statuses": {"COMPLETED"},
        "rate": 1e-4,
        "units": 4,
        "optimizer": "SGD",
        "refused": True,
        "fixed and searched": [("learning_rate", "Fixed"), ("units", "Int")],
    },
}


def test_every_program_is_run():
    assert {path.stem for path in PROGRAMS} == set(EXPECTED)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_runs_with_its_import_changed(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert outcome_of(path, "automl.kerastuner") == EXPECTED[path.stem]


REFUSED = {"custom_metric": "already been configured to use input shape"}
"""What Keras 3 says of programs that KerasTuner 1.4.8 runs no more: it builds for the first batch."""


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_it_does_the_same_on_kerastuner(path, tmp_path, monkeypatch):
    pytest.importorskip("tensorboard", reason="KerasTuner needs it")
    pytest.importorskip("keras_tuner", reason="the bench extra is not installed")
    monkeypatch.chdir(tmp_path)

    if path.stem in REFUSED:
        with pytest.raises(ValueError, match=REFUSED[path.stem]):
            outcome_of(path)
    else:
        assert outcome_of(path) == EXPECTED[path.stem]


def test_a_project_is_a_job_folder(tmp_path, monkeypatch):
    from automl.cli.app import run

    monkeypatch.chdir(tmp_path)
    outcome_of(Path(__file__).parent / "programs" / "getting_started.py", "automl.kerastuner")

    assert run(["leaderboard", "results/helloworld"]) == 0
    assert (tmp_path / "results" / "helloworld" / "study.journal").exists()
    assert not list(tmp_path.glob("results/helloworld/trial_*/state-*"))
