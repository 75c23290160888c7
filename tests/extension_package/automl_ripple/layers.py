"""The layer of this package; Keras finds it again by the name under which it is registered."""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="automl_ripple")
class Ripple(keras.layers.Layer):
    """``x + sin(a x) / a`` with ``a`` learned for each feature (Snake, Ziyin et al., 2020).

    Args:
        frequency: ``a`` at first.
    """

    def __init__(self, frequency: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frequency = frequency

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create a frequency for each feature."""
        start = keras.initializers.Constant(self.frequency)
        self.frequencies = self.add_weight(name="frequencies", shape=input_shape[-1:], initializer=start)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, features)`` to the same shape."""
        frequencies = ops.maximum(self.frequencies, 0.05)
        return inputs + ops.sin(frequencies * inputs) / frequencies

    def get_config(self) -> dict[str, Any]:
        """The first frequency."""
        return {**super().get_config(), "frequency": self.frequency}
