"""Matrix factorisation with biases (Koren, Bell and Volinsky, 2009).

A score is the product of a vector of the user and one of the item, and a bias of either. What is known of
users and items adds to their vectors and biases (LightFM: Kula, 2015), so one that has no ratings yet has
those of its features.

n  examples, f  factors
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers

from automl.core.tensors import Inputs
from automl.models.families.interactions.sides import SIDES, SLOTS
from automl.models.family import Family, Features
from automl.models.layers.id_vectors import FeatureVectors, IdVectors


@dataclass(frozen=True, kw_only=True)
class FactorizationOptions:
    """Hyperparameters.

    Attributes:
        factors: length of the vectors.
        factor_penalty: weight of the vectors' mean square length in the loss, see ``IdVectors``.
        bias_penalty: the same of the biases.
        deviation: of the first values of the vectors.
    """

    factors: int = 64
    factor_penalty: float = 0.1
    bias_penalty: float = 0.005
    deviation: float = 0.1


def build(inputs: Inputs, options: FactorizationOptions) -> Features:
    """Give ``score (n, 1)``."""
    product = layers.Dot(axes=1)([_of_side(inputs, side, options.factors, options) for side in SIDES])
    biases = [_of_side(inputs, side, 1, options) for side in SIDES]
    return {"score": layers.Add()([product, *biases])}


def _of_side(inputs: Inputs, side: str, size: int, options: FactorizationOptions) -> KerasTensor:
    """Vectors ``(n, size)`` of users or items; of size 1, their biases, which begin at zero."""
    ids, features = inputs.one(side), inputs.get(f"{side}_features")
    bias = size == 1
    deviation = 0.0 if bias else options.deviation
    penalty = options.bias_penalty if bias else options.factor_penalty
    vectors = IdVectors(ids.spec.facts.sizes[0], size, deviation, penalty)(ids.tensor)
    if features is None:
        return vectors
    return layers.Add()(
        [vectors, FeatureVectors(features.spec.facts.sizes, size, deviation)(features.tensor)]
    )


FAMILY = Family(
    name="interactions/factorization",
    slots=SLOTS,
    gives=("score",),
    options=FactorizationOptions,
    build=build,
)
