"""Hyperparameters, and the container of a space and its current values."""

from automl.kerastuner.engine.hyperparameters import hp_types
from automl.kerastuner.engine.hyperparameters.choices import Boolean, Choice, Fixed
from automl.kerastuner.engine.hyperparameters.container import HyperParameters, deserialize, serialize
from automl.kerastuner.engine.hyperparameters.hyperparameter import HyperParameter
from automl.kerastuner.engine.hyperparameters.numbers import Float, Int

__all__ = [
    "Boolean",
    "Choice",
    "Fixed",
    "Float",
    "HyperParameter",
    "HyperParameters",
    "Int",
    "deserialize",
    "hp_types",
    "serialize",
]
