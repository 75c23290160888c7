"""Regression: one or several numbers per example, learned standardised, answered in their own unit.

With ``target_curve: log`` the network learns the logarithm of a target. Its raw outputs then have another
name, ``LOG``, by which they are known everywhere; scores and predictions are in the unit of the target.

Predictions are kept within the range of the training part, as RealMLP does (Holzmüller et al., 2024):
a network's rare wild extrapolation would otherwise dominate a squared error.

Symbols: n examples, k targets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.regression import AmountScorer
from automl.metrics.scorer import Decoded
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.regression import REGRESSION
from automl.tasks.layers import check_head_start, head, within_range
from automl.tasks.losses import JoinedLoss, WrappedLoss
from automl.tasks.scoring import SingleTarget

LOSSES: Mapping[str, Callable[[], keras.losses.Loss]] = {
    "mse": lambda: keras.losses.MeanSquaredError(),
    "mae": lambda: keras.losses.MeanAbsoluteError(),
    "huber": lambda: keras.losses.Huber(delta=1.0),
}
"""Losses by name, on standardised values; Huber's corner (Huber, 1964) lies at one standard deviation."""

LOG = "logarithm"
"""Name of raw outputs that are standardised logarithms."""

CURVES = ("straight", "log")

LEAST = 1e-6
"""Targets below this share of the spread count as it in a logarithm: float32 cannot tell them apart."""

LARGEST = 1e150
"""Largest size of a target: the square of more would overflow."""


@dataclass(frozen=True, kw_only=True)
class RegressionOptions:
    """Searched parameters of the loss.

    Attributes:
        loss: ``mse``, ``mae`` or ``huber``.
        target_curve: ``straight``, or ``log``: what is learned is the logarithm of each target, all of
            which must be above 0 in the training part.
        head_start: ``random``, or ``prior``: before training every example gets the mean.
    """

    loss: str = "mse"
    target_curve: str = "straight"
    head_start: str = "random"

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise ConfigError(f"Unknown loss {self.loss!r}. {suggest(self.loss, LOSSES)}")
        if self.target_curve not in CURVES:
            known = suggest(self.target_curve, CURVES)
            raise ConfigError(f"Unknown target_curve {self.target_curve!r}. {known}")
        check_head_start(self.head_start)


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
    low, scale = values.min(axis=0), values.std(axis=0)
    logs = np.log(np.maximum(values / scale, LEAST)) if (low > 0).all() else values[:, :0]
    return Regression(
        names=names,
        mean=_floats(values.mean(axis=0)),
        scale=_floats(scale),
        low=_floats(low),
        high=_floats(values.max(axis=0)),
        log_mean=_floats(logs.mean(axis=0)),
        log_scale=_floats(logs.std(axis=0)),
    )


def restore(description: Mapping[str, Any]) -> Regression:
    """Bring a task back from what its ``describe`` gave."""
    return Regression(**{key: tuple(value) for key, value in description.items() if key != "kind"})


@dataclass(frozen=True, kw_only=True)
class Regression:
    """k numbers; raw outputs are standardised ``(n, k)``, predictions in the unit of the target.

    Logarithms are those of targets in units of their ``scale``.

    Attributes:
        names: name of each target.
        mean: of each target in the training part.
        scale: standard deviation of each.
        low: smallest value of each.
        high: largest value of each.
        log_mean: mean of the logarithm of each; empty where some target is not above 0.
        log_scale: standard deviation of the same.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    log_mean: tuple[float, ...] = ()
    log_scale: tuple[float, ...] = ()

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
        """Features ``(n, f)`` to standardised values ``(n, k)``, or standardised logarithms.

        Raises:
            ConfigError: a logarithm is asked for, and some target is not above 0.
        """
        if options.target_curve == "log" and not self.log_mean:
            low = dict(zip(self.names, self.low, strict=True))
            raise ConfigError(f"target_curve 'log' needs targets above 0, the smallest are {low}.")
        prior = [0.0] * len(self.names) if options.head_start == "prior" else None
        name = LOG if options.target_curve == "log" else TARGET
        return {name: head(len(self.names), prior, name="standardised")(features)}

    def loss(self, options: RegressionOptions) -> keras.losses.Loss:
        """The chosen loss on standardised values, or on standardised logarithms."""
        if options.target_curve == "straight":
            return JoinedLoss({TARGET: LOSSES[options.loss]()})
        shift = [mean / scale for mean, scale in zip(self.mean, self.scale, strict=True)]
        return LogarithmLoss(LOSSES[options.loss](), shift, self.log_mean, self.log_scale)

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Standardised values to the unit of the target, within the range of the training part."""
        seen = self.low, self.high
        if LOG not in outputs:
            return {TARGET: within_range(outputs[TARGET], self.mean, self.scale, *seen, name="values")}
        mean = _floats(np.array(self.log_mean) + np.log(self.scale))
        return {TARGET: within_range(outputs[LOG], mean, self.log_scale, *seen, name="values", log=True)}

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Values are encoded as targets are."""
        return self.encode(predictions)

    def taught(self, options: RegressionOptions) -> RegressionOptions:
        """The squared error: what is learned has no outliers."""
        return replace(options, loss="mse")

    def spread(self) -> dict[str, np.ndarray]:
        """Of each target."""
        return {TARGET: np.array(self.scale)}

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
        return {
            "kind": self.kind,
            **{item.name: list(getattr(self, item.name)) for item in fields(self)},
        }

    def _in_unit(self, standardised: np.ndarray) -> np.ndarray:
        return np.asarray(np.asarray(standardised, dtype=np.float64) * self.scale + np.array(self.mean))


@keras.saving.register_keras_serializable(package="automl")
class LogarithmLoss(WrappedLoss):
    """A loss between logarithms: of standardised targets ``TARGET``, and as raw outputs ``LOG`` give them.

    Args:
        loss: on standardised logarithms.
        shift: mean of each target over its spread, by which targets above 0 are so again.
        mean: of the logarithm of each.
        scale: standard deviation of the logarithm.
    """

    def __init__(
        self,
        loss: keras.losses.Loss,
        shift: Sequence[float],
        mean: Sequence[float],
        scale: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(loss, **{"name": "logarithm", **kwargs})
        self.shift, self.mean, self.scale = list(shift), list(mean), list(scale)

    def call(self, y_true: Mapping[str, KerasTensor], y_pred: Mapping[str, KerasTensor]) -> KerasTensor:
        """Return the loss of each example ``(batch,)``."""
        shift, mean, scale = (np.array(item, np.float32) for item in (self.shift, self.mean, self.scale))
        logs = ops.log(ops.maximum(y_true[TARGET] + shift, LEAST))
        return self.loss.call((logs - mean) / scale, y_pred[LOG])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"shift": self.shift, "mean": self.mean, "scale": self.scale}
        return {**super().get_config(), **own}


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
    if 0.0 < size < 1 / LARGEST:
        raise DataError(
            f"Target {name!r}: values of at most {size:.3g} are too small to be squared. "
            "Multiply the target by a constant, or take its logarithm."
        )
    if values.std() <= 4 * np.spacing(size):
        raise DataError(
            f"Target {name!r} is constant ({values[0]:.17g}) in the training part: nothing to learn. "
            "Choose another target."
        )


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
