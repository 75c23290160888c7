"""The parts of RealMLP (Holzmüller et al., 2024): layers whose weights learn at rates of their own.

Optimizers of Adam's kind make steps of one size whatever the size of a gradient. A weight that is computed
as ``factor * stored`` therefore moves ``factor`` times as fast as the learning rate says, and starts at the
same value when ``stored`` starts at ``value / factor``: no optimizer has to know of groups of weights.

Legend: n rows, d inputs, u units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest

ACTIVATIONS = ("mish", "selu")

FIRST_WEIGHTS = ("drawn", "by_rows")

BETWEEN = 5
"""Rows between which a unit bends first."""

LEAST_SPREAD = 0.01
"""Deviation of a unit's first outputs below which its weights are not made larger."""


def fits_first_weights(kind: str) -> bool:
    """Whether dense layers fit their first weights to rows.

    Raises:
        ConfigError: an unknown kind of first weights.
    """
    if kind not in FIRST_WEIGHTS:
        raise ConfigError(f"Unknown first_weights {kind!r}. {suggest(kind, FIRST_WEIGHTS)}")
    return kind == "by_rows"


@keras.saving.register_keras_serializable(package="automl")
class ScaledInputs(keras.layers.Layer):
    """Multiply each input by a learned number, 1 at first: a soft choice of features.

    Args:
        factor: of the learning rate.
    """

    def __init__(self, factor: float = 6.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = float(factor)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create a number per input."""
        start = keras.initializers.Constant(1.0 / self.factor)
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer=start)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, d)`` to the same."""
        return inputs * (self.factor * self.scale)

    def get_config(self) -> dict[str, Any]:
        """The factor."""
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable(package="automl")
class NeuralTangentDense(keras.layers.Layer):
    """``y = x W / sqrt(d) + factor b`` with W and factor b from N(0, 1) at first (Jacot et al., 2018).

    The output of a unit moves by the same amount in one step whatever the number of inputs.

    Args:
        units: outputs.
        factor: of the learning rate of ``b``.
        by_rows: whether first weights are fitted to rows, see ``begin``.
    """

    def __init__(self, units: int, factor: float = 0.1, by_rows: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.factor, self.by_rows = int(units), float(factor), bool(by_rows)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create weights and offsets."""
        normal, wide = (keras.initializers.RandomNormal(stddev=size) for size in (1.0, 1.0 / self.factor))
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer=normal
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=wide)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, d)`` to ``(n, u)``."""
        return ops.matmul(inputs, self.kernel) / math.sqrt(inputs.shape[-1]) + self.factor * self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The last axis is that of the units."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """The sizes."""
        own = {"units": self.units, "factor": self.factor, "by_rows": self.by_rows}
        return {**super().get_config(), **own}

    def begin(
        self, inputs: np.ndarray, values: Mapping[str, np.ndarray], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Fit first weights to some rows: each unit varies by one, and bends where rows are.

        Weights are divided by the deviation of what they give; the offset of a unit makes it 0 at a random
        point between a few rows (Steinwart, 2019; Holzmüller et al., 2024).

        Args:
            inputs: what reaches the layer ``(n, d)``.
            values: first weights as they are drawn, by name.
            random: draws the points.

        Returns:
            weights by name; none where the layer takes them as they are drawn.
        """
        if not self.by_rows:
            return {}
        inputs = np.asarray(inputs, np.float64)
        size = math.sqrt(inputs.shape[1])
        spread = (inputs @ values["kernel"] / size).std(axis=0)
        kernel = values["kernel"] / np.maximum(spread, LEAST_SPREAD)
        rows = random.integers(0, len(inputs), (self.units, BETWEEN))
        shares = random.exponential(size=(self.units, BETWEEN))
        shares /= shares.sum(axis=1, keepdims=True)
        points = np.einsum("ub,ubd->ud", shares, inputs[rows])
        bias = -np.einsum("ud,du->u", points, kernel) / size
        return {"kernel": kernel.astype(np.float32), "bias": (bias / self.factor).astype(np.float32)}


@keras.saving.register_keras_serializable(package="automl")
class ParametricActivation(keras.layers.Layer):
    """``x + a (f(x) - x)`` with a learned share ``a`` of each unit, 1 at first: from identity to ``f``.

    Args:
        kind: ``mish`` or ``selu``.
        factor: of the learning rate of ``a``.
    """

    def __init__(self, kind: str, factor: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kind not in ACTIVATIONS:
            raise ConfigError(f"Unknown activation {kind!r}. {suggest(kind, ACTIVATIONS)}")
        self.kind, self.factor = kind, float(factor)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create a share per unit."""
        start = keras.initializers.Constant(1.0 / self.factor)
        self.share = self.add_weight(name="scale", shape=(input_shape[-1],), initializer=start)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, u)`` to the same."""
        curved = mish(inputs) if self.kind == "mish" else ops.selu(inputs)
        return inputs + (self.factor * self.share) * (curved - inputs)

    def get_config(self) -> dict[str, Any]:
        """The curve."""
        return {**super().get_config(), "kind": self.kind, "factor": self.factor}


def mish(inputs: KerasTensor) -> KerasTensor:
    """``x tanh(log(1 + e^x))`` (Misra, 2020) with a single exponential: of ``e^x`` that is a fraction."""
    # beyond, the fraction is 1 to the last digit, and the square of e^x must not overflow
    half = keras.backend.standardize_dtype(inputs.dtype) == "float16"
    raised = ops.exp(ops.minimum(inputs, 5.0 if half else 20.0))
    above = raised * (raised + 2.0)
    return inputs * (above / (above + 2.0))
