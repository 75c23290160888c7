"""Regression: one or several numbers per example, learned standardised, answered in their own unit.

Predictions are kept within the range of the training part, as RealMLP does (Holzmüller et al., 2024):
a network's rare wild extrapolation would otherwise dominate a squared error.

Symbols: n examples, k targets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.regression import AmountScorer
from automl.metrics.scorer import Decoded
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.regression import REGRESSION
from automl.tasks.layers import within_range
from automl.tasks.losses import JoinedLoss
from automl.tasks.scoring import SingleTarget

LOSSES: Mapping[str, Callable[[], keras.losses.Loss]] = {
    "mse": lambda: keras.losses.MeanSquaredError(),
    "mae": lambda: keras.losses.MeanAbsoluteError(),
    "huber": lambda: keras.losses.Huber(delta=1.0),
}
"""Losses by name, on standardised values; Huber's corner (Huber, 1964) lies at one standard deviation."""

LARGEST = 1e150
"""Largest size of a target: the square of more would overflow."""


@dataclass(frozen=True, kw_only=True)
class RegressionOptions:
    """Searched parameters of the loss.

    Attributes:
        loss: ``mse``, ``mae`` or ``huber``.
    """

    loss: str = "mse"

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise ConfigError(f"Unknown loss {self.loss!r}. {suggest(self.loss, LOSSES)}")


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Regression:
    """Learn mean, spread and range of each target from the training part.

    Args:
        kind: ``regression``.
        targets: ``(n, k)`` float64; a single target.
        names: name of each target.
        facts: unused; nothing beyond the targets is needed.

    Raises:
        DataError: a target that is constant, not finite or too large.
    """
    given = np.asarray(targets[TARGET], dtype=np.float64)
    values = given.reshape(len(given), -1)
    for column, name in enumerate(names):
        _check_target(values[:, column], name)
    return Regression(
        names=names,
        mean=_floats(values.mean(axis=0)),
        scale=_floats(values.std(axis=0)),
        low=_floats(values.min(axis=0)),
        high=_floats(values.max(axis=0)),
    )


def restore(description: Mapping[str, Any]) -> Regression:
    """Bring a task back from what its ``describe`` gave."""
    return Regression(**{key: tuple(value) for key, value in description.items() if key != "kind"})


@dataclass(frozen=True, kw_only=True)
class Regression:
    """k numbers; raw outputs are standardised ``(n, k)``, predictions in the unit of the target.

    Attributes:
        names: name of each target.
        mean: of each target in the training part.
        scale: standard deviation of each.
        low: smallest value of each.
        high: largest value of each.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    kind: ClassVar[TaskKind] = REGRESSION.name
    declaration: ClassVar[TaskDeclaration] = REGRESSION
    options: ClassVar[type[Any]] = RegressionOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Numbers ``(n, k)`` to standardised float32.

        Raises:
            DataError: another number of targets, or a value that is not finite.
        """
        values = np.asarray(targets[TARGET], dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise DataError(
                f"Expected {len(self.names)} targets ({', '.join(self.names)}), got shape {values.shape}."
            )
        wrong = ~np.isfinite(values)
        if wrong.any():
            name = self.names[int(np.flatnonzero(wrong.any(axis=0))[0])]
            raise DataError(f"Target {name!r}: {int(wrong.sum())} values are not finite. Drop those rows.")
        return {TARGET: np.asarray((values - self.mean) / self.scale, dtype=np.float32)}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Features ``(n, f)`` to standardised values ``(n, k)``."""
        dense = keras.layers.Dense(len(self.names), dtype="float32", name="standardised")
        return {TARGET: dense(features)}

    def loss(self, options: RegressionOptions) -> keras.losses.Loss:
        """The chosen loss on standardised values."""
        return JoinedLoss({TARGET: LOSSES[options.loss]()})

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Standardised values to the unit of the target, within the range of the training part."""
        ranges = self.mean, self.scale, self.low, self.high
        return {TARGET: within_range(outputs[TARGET], *ranges, name="values")}

    def scorer(self) -> SingleTarget:
        """Hears of standardised targets, and of predictions in the unit of the target."""
        return SingleTarget(Decoded(AmountScorer(), self._in_unit))

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Column ``prediction``, or one column per target."""
        values = predictions[TARGET]
        if len(self.names) == 1:
            return {"prediction": values[:, 0]}
        return {name: values[:, column] for column, name in enumerate(self.names)}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``mean`` and ``median`` of the training part, for every example."""
        known, rows = train[TARGET], len(validation[TARGET])
        rules = {"mean": np.mean(known, axis=0), "median": np.median(known, axis=0)}
        return {name: self.finish({TARGET: np.tile(value, (rows, 1))}) for name, value in rules.items()}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        ranges = {"mean": self.mean, "scale": self.scale, "low": self.low, "high": self.high}
        return {
            "kind": self.kind,
            "names": list(self.names),
            **{key: list(value) for key, value in ranges.items()},
        }

    def _in_unit(self, standardised: np.ndarray) -> np.ndarray:
        return np.asarray(np.asarray(standardised, dtype=np.float64) * self.scale + np.array(self.mean))


def _check_target(values: np.ndarray, name: str) -> None:
    if not np.isfinite(values).all():
        count = int((~np.isfinite(values)).sum())
        raise DataError(f"Target {name!r}: {count} values are not finite. Drop those rows.")
    size = float(np.abs(values).max())
    if size > LARGEST:
        raise DataError(
            f"Target {name!r}: values up to {size:.3g} are too large to be squared. "
            "Divide the target by a constant, or take its logarithm."
        )
    if values.std() <= 4 * np.spacing(size):
        raise DataError(
            f"Target {name!r} is constant ({values[0]:.17g}) in the training part: nothing to learn. "
            "Choose another target."
        )


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
