"""Deep and cross network over vectors of users, items and their features (DCN-v2: Wang et al., 2021).

Cross layers multiply the input with a linear map of what the last one gave, so that each adds a degree to
the interactions that are learned; a perceptron stands behind them.

n  examples, d  length of all vectors of an example side by side
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers

from automl.core.tensors import Inputs
from automl.models.families.interactions.sides import SIDES, SLOTS
from automl.models.family import Family, Features
from automl.models.layers.id_vectors import FeatureVectors, IdVectors


@dataclass(frozen=True, kw_only=True)
class DcnOptions:
    """Hyperparameters.

    Attributes:
        embedding_size: length of the vector of a user, and of an item.
        feature_size: length of the vector of each feature.
        factor_penalty: weight of the vectors' mean square length in the loss, see ``IdVectors``.
        crosses: cross layers.
        width: units of the layers behind them.
        depth: how many of these there are.
        dropout: share of their units left out.
    """

    embedding_size: int = 32
    feature_size: int = 4
    factor_penalty: float = 0.1
    crosses: int = 2
    width: int = 128
    depth: int = 2
    dropout: float = 0.2


def build(inputs: Inputs, options: DcnOptions) -> Features:
    """Give ``score (n, 1)``."""
    start = layers.Concatenate(axis=1)([part for side in SIDES for part in _of_side(inputs, side, options)])
    crossed = start
    for _ in range(options.crosses):
        mapped = layers.Dense(start.shape[1])(crossed)
        crossed = layers.Add()([layers.Multiply()([start, mapped]), crossed])
    for _ in range(options.depth):
        crossed = layers.Dense(options.width, activation="relu")(crossed)
        if options.dropout > 0:
            crossed = layers.Dropout(options.dropout)(crossed)
    return {"score": layers.Dense(1, dtype="float32", name="score")(crossed)}


def _of_side(inputs: Inputs, side: str, options: DcnOptions) -> list[KerasTensor]:
    ids, features = inputs.one(side), inputs.get(f"{side}_features")
    count = ids.spec.facts.sizes[0]
    parts = [IdVectors(count, options.embedding_size, penalty=options.factor_penalty)(ids.tensor)]
    if features is not None:
        sizes = features.spec.facts.sizes
        parts.append(FeatureVectors(sizes, options.feature_size, joined=False)(features.tensor))
    return parts


FAMILY = Family(
    name="interactions/dcn",
    slots=SLOTS,
    gives=("score",),
    options=DcnOptions,
    build=build,
)
