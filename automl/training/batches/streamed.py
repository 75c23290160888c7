"""The batches of an epoch as Keras' ``fit`` takes them, one by one from the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from automl.core.targets import count_rows
from automl.training.batches.deal import Length, deal, length_of, parts_per_batch
from automl.training.batches.transforms.transform import Batch, transformed
from automl.training.engine import Candidate


class StreamedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one candidate, epoch after epoch.

    Args:
        candidate: its seed, batch size, transforms and accumulation.
        inputs: inputs by name ``(n, ...)``.
        targets: encoded targets by name ``(n, ...)``.
        rows: positions of those that are dealt, None for all.
        length: of an epoch; None for that of the candidate.
        grain: what the examples of each part are a multiple of; one that is not is filled up with its
            first examples.

    Raises:
        ConfigError: a transform cannot change these data.
    """

    def __init__(
        self,
        candidate: Candidate,
        inputs: Mapping[str, Any],
        targets: Mapping[str, np.ndarray],
        *,
        rows: np.ndarray | None = None,
        length: Length | None = None,
        grain: int = 1,
    ) -> None:
        super().__init__()
        self._candidate = candidate
        self._data = Batch(inputs=inputs, targets=targets, kinds=candidate.kinds)
        for transform in candidate.transforms:
            transform.check(self._data)
        self._rows = count_rows(targets) if rows is None else rows
        self._length = length or length_of(candidate, count_rows(targets))
        self._parts = parts_per_batch(candidate.options.accumulation, self._length.size)
        self._examples = -(-self._length.size // (self._parts * grain)) * grain
        self.begin(0)

    def __len__(self) -> int:
        return self._length.steps * self._parts

    def __getitem__(self, position: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        step, part = divmod(position, self._parts)
        rows = self._part(self._batches.rows[step], part)
        draws = [
            {name: self._part(values[step], part) for name, values in drawn.items()}
            for drawn in self._batches.draws
        ]
        batch = transformed(rows, self._candidate.transforms, draws, self._fetch)
        return dict(batch.inputs), dict(batch.targets)

    def begin(self, epoch: int) -> None:
        """Deal an epoch, counted from 0; Keras' own signal at the end of epochs also comes before any."""
        self._batches = deal(self._candidate, self._rows, epoch, self._length)

    def _part(self, values: np.ndarray, part: int) -> np.ndarray:
        own = values.reshape(self._parts, -1, *values.shape[1:])[part]
        filled: np.ndarray = own[np.arange(self._examples) % len(own)]
        return filled

    def _fetch(self, rows: np.ndarray) -> Batch:
        return self._data.map(lambda array: array[rows])
