"""A result of an earlier study, as the sampler takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automl.core.specs import Scalar


@dataclass(frozen=True, kw_only=True)
class PriorPoint:
    """An earlier result as the sampler takes it.

    Attributes:
        params: parameters of this study, without constants.
        standing: see ``EarlierResult``.
        weight: likeness, above 0 and at most 1.
    """

    params: Mapping[str, Scalar]
    standing: float
    weight: float
