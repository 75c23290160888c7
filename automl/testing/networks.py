"""Families and their ends by themselves, for suites that look at networks without a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras

from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.ends import encode, part_of
from automl.models.family import Family

FORECAST_NEEDS = ("channels", "vector")


def entry(specs: Iterable[TensorSpec]) -> Inputs:
    """Symbolic inputs of a model."""
    return Inputs(
        bound=tuple(
            Bound(tensor=keras.Input(spec.shape, dtype=spec.dtype, name=spec.name), spec=spec)
            for spec in specs
        )
    )


def takes(family: Family, spec: TensorSpec) -> bool:
    """Whether a family has a slot for a tensor."""
    return spec.kind in {slot.kind for slot in family.slots}


def used(family: Family, specs: Iterable[TensorSpec], options: Mapping[str, Any]) -> Sequence[TensorSpec]:
    """Of ``specs`` those that a family connects to with given options."""
    return family.uses([spec for spec in specs if takes(family, spec)], part_of(family.options, options))


def backbone(name: str, specs: Iterable[TensorSpec], options: dict[str, Any]) -> tuple[Inputs, Any]:
    """Inputs that a family takes of ``specs``, and the feature that heads stand on."""
    family, specs = FAMILIES[name], list(specs)
    inputs = entry(used(family, specs, options))
    forecast = any(getattr(spec.facts, "targets", 0) for spec in specs)
    return inputs, encode(family, inputs, options, FORECAST_NEEDS if forecast else ("vector",))


def network(name: str, specs: Iterable[TensorSpec], **options: Any) -> keras.Model:
    """A family's network by itself, to its end."""
    inputs, feature = backbone(name, specs, options)
    return keras.Model(inputs.by_name(), feature)
