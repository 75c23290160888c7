"""Layers and losses that tasks put at the end of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.arithmetic import widest_float
from automl.core.errors import ConfigError, suggest

HEAD_STARTS = ("random", "prior")


def check_head_start(name: str) -> None:
    """Refuse what no head begins with.

    Raises:
        ConfigError: none of that name.
    """
    if name not in HEAD_STARTS:
        raise ConfigError(f"Unknown head_start {name!r}. {suggest(name, HEAD_STARTS)}")


def head(units: int, prior: Sequence[float] | None, *, name: str) -> keras.layers.Dense:
    """Return the last dense layer of a model.

    Args:
        units: its outputs.
        prior: what it answers before it is trained, whatever the features; None for random weights.
        name: of the layer.
    """
    if prior is None:
        return keras.layers.Dense(units, dtype="float32", name=name)
    start = keras.initializers.Constant([float(value) for value in prior])
    return keras.layers.Dense(
        units, kernel_initializer="zeros", bias_initializer=start, dtype="float32", name=name
    )


def softmax(logits: Any, *, name: str) -> Any:
    """Logits ``(n, ..., k)`` to probabilities: arrays in NumPy, tensors by a layer of that name."""
    if not isinstance(logits, np.ndarray):
        return keras.layers.Softmax(dtype="float32", name=name)(logits)
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def sigmoid(logits: Any, *, name: str) -> Any:
    """Logits to probabilities, each by itself; see ``softmax``."""
    if not isinstance(logits, np.ndarray):
        return keras.layers.Activation("sigmoid", dtype="float32", name=name)(logits)
    return 0.5 * (1 + np.tanh(0.5 * logits))


def within_range(
    values: Any,
    mean: Sequence[float],
    scale: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    name: str,
    log: bool = False,
) -> Any:
    """Standardised values to the unit of the target by ``TargetRange``; arrays without making a layer,
    which would take longer than scoring an epoch.
    """
    if isinstance(values, np.ndarray):
        return TargetRange.of(values, mean, scale, low, high, log=log)
    return TargetRange(mean, scale, low, high, log, name=name)(values)


@keras.saving.register_keras_serializable(package="automl")
class TargetRange(keras.layers.Layer):  # type: ignore[misc]
    """From standardised values to the unit of the target, kept within the range seen in training.

    ``clip(x * scale + mean, low, high)`` on the last axis, or of the exponential of it, in float64: at an
    offset of 1e9 float32 has steps of 64. NumPy arrays are computed with in NumPy, since not every backend
    has float64.

    Args:
        mean: of each target.
        scale: standard deviation of each target.
        low: smallest value of each target in training.
        high: largest value.
        log: whether the values are logarithms, which mean and scale then are of.
    """

    def __init__(
        self,
        mean: Sequence[float],
        scale: Sequence[float],
        low: Sequence[float],
        high: Sequence[float],
        log: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float64", "autocast": False, **kwargs})
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.mean, self.scale = [float(item) for item in mean], [float(item) for item in scale]
        self.low, self.high = [float(item) for item in low], [float(item) for item in high]
        self.log = log

    @staticmethod
    def of(
        values: np.ndarray,
        mean: Sequence[float],
        scale: Sequence[float],
        low: Sequence[float],
        high: Sequence[float],
        *,
        log: bool = False,
    ) -> np.ndarray:
        """Return what the layer gives of an array, in NumPy."""
        wide = values.astype(np.float64) * np.array(scale) + np.array(mean)
        if log:
            # what is large anyway may overflow
            wide = np.exp(np.minimum(wide, np.log(np.array(high)) + 1.0))
        return np.asarray(np.clip(wide, np.array(low), np.array(high)))

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Map ``(batch, targets)`` to the same shape in float64, or in float32 traced on other backends and
        where nothing wider is wanted.
        """
        own = self.mean, self.scale, self.low, self.high
        if isinstance(inputs, np.ndarray):
            return self.of(inputs, *own, log=self.log)
        dtype = widest_float() if keras.backend.backend() == "tensorflow" else "float32"
        mean, scale, low, high = (
            ops.convert_to_tensor(np.array(values, np.float64), dtype) for values in own
        )
        wide = ops.cast(inputs, dtype) * scale + mean
        if self.log:
            wide = ops.exp(ops.minimum(wide, ops.log(high) + 1.0))
        return ops.clip(wide, low, high)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The shape unchanged, in float64."""
        return KerasTensor(inputs.shape, dtype="float64")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"mean": self.mean, "scale": self.scale, "low": self.low, "high": self.high}
        return {**super().get_config(), **own, "log": self.log}


@keras.saving.register_keras_serializable(package="automl")
class WeightedMean(keras.layers.Layer):  # type: ignore[misc]
    """The mean of the predictions of several models: a list of tensors to one of their shape and type.

    NumPy arrays are computed with in NumPy, as by ``TargetRange``, whose values these may be.

    Args:
        weights: one per model; they sum to 1.
    """

    def __init__(self, weights: Sequence[float], **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.weights_of_models = [float(item) for item in weights]

    @staticmethod
    def of(parts: Sequence[Any], weights: Sequence[float]) -> Any:
        """Return the weighted sum, in the type that the parts have."""
        return sum(part * weight for part, weight in zip(parts, weights, strict=True))

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Map tensors ``(batch, ...)`` of one shape to one of the same."""
        return self.of(inputs, self.weights_of_models)

    def compute_output_spec(self, inputs: list[KerasTensor]) -> KerasTensor:
        """The shape and the type unchanged."""
        return KerasTensor(inputs[0].shape, dtype=inputs[0].dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "weights": self.weights_of_models}


@keras.saving.register_keras_serializable(package="automl")
class WeightedCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy of logits in which each class counts with its own weight.

    Args:
        weights: one per class; examples of mixed classes count with the mixed weight.
        label_smoothing: share of each label that is spread over all classes.
        exclusive: True for one class per example, False for independent yes/no labels, whose weights
            then count for the positive side.
    """

    def __init__(
        self, weights: Sequence[float], label_smoothing: float = 0.0, exclusive: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**{"name": "weighted_crossentropy", **kwargs})
        self.weights = [float(item) for item in weights]
        self.label_smoothing = label_smoothing
        self.exclusive = exclusive

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return the loss of each example ``(batch,)`` from labels and logits ``(batch, classes)``."""
        weights = ops.convert_to_tensor(self.weights, y_pred.dtype)
        if self.exclusive:
            loss = keras.losses.categorical_crossentropy(
                y_true, y_pred, from_logits=True, label_smoothing=self.label_smoothing
            )
            return loss * ops.sum(y_true * weights, axis=-1)
        smooth = y_true * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        loss = ops.softplus(y_pred) - smooth * y_pred
        return ops.mean(loss * (1 + y_true * (weights - 1)), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {
            "weights": self.weights,
            "label_smoothing": self.label_smoothing,
            "exclusive": self.exclusive,
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class Offset(keras.layers.Layer):  # type: ignore[misc]
    """Add one learned number to scores ``(n, 1)``."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create it."""
        self.offset = self.add_weight(name="offset", shape=(1,), initializer="zeros")

    def call(self, scores: KerasTensor) -> KerasTensor:
        """Add."""
        return scores + self.offset
