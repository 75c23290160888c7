"""What MLflow loads when the registered winner is asked for predictions: this package, on its job folder.

A registered model names this module (MLflow calls that a loader module), so nothing is pickled and the
answers are those of ``automl predict``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

JOB_FILES = (
    "model.keras",
    "schema.json",
    "task.json",
    "job.yaml",
    "result.json",
    "leaderboard.csv",
)
"""Files of a job folder that predicting needs; those that exist travel with the registered model."""


class ServedModel:
    """Answers raw examples with labels and probabilities, or values.

    Args:
        result: what ``automl.load`` returns.
    """

    def __init__(self, result: Any) -> None:
        self._result = result

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Return the predictions of raw examples as a DataFrame, one row each (a forecast: one per step).

        Args:
            model_input: DataFrame with the training file's columns (the target is not needed), or an
                array, alone or by its name.
            params: not used; MLflow's signature.
        """
        if isinstance(model_input, Mapping) and len(model_input) == 1:
            (model_input,) = model_input.values()
        return self._result.predict(model_input)


def _load_pyfunc(path: str) -> ServedModel:
    """Load the job folder saved at ``path``; the name is the one MLflow looks for."""
    # the package's face is looked up by name: a tracker knows nothing of the storeys above it
    load = import_module("automl").load
    return ServedModel(load(Path(path)))
