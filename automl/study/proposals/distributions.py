"""Parameters of a search space in Optuna's words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from automl.core.specs import Scalar
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial


def suggested(trial: Trial, parameter: Parameter) -> Scalar:
    """Return the trial's value of a parameter; a constant is none of the study's business."""
    name = parameter.name
    if isinstance(parameter, Constant):
        return parameter.value
    if isinstance(parameter, Boolean):
        return trial.suggest_categorical(name, [False, True])
    if isinstance(parameter, Choice):
        return trial.suggest_categorical(name, list(parameter.values))
    if isinstance(parameter, Integer):
        return trial.suggest_int(
            name, parameter.low, parameter.high, step=parameter.step, log=parameter.log
        )
    return trial.suggest_float(
        name, parameter.low, _last(parameter), step=parameter.step, log=parameter.log
    )


def distribution(parameter: Parameter) -> BaseDistribution:
    """Return the distribution that ``suggested`` draws a parameter from; a constant's has one value."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(parameter, Constant):
        return CategoricalDistribution([parameter.value])
    if isinstance(parameter, Boolean):
        return CategoricalDistribution([False, True])
    if isinstance(parameter, Choice):
        return CategoricalDistribution(parameter.values)
    if isinstance(parameter, Integer):
        return IntDistribution(parameter.low, parameter.high, step=parameter.step, log=parameter.log)
    return FloatDistribution(parameter.low, _last(parameter), step=parameter.step, log=parameter.log)


def _last(parameter: Float) -> float:
    """The last step within the range: of six steps of 0.1 not 0.6000000000000001, of which Optuna warns."""
    if parameter.step is None:
        return parameter.high
    low, high, step = (Decimal(str(item)) for item in (parameter.low, parameter.high, parameter.step))
    return float(low + (high - low) // step * step)
