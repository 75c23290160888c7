"""Our search spaces in KerasTuner's words."""

from __future__ import annotations

from typing import Any

from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter


def declare(hyperparameters: Any, parameter: Parameter) -> None:
    """Make a parameter known to KerasTuner, whatever it depends on: it draws all, we take what is active.

    Args:
        hyperparameters: ``keras_tuner.HyperParameters``.
        parameter: of a search space.
    """
    if isinstance(parameter, Choice):
        hyperparameters.Choice(parameter.name, list(parameter.values))
    elif isinstance(parameter, Boolean):
        hyperparameters.Boolean(parameter.name)
    elif isinstance(parameter, Constant):
        hyperparameters.Fixed(parameter.name, parameter.value)
    elif isinstance(parameter, Integer | Float):
        say = hyperparameters.Int if isinstance(parameter, Integer) else hyperparameters.Float
        say(parameter.name, parameter.low, parameter.high, sampling="log" if parameter.log else "linear")
