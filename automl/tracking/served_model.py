"""What MLflow loads when the registered winner is asked for predictions: this package, on its job folder.

A registered model names this module (MLflow calls that a loader module), so nothing is pickled and the
answers are those of ``automl predict``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

from automl.core.errors import InputError

JOB_FILES = (
    "model.keras",
    "schema.json",
    "task.json",
    "job.yaml",
    "result.json",
    "leaderboard.csv",
    "model_card.md",
    "coverage.npz",
)
"""Files of a job folder that predicting needs; those that exist travel with the registered model."""

SERVING = "serving.json"
"""How the model answers: whether it is lenient."""


class ServedModel:
    """Answers raw examples with labels and probabilities, or values; one call at a time.

    Args:
        result: what ``automl.load`` returns.
        lenient: whether cells that cannot be read are taken as missing, as ``automl predict`` does.
    """

    def __init__(self, result: Any, *, lenient: bool = False) -> None:
        self._result = result
        self._lenient = lenient
        self._lock = Lock()

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Return the predictions of raw examples as a DataFrame, one row each (a forecast: one per step).

        Args:
            model_input: DataFrame with the training file's columns (the target is not needed), or an
                array, alone or by its name.
            params: not used; MLflow's signature.

        Raises:
            MlflowException: with the status 400 of a server, where the input cannot be read.
        """
        if isinstance(model_input, Mapping) and len(model_input) == 1:
            (model_input,) = model_input.values()
        # Keras builds its function at the first call, and imports as it goes: two threads would race
        with self._lock:
            try:
                if not self._lenient:
                    self._result.refuse_unreadable(model_input)
                return self._result.predict(model_input)
            except InputError as error:
                raise MlflowException(str(error), error_code=INVALID_PARAMETER_VALUE) from error


def _load_pyfunc(path: str) -> ServedModel:
    """Load the job folder saved at ``path``; the name is the one MLflow looks for.

    The model has answered once before this returns, so that a server that says it is ready is.
    """
    # imported by name: tracking must not import from the layers above it
    load = import_module("automl").load
    folder = Path(path)
    kept = folder / SERVING
    lenient = kept.is_file() and bool(json.loads(kept.read_text(encoding="utf-8"))["lenient"])
    model = ServedModel(load(folder), lenient=lenient)
    example = _example(folder)
    if example is not None:
        with suppress(MlflowException):
            model.predict(example)
    return model


def _example(folder: Path) -> Any:
    """The input example that lies beside the job's files; None where there is none."""
    for parent in folder.parents:
        if (parent / "MLmodel").is_file():
            return Model.load(str(parent)).load_input_example(str(parent))
    return None
