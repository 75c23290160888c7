"""Hyperparameters as the study knows them, from which its sampler learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from automl.core.specs import Scalar
from automl.kerastuner.engine.hyperparameters import HyperParameter, HyperParameters
from automl.spaces.kerastuner import Described, described
from automl.spaces.parameters import Parameter


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One hyperparameter that can vary.

    Attributes:
        key: what the study calls it.
        item: the hyperparameter.
        known: the same in the study's words.
    """

    key: str
    item: HyperParameter
    known: Described


def dimensions_of(hyperparameters: HyperParameters) -> list[Dimension]:
    """Return those that can vary, in their order.

    Several of one name, under different conditions, are different to the study.
    """
    named: set[str] = set()
    found = []
    for item in hyperparameters.space:
        known = described(type(item).__name__, item.get_config())
        name = item.name if item.name not in named else f"{item.name} if {_told(item)}"
        named.add(item.name)
        if known.varies:
            found.append(Dimension(key=f"{name}{known.suffix}", item=item, known=known))
    return found


def values_drawn(space: HyperParameters, draw: Callable[[str, Parameter], Scalar]) -> dict[str, Any]:
    """Draw a value for everything that exists beside the others, defaults for what does not vary.

    Args:
        space: what is known of it; its values are replaced.
        draw: from the study's name of a hyperparameter, and what it is drawn from, to a value.
    """
    dimensions = {id(item.item): item for item in dimensions_of(space)}
    space.values = {}
    for item in space.space:
        if space.is_active(item):
            space.values[item.name] = _drawn(item, dimensions.get(id(item)), draw)
    return space.values


def values_for(
    hyperparameters: HyperParameters, values: Mapping[str, Any]
) -> dict[str, tuple[Parameter, Scalar]]:
    """Return what of a trial's values the study can learn from: of what exists, what lies in its range."""
    space = hyperparameters.copy()
    space.values = dict(values)
    found = {}
    for item in dimensions_of(space):
        if space.is_active(item.item) and item.item.name in values:
            kept = item.known.turned(values[item.item.name])
            if item.known.parameter.contains(kept):
                found[item.key] = (item.known.parameter, kept)
    return found


def _drawn(
    item: HyperParameter, dimension: Dimension | None, draw: Callable[[str, Parameter], Scalar]
) -> Any:
    if dimension is None:
        return item.default
    return dimension.known.turned(draw(dimension.key, dimension.known.parameter))


def _told(item: HyperParameter) -> str:
    return " and ".join(f"{part.name} in {part.values}" for part in item.conditions) or "always"
