"""Users as what they have dealt with, items as vectors, and the loss that brings both together.

n  users of a batch, L  places for numbers of items, k  of the latest of them, p  items that are asked for,
I  items, c  columns of codes, f  length of a vector; items are numbered from 1, 0 is none
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, ops

_NEVER = -1e9


@keras.saving.register_keras_serializable(package="automl")
class LatestItems(keras.layers.Layer):
    """Numbers of a user's latest items, places without one behind them.

    Args:
        length: k at most.
        items: I; a larger number is that of an unknown item.
    """

    def __init__(self, length: int, items: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})
        self.length, self.items = int(length), int(items)

    def call(self, numbers: KerasTensor) -> KerasTensor:
        """``(n, L, 1) int32`` to ``(n, k) int32``."""
        known = ops.where(numbers[:, :, 0] <= self.items, numbers[:, :, 0], 0)
        places = known.shape[1]
        if places <= self.length:
            return known
        behind = ops.where(known > 0, ops.arange(1, places + 1, dtype="int32"), 0)
        first = ops.maximum(ops.max(behind, axis=1, keepdims=True) - self.length, 0)
        return ops.take_along_axis(known, first + ops.arange(self.length, dtype="int32"), axis=1)

    def compute_output_spec(self, numbers: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((numbers.shape[0], min(self.length, numbers.shape[1])), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "length": self.length, "items": self.items}


@keras.saving.register_keras_serializable(package="automl")
class HiddenItems(keras.layers.Layer):
    """Hide some of a user's items in training, and name some of those: what is to be found from the others.

    Args:
        asked: p; of few hidden ones some are named several times.
        left_out: share of the items that are hidden; one at least.
        cold: share of the users of whom all are, so that what is known of users says something by itself
            (DropoutNet: Volkovs et al., 2017).
        seed: of the draws; None takes Keras' global seed.
    """

    dials: ClassVar[tuple[str, ...]] = ("left_out", "cold")
    dials_of_config: ClassVar[tuple[str, ...]] = ("left_out", "cold")

    def __init__(
        self, asked: int, left_out: float, cold: float = 0.0, *, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})
        self.asked, self.left_out, self.cold, self.seed = int(asked), left_out, cold, seed
        self._some_cold = bool(cold)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, numbers: KerasTensor, training: bool | None = False) -> tuple[KerasTensor, KerasTensor]:
        """From numbers ``(n, k) int32`` to those left ``(n, k)`` and those asked for ``(n, p)``."""
        if not training:
            return numbers, ops.repeat(ops.zeros_like(numbers[:, :1]), self.asked, axis=1)
        hidden = self._hidden(numbers)
        counts = ops.cumsum(ops.cast(hidden, "int32"), axis=1)
        shape = (ops.shape(numbers)[0], self.asked)
        drawn = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        wanted = ops.cast(drawn * ops.cast(counts[:, -1:], "float32"), "int32")
        place = ops.sum(ops.cast(counts[:, None, :] <= wanted[:, :, None], "int32"), axis=2)
        asked = ops.take_along_axis(numbers, ops.minimum(place, numbers.shape[1] - 1), axis=1)
        return ops.where(hidden, 0, numbers), ops.where(counts[:, -1:] > 0, asked, 0)

    def compute_output_spec(
        self, numbers: KerasTensor, training: bool | None = False
    ) -> tuple[KerasTensor, KerasTensor]:
        """Shapes and types."""
        return KerasTensor(numbers.shape, dtype="int32"), KerasTensor(
            (numbers.shape[0], self.asked), dtype="int32"
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"asked": self.asked, "left_out": self.left_out, "cold": self.cold, "seed": self.seed}
        return {**super().get_config(), **own}

    def _hidden(self, numbers: KerasTensor) -> KerasTensor:
        present = numbers > 0
        drawn = keras.random.uniform(ops.shape(numbers), dtype="float32", seed=self.seed_generator)
        drawn = ops.where(present, drawn, 2.0)
        share = ops.cast(self.left_out, "float32")
        if self._some_cold:
            rows = (ops.shape(numbers)[0], 1)
            lonely = keras.random.uniform(rows, dtype="float32", seed=self.seed_generator)
            share = ops.where(lonely < ops.cast(self.cold, "float32"), 1.0, share)
        least = ops.min(drawn, axis=1, keepdims=True)
        return ops.logical_and(present, ops.logical_or(drawn < share, drawn <= least))


@keras.saving.register_keras_serializable(package="automl")
class ItemVectors(keras.layers.Layer):
    """A vector for each item: one of its own and those of what is known of it, added up; none has zeros.

    Args:
        items: I.
        size: f.
        deviation: of first values.
        sizes: numbers of codes of each column, code 0 being missing.
        codes: of each item in turn the code of each column ``(I c)``.
    """

    def __init__(
        self,
        items: int,
        size: int,
        deviation: float = 0.05,
        sizes: Sequence[int] = (),
        codes: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.items, self.size, self.deviation = int(items), int(size), deviation
        self.sizes, self.codes = [int(item) for item in sizes], [int(item) for item in codes]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the tables."""
        start = keras.initializers.RandomNormal(stddev=self.deviation)
        shape = (self.items + 1, self.size)
        self.table = self.add_weight(name="table", shape=shape, initializer=start)
        if self.sizes:
            rows = np.array(self.codes, np.int32).reshape(self.items, len(self.sizes))
            self._codes = np.concatenate([np.zeros_like(rows[:1]), rows])
            self._starts = np.cumsum([0, *self.sizes[:-1]]).astype(np.int32)
            start = keras.initializers.RandomNormal(stddev=self.deviation)
            shape = (sum(self.sizes), self.size)
            self.features = self.add_weight(name="features", shape=shape, initializer=start)

    def call(self, numbers: KerasTensor) -> KerasTensor:
        """From numbers ``(a, b) int32`` to ``(a, b, f)``."""
        vectors = ops.take(self.table, numbers, axis=0)
        if self.sizes:
            codes = ops.take(ops.convert_to_tensor(self._codes), numbers, axis=0)
            known = ops.cast(codes > 0, self.compute_dtype)[..., None]
            vectors += ops.sum(ops.take(self.features, codes + self._starts, axis=0) * known, axis=2)
        return vectors * ops.cast(numbers > 0, self.compute_dtype)[..., None]

    def compute_output_spec(self, numbers: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((*numbers.shape, self.size), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"items": self.items, "size": self.size, "deviation": self.deviation}
        return {**super().get_config(), **own, "sizes": self.sizes, "codes": self.codes}


@keras.saving.register_keras_serializable(package="automl")
class EveryItem(keras.layers.Layer):
    """The number of each item, as the items of one user.

    Args:
        items: I.
    """

    def __init__(self, items: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})
        self.items = int(items)

    def call(self, numbers: KerasTensor) -> KerasTensor:
        """``(1, I) int32``, whatever the input."""
        return ops.arange(1, self.items + 1, dtype="int32")[None]

    def compute_output_spec(self, numbers: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((1, self.items), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "items": self.items}


@keras.saving.register_keras_serializable(package="automl")
class DrawnItems(keras.layers.Layer):
    """Draw from what users of a batch have dealt with, in training: frequent items more often.

    Args:
        count: s.
        seed: of the draws; None takes Keras' global seed.
    """

    def __init__(self, count: int, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})
        self.count, self.seed = int(count), seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, numbers: KerasTensor, training: bool | None = False) -> KerasTensor:
        """From numbers ``(n, k) int32`` to ``(1, s) int32``, zeros where there are none."""
        if not training:
            return ops.zeros((1, self.count), dtype="int32")
        flat = ops.reshape(numbers, (-1,))
        places = ops.cumsum(ops.cast(flat > 0, "int32"))
        drawn = keras.random.uniform((self.count,), dtype="float32", seed=self.seed_generator)
        wanted = ops.cast(drawn * ops.cast(places[-1], "float32"), "int32")
        found = ops.searchsorted(places, wanted, side="right")
        return ops.take(flat, ops.minimum(found, ops.shape(flat)[0] - 1), axis=0)[None]

    def compute_output_spec(self, numbers: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((1, self.count), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "count": self.count, "seed": self.seed}


@keras.saving.register_keras_serializable(package="automl")
class AtLast(keras.layers.Layer):
    """Vectors at the last item of each user, zeros where there is none."""

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """From vectors ``(n, k, f)`` and numbers ``(n, k) int32`` to ``(n, f)``."""
        vectors, numbers = inputs
        places = ops.arange(1, numbers.shape[1] + 1, dtype="int32")
        behind = ops.max(ops.where(numbers > 0, places, 0), axis=1, keepdims=True)
        here = ops.cast(ops.equal(places, behind), vectors.dtype)
        return ops.sum(vectors * here[..., None], axis=1)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type."""
        vectors = inputs[0]
        return KerasTensor((vectors.shape[0], vectors.shape[2]), dtype=self.compute_dtype)


@keras.saving.register_keras_serializable(package="automl")
class Sharpened(keras.layers.Layer):
    """Divide by a temperature.

    Args:
        temperature: above 0.
    """

    dials: ClassVar[tuple[str, ...]] = ("temperature",)
    dials_of_config: ClassVar[tuple[str, ...]] = ("temperature",)

    def __init__(self, temperature: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.temperature = temperature

    def call(self, vectors: KerasTensor) -> KerasTensor:
        """Divide vectors of any shape."""
        return vectors / ops.cast(self.temperature, vectors.dtype)

    def get_config(self) -> dict[str, Any]:
        """The argument."""
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable(package="automl")
class ItemSoftmax(keras.layers.Layer):
    """Cross-entropy of the items that are asked of each user, among candidates that all users share.

    Where candidates were drawn by how frequent items are, as those asked of other users in the batch, their
    scores are corrected by the logarithm of that (Yi et al., 2019). The paper estimates it as it goes; here
    the users of the training part are counted.

    Args:
        counts: how frequent items are ``(I,)``; none for candidates that were not drawn.
        added: whether an item that is asked for competes with the candidates, too, as it need not be one.
    """

    def __init__(self, counts: Sequence[int] = (), added: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.added = bool(added)
        self.counts = [int(count) for count in counts]
        shares = np.maximum(np.array([1, *self.counts], np.float64), 1.0)
        self._logs = np.log(shares / shares[1:].sum()).astype(np.float32) if self.counts else None

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Return the loss of each user ``(n, 1)``, 0 where nothing is asked.

        Args:
            inputs: vectors of users ``(n, f)``, or one for each item that is asked for ``(n, p, f)``; of
                these items ``(n, p, f)``; their numbers ``(n, p)``; vectors of candidates ``(a, b, f)``;
                their numbers ``(a, b)``.
        """
        users, vectors, numbers, others, names = inputs
        users = users[:, None] if len(users.shape) == 2 else users
        others = ops.reshape(others, (-1, others.shape[-1]))
        scores = self._corrected(ops.matmul(users, ops.transpose(others)), ops.reshape(names, (1, 1, -1)))
        own = self._corrected(ops.sum(users * vectors, axis=2), numbers)
        asked = ops.cast(numbers > 0, "float32")
        whole = ops.logsumexp(scores, axis=2)
        losses = ((ops.logaddexp(whole, own) if self.added else whole) - own) * asked
        return ops.sum(losses, axis=1, keepdims=True) / ops.maximum(
            ops.sum(asked, axis=1, keepdims=True), 1.0
        )

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((inputs[0].shape[0], 1), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "counts": self.counts, "added": self.added}

    def _corrected(self, scores: KerasTensor, numbers: KerasTensor) -> KerasTensor:
        """Scores of items by their numbers, those of none so low that they count for nothing."""
        if self._logs is not None:
            scores = scores - ops.take(ops.convert_to_tensor(self._logs), numbers)
        return ops.where(numbers > 0, scores, _NEVER)
