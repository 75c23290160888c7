"""KerasTuner's hyperparameters, as its files describe them, in the words of our search spaces.

What has one value does not vary. A mirrored logarithmic scale (``reverse_log``) is kept as the distance
from the far end, which is logarithmic itself. Steps by a factor become a choice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from automl.core.specs import Scalar
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter

NAME = "value"
"""Of every parameter made here: a study calls it by KerasTuner's name, which may be any text."""

_SLACK = 1e-9
"""Of the number of steps: sums of steps such as 0.1 + 0.2 are not exact."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """One hyperparameter as a study knows it.

    Attributes:
        parameter: what it is drawn from.
        mirror: the sum of both ends of its range where that is mirrored, else None.
    """

    parameter: Parameter
    mirror: float | None = None

    @property
    def suffix(self) -> str:
        """What is added to its name, so that nobody takes the distance for the value."""
        return "" if self.mirror is None else " (from the far end)"

    @property
    def varies(self) -> bool:
        """Whether there is anything to search."""
        return not isinstance(self.parameter, Constant)

    def turned(self, value: Any) -> Any:
        """Return the study's value for the program's, and the other way round."""
        return value if self.mirror is None else self.mirror - value


def described(kind: str, config: Mapping[str, Any]) -> Described:
    """Return a hyperparameter in our words.

    Args:
        kind: KerasTuner's class.
        config: what its ``get_config`` gives.

    Raises:
        ValueError: an unknown class.
    """
    if kind == "Fixed":
        return _constant(config["value"])
    if kind == "Boolean":
        return Described(parameter=Boolean(name=NAME, default=bool(config.get("default"))))
    if kind == "Choice":
        return _choice(config["values"], config.get("default"))
    if kind in ("Int", "Float"):
        return _number(kind, config)
    raise ValueError(f"{kind} is no kind of hyperparameter that is known here.")


def count_steps(low: float, high: float, step: float, sampling: str) -> int:
    """Return how many values a range with steps has; on a scale that is not linear they are factors."""
    steps = float((high - low) / step) if sampling == "linear" else math.log(high / low, step)
    return math.floor(steps + _SLACK) + 1


def stepped(low: Any, high: Any, step: Any, sampling: str, index: int) -> Any:
    """Return the value after so many steps from the least, on a mirrored scale from the largest."""
    if sampling == "linear":
        return low + index * step
    grown = low * step**index
    return grown if sampling == "log" else high + low - grown


def _constant(value: Scalar) -> Described:
    return Described(parameter=Constant(name=NAME, value=value))


def _choice(values: Any, default: Any) -> Described:
    different = tuple(dict.fromkeys(values))
    if len(different) == 1:
        return _constant(different[0])
    first = default if default in different else different[0]
    return Described(parameter=Choice(name=NAME, values=different, default=first))


def _number(kind: str, config: Mapping[str, Any]) -> Described:
    low, high, step = config["min_value"], config["max_value"], config.get("step")
    sampling = config.get("sampling") or "linear"
    if low == high:
        return _constant(low)
    if step is not None and sampling != "linear":
        return _choice(_grown(kind, config), config.get("default"))
    if step is not None:
        high = stepped(low, high, step, sampling, count_steps(low, high, step, sampling) - 1)
    if low == high:
        return _constant(low)
    log = sampling != "linear"
    parameter: Parameter = (
        Integer(name=NAME, low=low, high=high, step=step or 1, log=log, default=low)
        if kind == "Int"
        else Float(name=NAME, low=low, high=high, step=step, log=log, default=low)
    )
    return Described(parameter=parameter, mirror=low + high if sampling == "reverse_log" else None)


def _grown(kind: str, config: Mapping[str, Any]) -> list[Any]:
    """The values of a range whose steps are factors."""
    scale = config["min_value"], config["max_value"], config["step"], config["sampling"]
    values = [stepped(*scale, index) for index in range(count_steps(*scale))]
    return [int(value) for value in values] if kind == "Int" else values
