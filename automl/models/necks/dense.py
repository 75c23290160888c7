"""From a vector to a vector: dropout, perhaps one dense layer."""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor

from automl.models.family import Features
from automl.models.layers.image_blocks import dense_head
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class DenseOptions:
    """What stands ahead of the task's head.

    Attributes:
        dense_width: units of the dense layer, 0 for none.
        activation: of that layer, any activation of Keras by name.
        dropout: share dropped before and after that layer.
    """

    dense_width: int = 0
    activation: str = "relu"
    dropout: float = 0.2


def build(features: Features, options: DenseOptions) -> KerasTensor:
    """From ``vector`` to ``vector``."""
    return end(features["vector"], options)


def end(vector: KerasTensor, options: DenseOptions) -> KerasTensor:
    """Put dropout and the dense layer behind a vector ``(n, f)``."""
    return dense_head(
        vector, width=options.dense_width, dropout=options.dropout, activation=options.activation
    )


DENSE = Neck(name="dense", takes="vector", gives="vector", options=DenseOptions, build=build)
