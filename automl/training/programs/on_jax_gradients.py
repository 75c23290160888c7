"""Gradients of scores on JAX; see ``automl.training.gradients``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jax import numpy as jnp

if TYPE_CHECKING:
    from automl.training.gradients import Score


def gradients(score: Score, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return scores ``(n,)`` and gradients; not compiled, as each model is asked a few times only."""

    def total(tensors: list[jax.Array]) -> tuple[jax.Array, Any]:
        values = score(tensors)
        return jnp.sum(values), values

    tensors = [jnp.asarray(array) for array in inputs]
    (_, values), found = jax.value_and_grad(total, has_aux=True)(tensors)
    return np.asarray(values), [np.asarray(item) for item in found]
