"""How a family ends: from the features that it built to one that is needed, through one neck at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from automl.core.errors import ConfigError
from automl.core.specs import Configuration, Scalar
from automl.core.tensors import Inputs
from automl.models.family import Family, Features
from automl.models.necks.catalog import NECKS
from automl.models.necks.neck import Neck


@dataclass(frozen=True, kw_only=True)
class End:
    """A neck that may end a family, with its part of the configuration."""

    neck: Neck
    options: Any


def necks_of(family: Family, needs: Sequence[str]) -> tuple[tuple[Neck, Mapping[str, Scalar]], ...]:
    """Return the necks that may end a family, the best first, with defaults that differ from their own.

    Those that the family names, where one of them gives what is needed; else those of the catalog, one for
    each feature of the family.
    """
    named = [(NECKS[name], defaults) for name, defaults in family.necks.items()]
    own = tuple((neck, defaults) for neck, defaults in named if neck.gives in needs)
    if own:
        return own
    found: dict[str, Neck] = {}
    for need in needs:
        for neck in NECKS.sound():
            if neck.gives == need and neck.takes != need and neck.takes in family.gives:
                found.setdefault(neck.takes, neck)
    return tuple((neck, {}) for neck in found.values())


def deal_ends(family: Family, needs: Sequence[str], configuration: Configuration) -> tuple[End, ...]:
    """Give each neck that may end the family its part of a configuration, by field name."""
    return tuple(
        End(neck=neck, options=part_of(neck.options, {**defaults, **configuration}))
        for neck, defaults in necks_of(family, needs)
    )


def part_of(options: type[Any], configuration: Configuration) -> Any:
    """Make options of those parameters that are fields of them."""
    names = {item.name for item in fields(options)}
    return options(**{name: value for name, value in configuration.items() if name in names})


def lead(family: Family, ends: Sequence[End], features: Features, needs: Sequence[str]) -> Any:
    """Return the first feature of ``needs`` that there is, through a neck where one fits.

    Raises:
        ConfigError: what was built cannot be brought there.
    """
    for need in needs:
        for end in ends:
            # a neck that the family names is its end, whatever else it gives
            named = end.neck.name in family.necks
            if end.neck.gives == need and end.neck.takes in features and (named or need not in features):
                return end.neck.build(features, end.options)
        if need in features:
            return features[need]
    raise ConfigError(
        f"The family {family.short!r} gives {', '.join(features)} with these options, and "
        f"{' or '.join(needs)} is needed. Choose other options."
    )


def encode(
    family: Family, inputs: Inputs, configuration: Configuration, needs: Sequence[str] = ("vector",)
) -> Any:
    """Build a family on tensors, to its end: the first feature of ``needs`` that there is."""
    features = family.build(inputs, part_of(family.options, configuration))
    return lead(family, deal_ends(family, needs, configuration), features, needs)
