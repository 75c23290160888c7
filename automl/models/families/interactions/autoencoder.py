"""Denoising autoencoder of what users have dealt with (Mult-DAE: Liang et al., 2018).

A set of items, of which a part is left out by chance, becomes a vector, and the vector scores of all items.
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.item_sets import ItemSet


@dataclass(frozen=True, kw_only=True)
class AutoencoderOptions:
    """Hyperparameters.

    Attributes:
        width: length of the vector.
        activation: of the vector: ``tanh``, or ``linear`` for a factorisation.
        left_out: share of a user's items that are left out.
        dropout: share of the vector that is.
    """

    width: int = 200
    activation: str = "tanh"
    left_out: float = 0.5
    dropout: float = 0.0


def build(inputs: Inputs, options: AutoencoderOptions) -> Features:
    """Give ``item_scores (n, I)``."""
    history = inputs.one("history")
    items = history.spec.facts.size - 1
    vector = ItemSet(items, scaled=True)(history.tensor)
    if options.left_out > 0:
        vector = layers.Dropout(options.left_out)(vector)
    vector = layers.Dense(options.width, activation=options.activation)(vector)
    if options.dropout > 0:
        vector = layers.Dropout(options.dropout)(vector)
    return {"item_scores": layers.Dense(items, dtype="float32", name="item_scores")(vector)}


FAMILY = Family(
    name="interactions/autoencoder",
    slots=(Slot(kind="history", least=1),),
    gives=("item_scores",),
    options=AutoencoderOptions,
    build=build,
)
