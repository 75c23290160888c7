"""Gradients of scores on JAX; see ``automl.training.gradients``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import keras
import numpy as np
from jax import numpy as jnp

if TYPE_CHECKING:
    from automl.training.gradients import Gradients, Score


def gradients_of(score: Score, variables: Sequence[keras.Variable]) -> Gradients:
    """Return what computes scores ``(n,)`` and gradients, compiled: layer by layer it would take many times
    as long, as each call would be traced anew.

    Values of variables are arguments of what is compiled, as large constants take XLA long.
    """

    def run(values: list[Any], moving: list[Any], still: list[Any]) -> tuple[Any, list[Any]]:
        def total(tensors: list[Any]) -> tuple[Any, Any]:
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                scores = score(tensors, still)
            return jnp.sum(scores), scores

        (_, scores), slopes = jax.value_and_grad(total, has_aux=True)(moving)
        return scores, slopes

    compiled = jax.jit(run)

    def gradients(
        moving: Sequence[np.ndarray], still: Sequence[np.ndarray] = (), /
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        values = [item.value for item in variables]
        scores, slopes = compiled(
            values, *([jnp.asarray(item) for item in some] for some in (moving, still))
        )
        return np.asarray(scores), [np.asarray(item) for item in slopes]

    return gradients
