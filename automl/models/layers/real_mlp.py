"""The parts of RealMLP (Holzmüller et al., 2024): layers whose weights learn at rates of their own.

Optimizers of Adam's kind make steps of one size whatever the size of a gradient. A weight that is computed
as ``factor * stored`` therefore moves ``factor`` times as fast as the learning rate says, and starts at the
same value when ``stored`` starts at ``value / factor``: no optimizer has to know of groups of weights.

Legend: n rows, d inputs, u units.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, suggest

ACTIVATIONS = ("mish", "selu")


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
    """

    def __init__(self, units: int, factor: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.factor = int(units), float(factor)

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
        return {**super().get_config(), "units": self.units, "factor": self.factor}


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
