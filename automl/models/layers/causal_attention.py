"""Attention to what came before, with rotary positions: over a whole window, or step by step.

b  batch, t  tokens, d  width, h  heads, k  features of a head, w  tokens that are remembered
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import initializers, layers, ops

if TYPE_CHECKING:
    from keras import KerasTensor

_BASE = 10_000.0
_DEVIATION = 0.02


@keras.saving.register_keras_serializable(package="automl")
class CausalAttention(layers.Layer):
    """Each token attends to itself and to at most ``window - 1`` before it (Vaswani et al., 2017).

    Positions turn queries and keys (RoPE: Su et al., 2021), so only distances count. As no token looks
    further back than the window, a state of as many keys and values gives what reading everything again
    gives.

    Args:
        heads: h.
        window: w.
        depth: blocks of the network, by which the output is made smaller at first (GPT-2: Radford et al.,
            2019).
    """

    def __init__(self, heads: int, window: int, depth: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.window, self.depth = heads, window, depth

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights; each head has ``d / h`` features, rounded up to an even number."""
        width = int(input_shape[-1] or 0)
        self.size = 2 * -(-width // (2 * self.heads))
        inner = self.heads * self.size
        self.taken = self.add_weight(
            shape=(width, 3 * inner), initializer=initializers.RandomNormal(stddev=_DEVIATION), name="taken"
        )
        small = initializers.RandomNormal(stddev=_DEVIATION * (2 * self.depth) ** -0.5)
        self.given = self.add_weight(shape=(inner, width), initializer=small, name="given")

    def call(self, vectors: KerasTensor) -> KerasTensor:
        """From vectors ``(b, t, d)`` to vectors of the same shape."""
        count = ops.shape(vectors)[1]
        places = ops.arange(count, dtype="int32")
        query, key, value = self._heads(vectors, places[None])
        back = places[:, None] - places[None, :]
        seen = ops.logical_and(back >= 0, back < self.window)
        return self._joined(ops.dot_product_attention(query, key, value, mask=seen[None, None]))

    def first_state(self, batch: int) -> list[np.ndarray]:
        """Return room for keys and values ``(b, w, h, k)``, and the number of tokens read ``(b, 1)``."""
        room = np.zeros((batch, self.window, self.heads, self.size), np.float32)
        return [room, room.copy(), np.zeros((batch, 1), np.int32)]

    def step(self, vector: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Read one token; the oldest of a full window gives its room to it."""
        keys, values, count = state
        query, key, value = self._heads(vector, count)
        slots = ops.arange(self.window, dtype="int32")[None]
        here = ops.equal(slots, count % self.window)[:, :, None, None]
        keys, values = ops.where(here, key, keys), ops.where(here, value, values)
        seen = (slots <= count)[:, None, None]
        output = ops.dot_product_attention(query, keys, values, mask=seen)
        return self._joined(output), [keys, values, count + 1]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shape of the vectors, which stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        own = {"heads": self.heads, "window": self.window, "depth": self.depth}
        return {**super().get_config(), **own}

    def _heads(self, vectors: Any, places: Any) -> tuple[Any, Any, Any]:
        """Queries, keys and values ``(b, t, h, k)`` of tokens at places ``(b, t)``."""
        both = ops.matmul(vectors, ops.cast(self.taken, vectors.dtype))
        shape = (-1, ops.shape(vectors)[1], 3 * self.heads, self.size)
        query, key, value = ops.split(ops.reshape(both, shape), 3, axis=2)
        return _turned(query, places), _turned(key, places), value

    def _joined(self, heads: Any) -> Any:
        flat = ops.reshape(heads, (-1, ops.shape(heads)[1], self.heads * self.size))
        return ops.matmul(flat, ops.cast(self.given, flat.dtype))


def _turned(vectors: Any, places: Any) -> Any:
    """Turn pairs of features ``(b, t, h, k)`` by angles that grow with the places ``(b, t)``."""
    half = vectors.shape[-1] // 2
    speeds = _BASE ** -(np.arange(half, dtype=np.float32) / half)
    angles = ops.cast(places, "float32")[:, :, None, None] * speeds
    cosine, sine = (ops.cast(wave(angles), vectors.dtype) for wave in (ops.cos, ops.sin))
    first, second = vectors[..., :half], vectors[..., half:]
    return ops.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)
