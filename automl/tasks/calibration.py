"""Calibrated probabilities: all logits divided by one temperature (Guo et al., 2017).

It is fitted on predictions of examples that networks were not trained on, and is used where it lowers
their log-loss by cross-validation: of a mean of networks it often does not, as averaging has made up for
what each of them was too certain of.

Symbols: n examples, k classes or labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.targets import TARGET, spread_rows
from automl.metrics.calibration_error import calibration_error
from automl.metrics.classification import SMALLEST_PROBABILITY

PARTS = 5
"""Of the cross-validation."""

LEAST_GAIN = 1e-3
"""Share of the log-loss that a temperature has to save in cross-validation, as a further member of an
ensemble does."""

MOST_ROWS = 100_000
"""Examples that a temperature is fitted on; of more so many, evenly spread."""

LARGEST = 5.0
"""Temperature at most, and one over it at least."""

_LEAST = 1e-30
"""Probabilities below count as this: float32 has no logarithm of 0."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How the probabilities of a task are made more or less certain.

    Attributes:
        exclusive: whether the probabilities of an example sum to 1, else each is of yes and no.
    """

    exclusive: bool

    def apply(self, predictions: Mapping[str, Any], temperature: float) -> dict[str, Any]:
        """Return probabilities ``(n, k)`` at a temperature; tensors go through a layer of Keras."""
        given = predictions[TARGET]
        if isinstance(given, np.ndarray):
            return {TARGET: tempered(given, temperature, exclusive=self.exclusive)}
        return {TARGET: TemperedProbabilities(temperature, self.exclusive, name="calibrated")(given)}

    def loss(self, targets: np.ndarray, probabilities: np.ndarray, temperature: float) -> float:
        """Return the log-loss at a temperature.

        Args:
            targets: one-hot, or yes and no as 1 and 0 ``(n, k)``.
            probabilities: before it is applied ``(n, k)``.
            temperature: 1 leaves them as they are.
        """
        p = tempered(np.asarray(probabilities, np.float64), temperature, exclusive=self.exclusive)
        p = np.clip(p, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        if self.exclusive:
            return float(-(targets * np.log(p)).sum(axis=1).mean())
        return float(-(targets * np.log(p) + (1 - targets) * np.log1p(-p)).mean())

    def error(self, targets: np.ndarray, probabilities: np.ndarray) -> float:
        """Return the calibration error of the predicted class, or of each yes.

        Args:
            targets: one-hot, or yes and no as 1 and 0 ``(n, k)``.
            probabilities: ``(n, k)``.
        """
        if not self.exclusive:
            return calibration_error(targets.reshape(-1) > 0, probabilities.reshape(-1))
        right = probabilities.argmax(axis=1) == targets.argmax(axis=1)
        return calibration_error(right, probabilities.max(axis=1))

    def best(self, targets: np.ndarray, probabilities: np.ndarray) -> float:
        """Return the temperature with the lowest log-loss."""
        from scipy.optimize import minimize_scalar

        limit = float(np.log(LARGEST))
        found = minimize_scalar(
            lambda log: self.loss(targets, probabilities, float(np.exp(log))),
            bounds=(-limit, limit),
            method="bounded",
            options={"xatol": 1e-3},
        )
        return float(np.exp(found.x))


OF_CLASSES = Calibration(exclusive=True)
OF_FLAGS = Calibration(exclusive=False)


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A temperature that has proved itself.

    Attributes:
        temperature: above 1 makes less certain; 1 where none saves enough.
        before: log-loss as it was.
        after: log-loss by cross-validation: each part at the temperature of the others.
        brier: mean squared distance from the truth (Brier, 1950), before and after.
        ece: calibration error of what is predicted, before and after.
    """

    temperature: float
    before: float
    after: float
    brier: tuple[float, float]
    ece: tuple[float, float]


def fit_temperature(
    calibration: Calibration,
    targets: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    *,
    seed: int,
    applied: Callable[[float], float] | None = None,
) -> Fitted:
    """Fit a temperature to predictions of examples that were not trained on.

    Args:
        calibration: of the task.
        targets: encoded, one-hot or 0 and 1 ``(n, k)``.
        predictions: probabilities ``(n, k)``.
        seed: of the parts of the cross-validation.
        applied: what is used of a temperature that was fitted, and judged; None for all of it.
    """

    def used(some: np.ndarray) -> float:
        found = calibration.best(truth[some], p[some])
        return found if applied is None else applied(found)

    rows = spread_rows(len(predictions[TARGET]), MOST_ROWS)
    truth, p = (np.asarray(item[TARGET][rows], np.float64) for item in (targets, predictions))
    before = calibration.loss(truth, p, 1.0)
    part_of = np.random.default_rng(seed).permutation(len(rows)) % PARTS
    tried, after = p.copy(), 0.0
    for part in range(min(PARTS, len(rows))):
        own, others = part_of == part, part_of != part
        if not others.any():
            return _fitted(calibration, truth, (p, p), 1.0, (before, before))
        temperature = used(others)
        tried[own] = tempered(p[own], temperature, exclusive=calibration.exclusive)
        after += own.mean() * calibration.loss(truth[own], p[own], temperature)
    if not after <= (1 - LEAST_GAIN) * before:
        return _fitted(calibration, truth, (p, p), 1.0, (before, before))
    return _fitted(calibration, truth, (p, tried), used(np.ones(len(rows), bool)), (before, after))


def _fitted(
    calibration: Calibration,
    truth: np.ndarray,
    chances: tuple[np.ndarray, np.ndarray],
    temperature: float,
    losses: tuple[float, float],
) -> Fitted:
    """What was fitted, with the errors before and after."""
    brier = [float(((p - truth) ** 2).sum(axis=1).mean()) for p in chances]
    ece = [calibration.error(truth, p) for p in chances]
    return Fitted(
        temperature=temperature,
        before=losses[0],
        after=losses[1],
        brier=(brier[0], brier[1]),
        ece=(ece[0], ece[1]),
    )


def tempered(p: Any, temperature: float, *, exclusive: bool, space: Any = np) -> Any:
    """Return probabilities ``(n, k)`` of which the logits are divided by a temperature.

    Args:
        p: an array, or a tensor where ``space`` is ``keras.ops``.
        temperature: above 1 makes less certain.
        exclusive: see ``Calibration``.
        space: what computes.
    """
    p = space.clip(p, _LEAST, 1.0)
    if exclusive:
        logits = space.log(p) - space.log(space.max(p, axis=1, keepdims=True))
        raised = space.exp(logits / temperature)
        return raised / space.sum(raised, axis=1, keepdims=True)
    rest = space.clip(1.0 - p, SMALLEST_PROBABILITY / 2, 1.0)
    return 1.0 / (1.0 + space.exp((space.log(rest) - space.log(p)) / temperature))


@keras.saving.register_keras_serializable(package="automl")
class TemperedProbabilities(keras.layers.Layer):  # type: ignore[misc]
    """Makes probabilities more or less certain, see ``tempered``; NumPy arrays in NumPy.

    Args:
        temperature: above 1 makes less certain.
        exclusive: see ``Calibration``.
    """

    def __init__(self, temperature: float, exclusive: bool, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "autocast": False, **kwargs})
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.temperature, self.exclusive = float(temperature), bool(exclusive)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(batch, k)`` to the same shape."""
        space = np if isinstance(inputs, np.ndarray) else ops
        return tempered(inputs, self.temperature, exclusive=self.exclusive, space=space)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The shape and the type unchanged."""
        return KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"temperature": self.temperature, "exclusive": self.exclusive}
        return {**super().get_config(), **own}
