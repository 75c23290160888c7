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
from automl.models.families.mixed.encoders import NEEDS, PARTS, configuration_of, with_encoders
from automl.models.family import Family, Features, Slot
from automl.models.layers.combining import CombinerOptions, combine

FusionOptions = with_encoders("FusionOptions", CombinerOptions)
"""Options of the combiner, ``..._encoder`` for each part, and those of every encoder by prefixed names."""


def build(inputs: Inputs, options: Any) -> Features:
    """Encode each part that is there, and join the vectors."""
    specs, vectors = [item.spec for item in inputs.bound], []
    for part in PARTS:
        for group in part.groups(specs):
            family = part.family(options)
            own = Inputs(bound=tuple(item for item in inputs.bound if item.spec in group))
            vectors.append(encode(family, own, configuration_of(family, options), NEEDS))
    return {"vector": combine(vectors, options)}


def uses(specs: Sequence[TensorSpec], options: Any) -> tuple[TensorSpec, ...]:
    """Leave out what the chosen encoders do not look at, such as n-grams beside a network over words."""
    wanted = {slot.kind for part in PARTS for slot in part.family(options).slots}
    return tuple(spec for spec in specs if spec.kind in wanted)


FAMILY = Family(
    name="mixed/fusion",
    slots=tuple(Slot(kind=kind, most=None) for part in PARTS for kind in part.kinds),
    gives=("vector",),
    options=FusionOptions,
    build=build,
    uses=uses,
    joins=True,
)
