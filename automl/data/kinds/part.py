"""The training part as a kind of column is fitted to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.data.kinds.kind import Column


@dataclass(frozen=True, kw_only=True)
class Part:
    """Columns of one kind, with the examples that they are fitted to; never with their targets.

    All folds of a job share one preprocessing: what it knew of targets would tell a fold of those left out.

    Attributes:
        columns: of the kind; of several with one input the first.
        inputs: symbolic raw inputs of the model by name.
        raw: raw arrays of all examples by name; they may be large and mapped from files.
        rows: positions of the training part.
    """

    columns: Sequence[Column]
    inputs: Mapping[str, Any]
    raw: Mapping[str, np.ndarray]
    rows: np.ndarray

    @property
    def names(self) -> list[str]:
        """Names of the inputs of these columns."""
        return [column.input for column in self.columns]

    @property
    def is_alone(self) -> bool:
        """Whether the model has but one raw input."""
        return len(self.inputs) == 1

    def training(self, name: str) -> np.ndarray:
        """The training part of a raw array."""
        part: np.ndarray = self.raw[name][self.rows]
        return part
