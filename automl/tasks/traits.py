"""What raw targets are like, in words that parameters of a search space may ask for as for tensors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.core.targets import TARGET

SKEWED = "skewed_targets"
"""Every target is above 0, has a long tail of large values, and its logarithm has a shorter one."""

LONG_TAIL = 1.0
"""Skewness, the third standardised moment, of a tail that is long."""


def of_amounts(targets: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """Return the traits of amounts ``(n, k) float64``."""
    values = np.asarray(targets[TARGET], dtype=np.float64)
    columns = values.reshape(len(values), -1).T
    return (SKEWED,) if all(_is_skewed(column) for column in columns) else ()


def _is_skewed(values: np.ndarray) -> bool:
    if not (np.isfinite(values).all() and (values > 0).all()):
        return False
    skewness = _skewness(values / values.max())
    return bool(skewness > LONG_TAIL and abs(_skewness(np.log(values))) < skewness)


def _skewness(values: np.ndarray) -> float:
    centred = values - values.mean()
    spread = np.sqrt(np.mean(centred**2))
    return float(np.mean((centred / spread) ** 3)) if spread > 0 else 0.0
