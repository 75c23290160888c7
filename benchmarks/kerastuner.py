"""Our search spaces in KerasTuner's words."""

from __future__ import annotations

from typing import Any

from automl.core.specs import Scalar
from automl.spaces.parameters import Boolean, Choice, Constant, Integer, Parameter
from automl.spaces.space import SearchSpace


def hyperparameters_of(library: Any, space: SearchSpace) -> Any:
    """Return a space as ``HyperParameters``; all are drawn, whoever draws takes those that are active.

    Args:
        library: ``keras_tuner``.
        space: to be searched.
    """
    hyperparameters = library.HyperParameters()
    for parameter in space.parameters:
        ask(hyperparameters, parameter)
    return hyperparameters


def ask(hyperparameters: Any, parameter: Parameter) -> Scalar:
    """Return KerasTuner's value of a parameter, which is thereby known to it."""
    value: Scalar
    name = parameter.name
    if isinstance(parameter, Choice):
        value = hyperparameters.Choice(name, list(parameter.values))
    elif isinstance(parameter, Boolean):
        value = hyperparameters.Boolean(name)
    elif isinstance(parameter, Constant):
        value = hyperparameters.Fixed(name, parameter.value)
    else:
        say = hyperparameters.Int if isinstance(parameter, Integer) else hyperparameters.Float
        value = say(name, parameter.low, parameter.high, sampling="log" if parameter.log else "linear")
    return value
