"""What stands behind features that the preprocessing makes once for all trials: nearly a linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras

from automl.core.tensors import Bound

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class FixedFeaturesOptions:
    """Hyperparameters.

    Attributes:
        dropout: share of features left out in each step.
        width: units of a hidden layer, 0 for none: then the task's head is the linear model.
    """

    dropout: float = 0.0
    width: int = 0


def vector_of(features: Bound, options: FixedFeaturesOptions) -> KerasTensor:
    """Return what the head stands on.

    Args:
        features: standardised ``(batch, f)``.
        options: see there.
    """
    size = features.spec.shape[0] or 1
    # of unit length: what the head draws at first is small next to what it learns from few examples
    vector = keras.layers.Rescaling(size**-0.5)(features.tensor)
    if options.dropout:
        vector = keras.layers.Dropout(options.dropout)(vector)
    if options.width:
        vector = keras.layers.Dense(options.width, activation="relu")(vector)
    return vector
