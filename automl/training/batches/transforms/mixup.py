"""Mixup (Zhang et al., 2018): each example is a weighted mean of two, and so is its target.

``share * a + (1 - share) * b`` with ``share`` from Beta(alpha, alpha), one for each example.

Legend: n steps, b examples per step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.errors import ConfigError
from automl.training.batches.transforms.pairs import check_targets, partners, weighted
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Mixup:
    """Mix examples in pairs.

    Attributes:
        mixup: ``alpha``, the concentration of the Beta distribution, 0 for none; for image classification.
    """

    mixup: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("mixup",)

    @property
    def active(self) -> bool:
        """Whether anything is mixed."""
        return self.mixup > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError when an input or a target holds whole numbers, which cannot be mixed."""
        whole = [name for name, array in data.inputs.items() if array.dtype.kind != "f"]
        if whole:
            raise ConfigError(
                f"mixup needs inputs of real numbers, {', '.join(whole)} holds whole ones. Set mixup to 0."
            )
        check_targets(data, "mixup")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``partners`` ``(n, b) int32``, from the same step, and ``shares`` ``(n, b) float32``."""
        return {
            "partners": partners(random, rows),
            "shares": random.beta(self.mixup, self.mixup, rows.shape).astype("float32"),
        }

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Mix every input and every target with those of the partners."""
        shares = draws["shares"]
        return batch.map(lambda one, other: weighted(one, other, shares), fetch(draws["partners"]))
