"""Which examples meet in which step of an epoch; the same for every engine and backend.

An epoch is a pass over the training part or, where that is large, one of several equal parts of it. The
order follows from seed and epoch alone, so a training that goes on after a pause sees the batches that it
would have seen. All batches are full: the last one is filled up with the first rows of the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.training.engine import Candidate


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of one epoch.

    Attributes:
        rows: positions of the examples ``(steps, batch) int32``.
        partners: for mixup, the example that each is mixed with ``(steps, batch) int32``, else None.
        shares: for mixup, how much of the first remains ``(steps, batch) float32``, else None.
    """

    rows: np.ndarray
    partners: np.ndarray | None = None
    shares: np.ndarray | None = None


def steps_per_epoch(candidate: Candidate, rows: int) -> tuple[int, int]:
    """Return steps per epoch and examples per step for so many training rows."""
    size = min(candidate.options.batch_size, rows)
    return -(-rows // (size * candidate.epochs_per_pass)), size


def deal(candidate: Candidate, rows: int, epoch: int) -> Batches:
    """Deal the examples of an epoch.

    Args:
        candidate: its seed, batch size and mixup.
        rows: examples of the training part.
        epoch: counted from 0.
    """
    steps, size = steps_per_epoch(candidate, rows)
    number, part = divmod(epoch, candidate.epochs_per_pass)
    random = np.random.default_rng([candidate.seed, number])
    whole = np.resize(random.permutation(rows).astype(np.int32), (candidate.epochs_per_pass, steps, size))
    order = whole[part]
    alpha = candidate.options.mixup
    if not alpha:
        return Batches(rows=order)
    if part:
        random = np.random.default_rng([candidate.seed, number, part])
    return Batches(
        rows=order,
        partners=random.permuted(order, axis=1),
        shares=random.beta(alpha, alpha, order.shape).astype(np.float32),
    )


def parts_per_batch(wanted: int, size: int) -> int:
    """Return the smallest divisor of ``size`` that is at least ``wanted``."""
    return next(parts for parts in range(max(1, min(wanted, size)), size + 1) if size % parts == 0)


def check_mixable(inputs: Mapping[str, np.ndarray]) -> None:
    """Raise ConfigError when an input holds whole numbers, which cannot be mixed."""
    whole = [name for name, array in inputs.items() if not np.issubdtype(array.dtype, np.floating)]
    if whole:
        raise ConfigError(
            f"mixup needs inputs of real numbers, {', '.join(whole)} holds whole ones. Set mixup to 0."
        )


class DealtBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one candidate as ``Model.fit`` takes them, epoch after epoch.

    Mixup (Zhang et al., 2018) gives ``share * a + (1 - share) * b`` of inputs and targets, with ``share``
    from Beta(alpha, alpha), one for each example.

    Args:
        candidate: its seed, batch size, mixup and accumulation.
        inputs: inputs by name ``(n, ...)``.
        targets: encoded targets ``(n, ...)``.
        grain: what the examples of each part are a multiple of; one that is not is filled up with its
            first examples.

    Raises:
        ConfigError: mixup of whole numbers.
    """

    def __init__(
        self, candidate: Candidate, inputs: Mapping[str, Any], targets: np.ndarray, *, grain: int = 1
    ) -> None:
        super().__init__()
        if candidate.options.mixup:
            check_mixable(inputs)
        self._candidate, self._inputs, self._targets = candidate, inputs, targets
        self._steps, size = steps_per_epoch(candidate, len(targets))
        self._parts = parts_per_batch(candidate.options.accumulation, size)
        self._examples = -(-size // (self._parts * grain)) * grain
        self.begin(0)

    def __len__(self) -> int:
        return self._steps * self._parts

    def __getitem__(self, position: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        step, part = divmod(position, self._parts)
        rows = self._part(self._batches.rows[step], part)
        if self._batches.partners is None or self._batches.shares is None:
            return {name: array[rows] for name, array in self._inputs.items()}, self._targets[rows]
        partners = self._part(self._batches.partners[step], part)
        share = self._part(self._batches.shares[step], part)
        mixed = {name: _mix(array, rows, partners, share) for name, array in self._inputs.items()}
        return mixed, _mix(self._targets, rows, partners, share)

    def begin(self, epoch: int) -> None:
        """Deal an epoch, counted from 0; Keras' own signal at the end of epochs also comes before any."""
        self._batches = deal(self._candidate, len(self._targets), epoch)

    def _part(self, values: np.ndarray, part: int) -> np.ndarray:
        return np.resize(values.reshape(self._parts, -1)[part], self._examples)


def _mix(array: Any, rows: np.ndarray, partners: np.ndarray, share: np.ndarray) -> np.ndarray:
    weight = share.reshape(-1, *(1,) * (array.ndim - 1))
    return np.asarray(weight * array[rows] + (1 - weight) * array[partners], dtype=array.dtype)
