"""Learned vectors of users, items and what is known of them.

n  examples, c  columns of codes, f  length of a vector
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="automl")
class IdVectors(keras.layers.Layer):
    """A vector for each id; that of the unknown one, number 0, is zero, which is what an average one has.

    Args:
        count: numbers of ids, 0 among them.
        size: f.
        deviation: of first values.
        penalty: weight of the mean square length of the vectors of a batch in the loss. So an id with more
            ratings is drawn to zero more often, as in the factorisations of the Netflix prize (Koren, Bell
            and Volinsky, 2009), and one that is not in the batch is not; weight decay of an optimizer draws
            all alike, which those with few ratings do not survive.
    """

    dials: ClassVar[tuple[str, ...]] = ("penalty",)
    dials_of_config: ClassVar[tuple[str, ...]] = ("penalty",)

    def __init__(
        self, count: int, size: int, deviation: float = 0.1, penalty: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.count, self.size, self.deviation, self.penalty = count, size, deviation, penalty

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table."""
        start = keras.initializers.RandomNormal(stddev=self.deviation)
        self.table = self.add_weight(name="table", shape=(self.count, self.size), initializer=start)
        self._penalised = bool(self.penalty)

    def call(self, numbers: KerasTensor) -> KerasTensor:
        """``(n, 1) int32`` to ``(n, f) float32``."""
        known = ops.cast(ops.greater(numbers, 0), self.compute_dtype)
        vectors = ops.take(self.table, numbers[:, 0], axis=0) * known
        if self._penalised:
            lengths = ops.sum(ops.square(ops.cast(vectors, "float32")), axis=1)
            self.add_loss(self.penalty * ops.mean(lengths))
        return vectors

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"count": self.count, "size": self.size, "deviation": self.deviation, "penalty": self.penalty}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class FeatureVectors(keras.layers.Layer):
    """A vector for each code of each column, code 0 being missing, which has the vector zero.

    Args:
        sizes: numbers of codes of each column.
        size: f.
        deviation: of first values.
        joined: whether vectors are added up, or stand one behind the other.
    """

    def __init__(
        self, sizes: Sequence[int], size: int, deviation: float = 0.1, joined: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.sizes, self.size = [int(item) for item in sizes], size
        self.deviation, self.joined = deviation, joined

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table."""
        self._starts = np.cumsum([0, *self.sizes[:-1]]).astype(np.int32)
        start = keras.initializers.RandomNormal(stddev=self.deviation)
        self.table = self.add_weight(name="table", shape=(sum(self.sizes), self.size), initializer=start)

    def call(self, codes: KerasTensor) -> KerasTensor:
        """``(n, c) int32`` to ``(n, f)``, or ``(n, c f)`` where they are not joined."""
        known = ops.cast(ops.greater(codes, 0), self.compute_dtype)[..., None]
        vectors = ops.take(self.table, codes + self._starts, axis=0) * known
        if self.joined:
            return ops.sum(vectors, axis=1)
        return ops.reshape(vectors, (-1, len(self.sizes) * self.size))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"sizes": self.sizes, "size": self.size, "deviation": self.deviation, "joined": self.joined}
        return {**super().get_config(), **own}
