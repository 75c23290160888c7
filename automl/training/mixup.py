"""Batches of mixed examples (Zhang et al., 2018)."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from automl.core.errors import ConfigError


class MixedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Shuffled batches in which each example is mixed with another one of the batch.

    ``share * a + (1 - share) * b`` of inputs and targets, ``share`` from Beta(alpha, alpha), one for each
    example.

    Args:
        inputs: float inputs by name ``(n, ...)``.
        targets: encoded targets ``(n, k)``.
        batch_size: examples per batch; the last one may be smaller.
        alpha: concentration; larger mixes more.
        seed: of order and mixing.

    Raises:
        ConfigError: an input of whole numbers, which cannot be mixed.
    """

    def __init__(
        self,
        inputs: Mapping[str, np.ndarray],
        targets: np.ndarray,
        batch_size: int,
        alpha: float,
        seed: int,
    ) -> None:
        super().__init__()
        whole = [name for name, array in inputs.items() if not np.issubdtype(array.dtype, np.floating)]
        if whole:
            raise ConfigError(
                f"mixup needs inputs of real numbers, {', '.join(whole)} holds whole ones. Set mixup to 0."
            )
        self._inputs, self._targets = inputs, targets
        self._batch_size, self._alpha = batch_size, alpha
        self._random = np.random.default_rng(seed)
        self._order = self._random.permutation(len(targets))

    def __len__(self) -> int:
        return -(-len(self._targets) // self._batch_size)

    def __getitem__(self, batch: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        rows = self._order[batch * self._batch_size : (batch + 1) * self._batch_size]
        partners = self._random.permutation(rows)
        share = self._random.beta(self._alpha, self._alpha, len(rows)).astype(np.float32)
        mixed = {name: _mix(array, rows, partners, share) for name, array in self._inputs.items()}
        return mixed, _mix(self._targets, rows, partners, share)

    def on_epoch_end(self) -> None:
        """Draw a new order."""
        self._order = self._random.permutation(len(self._targets))


def _mix(array: np.ndarray, rows: np.ndarray, partners: np.ndarray, share: np.ndarray) -> np.ndarray:
    weight = share.reshape(-1, *(1,) * (array.ndim - 1))
    return np.asarray(weight * array[rows] + (1 - weight) * array[partners], dtype=array.dtype)
