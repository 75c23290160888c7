"""The kinds of hyperparameters, at the place where programs of KerasTuner import them from."""

from automl.kerastuner.engine.hyperparameters.choices import Boolean, Choice, Fixed
from automl.kerastuner.engine.hyperparameters.container import deserialize, serialize
from automl.kerastuner.engine.hyperparameters.numbers import Float, Int

__all__ = ["Boolean", "Choice", "Fixed", "Float", "Int", "deserialize", "serialize"]
