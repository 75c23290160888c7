"""A whole job under mixed precision: what is exported, tracked and left behind in the process."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

import automl
from automl.core.errors import ConfigError
from automl.jobs.config import read_config
from automl.jobs.progress import SilentProgress

QUICK = {"family": "linear", "trials": 1, "epochs": 1, "folds": 1, "tracking": False}


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[automl.Result, SilentProgress]:
    folder, progress = tmp_path_factory.mktemp("mixed") / "job", SilentProgress()
    result = automl.search(
        "sklearn:wine",
        precision="mixed_bfloat16",
        engine="streaming",
        settings=("accumulation=4", "batch_size=32"),
        out=str(folder),
        progress=progress,
        **QUICK,
    )
    return result, progress


def test_predictions_are_float32_and_only_the_network_is_mixed(
    job: tuple[automl.Result, SilentProgress],
) -> None:
    result, _ = job
    types = {layer.compute_dtype for layer in result.model.get_layer("linear").layers}

    assert result.outputs("sklearn:wine").dtype == "float32"
    assert "bfloat16" in types
    outside = {layer.compute_dtype for layer in result.model.layers if layer.name != "linear"}
    assert "bfloat16" not in outside


def test_the_policy_does_not_outlive_the_job(job: tuple[automl.Result, SilentProgress]) -> None:
    assert keras.config.dtype_policy().name == "float32"


def test_the_choice_is_said(job: tuple[automl.Result, SilentProgress]) -> None:
    _, progress = job

    assert (
        f"Engine: streaming (as asked for). Backend: {keras.backend.backend()} (KERAS_BACKEND says so). "
        "Precision: mixed_bfloat16." in progress.notes
    )


def test_the_precision_that_auto_chose_stands_in_the_job_file(tmp_path: Path) -> None:
    result = automl.search("sklearn:wine", out=str(tmp_path / "job"), **QUICK)

    assert read_config(result.folder / "job.yaml")["precision"] == "float32"


def test_going_on_keeps_the_precision(job: tuple[automl.Result, SilentProgress]) -> None:
    result, _ = job
    progress = SilentProgress()

    again = automl.resume(result.folder, trials=2, progress=progress)

    assert again.summary["trials"] == 2
    assert any("mixed_bfloat16" in note for note in progress.notes)


@pytest.mark.parametrize(
    ("option", "value", "nearest"),
    [("engine", "compilde", "compiled"), ("precision", "mixed_float", "mixed_float16")],
)
def test_unknown_names_are_refused(option: str, value: str, nearest: str) -> None:
    with pytest.raises(ConfigError, match=f"Did you mean '{nearest}'"):
        automl.search("sklearn:wine", **{option: value})
