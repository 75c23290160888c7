"""Numbers: ranges with linear, logarithmic and mirrored logarithmic scales, with or without steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from automl.kerastuner.engine.conditions import Parent
from automl.kerastuner.engine.hyperparameters.hyperparameter import HyperParameter, index_at, middle_of
from automl.spaces.kerastuner import count_steps, stepped

SCALES = ("linear", "log", "reverse_log")
SHOWN = 10
"""Values of a range without steps that stand for it in a grid."""


class Numerical(HyperParameter):
    """A number from ``min_value`` to ``max_value``, both included.

    Args:
        name: see ``HyperParameter``.
        min_value: least.
        max_value: largest.
        step: what lies between two values: a summand on the linear scale, a factor on the others.
        sampling: ``linear``, ``log`` (small values are as likely as large ones), or ``reverse_log``, where
            values close to the largest are told apart as ``log`` does with those close to the least.
        default: the least value by default.
        conditions: see ``HyperParameter``.

    Raises:
        ValueError: no such scale, a range that is reversed, or one that the scale cannot have.
    """

    def __init__(
        self,
        name: str,
        min_value: Any,
        max_value: Any,
        step: Any = None,
        sampling: str | None = "linear",
        default: Any = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self.min_value, self.max_value, self.step = min_value, max_value, step
        self.sampling = str(sampling or "linear").lower()
        self._check()

    @property
    def default(self) -> Any:
        """The least value where nothing else is said."""
        return self.min_value if self._default is None else self._default

    @property
    def values(self) -> Sequence[Any]:
        """All values, or ten evenly over the scale where there are no steps."""
        if self.step is None:
            return tuple(dict.fromkeys(self.prob_to_value(middle_of(at, SHOWN)) for at in range(SHOWN)))
        return tuple(self._stepped(index) for index in range(self.count))

    @property
    def count(self) -> int:
        """How many values there are, steps being given."""
        return count_steps(self.min_value, self.max_value, self.step, self.sampling)

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        own = ("min_value", "max_value", "step", "sampling")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}

    def _stepped(self, index: int) -> Any:
        return stepped(self.min_value, self.max_value, self.step, self.sampling, index)

    def _place(self, value: float) -> int:
        """The index of a value among the steps."""
        if self.sampling == "linear":
            return round(float((value - self.min_value) / self.step))
        grown = value if self.sampling == "log" else self.max_value + self.min_value - value
        return round(math.log(grown / self.min_value, self.step))

    def _scaled(self, prob: float, most: float) -> float:
        """The number at a place of the scale from the least value to ``most``."""
        least = self.min_value
        if self.sampling == "linear":
            return float(least + prob * (most - least))
        if self.sampling == "log":
            return float(least * (most / least) ** prob)
        return float(most + least - least * (most / least) ** (1 - prob))

    def _unscaled(self, value: float, most: float) -> float:
        least = self.min_value
        if most == least:
            return 0.5
        if self.sampling == "linear":
            return float((value - least) / (most - least))
        if self.sampling == "log":
            return math.log(value / least) / math.log(most / least)
        return 1.0 - math.log((most + least - value) / least) / math.log(most / least)

    def _check(self) -> None:
        where = f"For HyperParameters.{type(self).__name__}(name={self.name!r})"
        if self.sampling not in SCALES:
            raise ValueError(f"{where}, sampling must be one of {SCALES}, got {self.sampling!r}.")
        if self.min_value > self.max_value:
            raise ValueError(
                f"{where}, min_value {self.min_value} is greater than the max_value {self.max_value}."
            )
        if self.sampling != "linear" and self.min_value <= 0:
            raise ValueError(
                f"{where}, sampling {self.sampling!r} does not support negative values or 0, got the "
                f"min_value {self.min_value}."
            )
        if self.step is not None and self.step <= (0 if self.sampling == "linear" else 1):
            least = 0 if self.sampling == "linear" else 1
            raise ValueError(f"{where}, expected step > {least}, got {self.step}.")


class Float(Numerical):
    """A number; see ``Numerical``."""

    def __init__(
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: str | None = "linear",
        default: float | None = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        wide = None if step is None else float(step)
        super().__init__(name, float(min_value), float(max_value), wide, sampling, default, conditions)

    def prob_to_value(self, prob: float) -> float:
        """See ``HyperParameter``."""
        if self.step is None:
            return self._scaled(prob, self.max_value)
        return float(self._stepped(index_at(prob, self.count)))

    def value_to_prob(self, value: Any) -> float:
        """See ``HyperParameter``."""
        if self.step is None:
            return self._unscaled(value, self.max_value)
        return middle_of(self._place(value), self.count)


class Int(Numerical):
    """A whole number; see ``Numerical``.

    Raises:
        ValueError: an end of the range or a step is no whole number; see ``Numerical``.
    """

    def __init__(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: str | None = "linear",
        default: int | None = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        if step is None and (sampling or "linear").lower() == "linear":
            step = 1
        ends = _whole(min_value, "min_value"), _whole(max_value, "max_value")
        every = None if step is None else _whole(step, "step")
        super().__init__(name, *ends, every, sampling, default, conditions)

    def prob_to_value(self, prob: float) -> int:
        """See ``HyperParameter``."""
        if self.step is None:
            # as wide a part of the scale for the largest value as for any other
            return min(int(self._scaled(prob, self.max_value + 1)), int(self.max_value))
        return int(self._stepped(index_at(prob, self.count)))

    def value_to_prob(self, value: Any) -> float:
        """See ``HyperParameter``."""
        if self.step is None:
            return self._unscaled(value + 0.5, self.max_value + 1)
        return middle_of(self._place(value), self.count)


def _whole(value: Any, where: str) -> int:
    if int(value) != value:
        raise ValueError(f"{where} must be an int, got {value!r} of {type(value).__name__}.")
    return int(value)
