"""Gradients of what a model answers with respect to what it is given, on each backend that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import keras

from automl.core.catalog import at_place
from automl.core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

Score: TypeAlias = Callable[[Sequence[Any]], Any]
"""From tensors, first axis n, to one number for each example ``(n,)``; written with ``keras.ops``."""

PLACES: Mapping[str, str] = {
    "tensorflow": "automl.training.programs.on_tensorflow_gradients:gradients",
    "jax": "automl.training.programs.on_jax_gradients:gradients",
}
"""What computes them, by backend."""


def gradients(score: Score, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return what a score is, and its gradient with respect to each input.

    Args:
        score: must treat each example by itself.
        inputs: float32, first axis n.

    Returns:
        scores ``(n,)``, and gradients in the shapes of the inputs; zeros for one that has no influence.

    Raises:
        ConfigError: Keras runs on a backend without gradients here.
    """
    backend = keras.backend.backend()
    if backend not in PLACES:
        raise ConfigError(
            f"Gradients are computed on {' or '.join(PLACES)}, and Keras runs on {backend!r} here: set "
            "KERAS_BACKEND before Keras is imported, or choose a method that needs none."
        )
    found: tuple[np.ndarray, list[np.ndarray]] = at_place(PLACES[backend])(score, inputs)
    return found
