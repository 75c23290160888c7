"""Sets of items: as 0 and 1 for each item, and as scores of all items by linear maps of them.

n  users, I  items, L  places for numbers of items, from 1 on; 0 is none
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops
from scipy import sparse


@keras.saving.register_keras_serializable(package="automl")
class ItemSet(keras.layers.Layer):
    """1 for each item of a set, or 1 over the root of how many there are, else 0.

    Args:
        items: I.
        scaled: whether sets have length 1, however large they are.
    """

    def __init__(self, items: int, scaled: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.items, self.scaled = int(items), bool(scaled)

    def call(self, numbers: KerasTensor) -> KerasTensor:
        """``(n, L, 1) int32`` to ``(n, I)``."""
        rows = ops.shape(numbers)[0]
        first = ops.arange(rows, dtype="int32")[:, None] * (self.items + 1)
        places = ops.reshape(first + numbers[:, :, 0], (-1, 1))
        ones = ops.ones_like(places[:, 0], dtype=self.compute_dtype)
        empty = ops.zeros((rows * (self.items + 1),), dtype=self.compute_dtype)
        hot = ops.reshape(ops.scatter_update(empty, places, ones), (rows, self.items + 1))[:, 1:]
        if not self.scaled:
            return hot
        return hot / ops.sqrt(ops.maximum(ops.sum(hot, axis=1, keepdims=True), 1.0))

    def compute_output_spec(self, numbers: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((numbers.shape[0], self.items), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "items": self.items, "scaled": self.scaled}


@keras.saving.register_keras_serializable(package="automl")
class ItemToItem(keras.layers.Layer):
    """Scores of items by what a set holds: each item by all others, in closed form (EASE: Steck, 2019).

    The weights ``B`` make the least squares ``|X - X B|^2 + strength |B|^2`` over sets of training ``X``,
    none of an item for itself: ``B = I - P / diag(P)`` with ``P = (X' X + strength I)^-1``. They are
    learned in one pass and then constant.

    Args:
        most: items that are learned, the most frequent, which come first; others have the score 0.
        strength: of the penalty, in users: an item with fewer says little.
    """

    reads: Sequence[str] = ()
    """It learns from targets alone."""

    def __init__(self, most: int, strength: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.strength = int(most), float(strength)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights; zeros recommend nothing."""
        self.items = int(input_shape[1] or 0)
        self.size = min(self.most, self.items)
        shape = (self.size, self.size)
        self.weight = self.add_weight(name="weight", shape=shape, initializer="zeros", trainable=False)

    def call(self, sets: KerasTensor) -> KerasTensor:
        """``(n, I)`` to ``(n, I)``."""
        scores = ops.matmul(sets[:, : self.size], self.weight)
        if self.size == self.items:
            return scores
        return ops.pad(scores, [[0, 0], [0, self.items - self.size]])

    def learn(
        self, inputs: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return the values of its weights by name.

        Args:
            inputs: unused.
            targets: numbers of items of the users that are trained on ``(n, any)``, those held out below 0.
        """
        numbers = np.abs(next(iter(targets.values())).astype(np.int64))
        rows, places = np.nonzero((numbers > 0) & (numbers <= self.size))
        shape = (len(numbers), self.size)
        sets = sparse.csr_matrix(
            (np.ones(len(rows)), (rows, numbers[rows, places] - 1)), shape, dtype=np.float64
        )
        return {"weight": item_weights((sets.T @ sets).toarray(), self.strength)}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "most": self.most, "strength": self.strength}


def item_weights(together: np.ndarray, strength: float) -> np.ndarray:
    """Return weights ``(I, I) float32`` of items for one another.

    Args:
        together: how many users have dealt with both ``(I, I) float64``.
        strength: see ``ItemToItem``.
    """
    inverse = np.linalg.inv(together + strength * np.eye(len(together)))
    weights = -inverse / np.diag(inverse)[None]
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, np.float32)
