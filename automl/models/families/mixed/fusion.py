"""Encoders of several kinds of data joined by a combiner, after Ludwig (Molino et al., 2019).

Each part of the data - the columns of a table together, each column of pictures, each of texts - is made a
vector by a family of its kind, through its features and necks; the vectors are then joined. So one search
covers which encoder each kind gets, how each is shaped, and how they are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.core.tensors import Inputs, TensorSpec
from automl.models.ends import encode
from automl.models.families.mixed.encoders import NEEDS, PARTS, configuration_of, encoded, with_encoders
from automl.models.family import Family, Features, Slot
from automl.models.layers.combining import CombinerOptions, combine

FusionOptions = with_encoders("FusionOptions", CombinerOptions)
"""Options of the combiner, ``..._encoder`` for each part, and those of every encoder by prefixed names."""


def build(inputs: Inputs, options: Any) -> Features:
    """Encode each part that is there, and join the vectors."""
    vectors = []
    for family, specs in encoded([item.spec for item in inputs.bound], options):
        own = Inputs(bound=tuple(item for item in inputs.bound if item.spec in specs))
        vectors.append(encode(family, own, configuration_of(family, options), NEEDS))
    return {"vector": combine(vectors, options)}


def uses(specs: Sequence[TensorSpec], options: Any) -> tuple[TensorSpec, ...]:
    """Leave out what the encoders do not look at, such as n-grams beside a network over words."""
    wanted = [spec for _, own in encoded(specs, options) for spec in own]
    return tuple(spec for spec in specs if spec in wanted)


FAMILY = Family(
    name="mixed/fusion",
    slots=tuple(Slot(kind=kind, most=None) for part in PARTS for kind in part.kinds),
    gives=("vector",),
    options=FusionOptions,
    build=build,
    uses=uses,
    joins=True,
)
