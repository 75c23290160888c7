"""Blending the predictions of several models: the weighted mean of probabilities, or of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from automl.tasks.layers import WeightedMean


def weighted_mean(predictions: Sequence[Any], weights: Sequence[float]) -> Any:
    """Return the mean of predictions, each model's with its weight.

    Args:
        predictions: of each model: an array, a tensor of Keras, or a mapping of them by name, first axis
            examples; all of one form.
        weights: one per model; they sum to 1.

    Returns:
        the same form; tensors go through a layer that is saved with their model.
    """

    def mean(*parts: Any) -> Any:
        if isinstance(parts[0], np.ndarray):
            return WeightedMean.of(parts, weights)
        return WeightedMean(weights)(list(parts))

    return keras.tree.map_structure(mean, *predictions)
