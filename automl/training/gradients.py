"""Gradients of what a model answers with respect to what it is given, on each backend that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import keras

from automl.core.catalog import at_place
from automl.core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

Score: TypeAlias = Callable[[Sequence[Any], Sequence[Any]], Any]
"""From the tensors that gradients are of and those that stay as they are, each with first axis n, to one
number for each example ``(n,)``; written with ``keras.ops``."""


class Gradients(Protocol):
    """Computes a score with its gradients."""

    def __call__(
        self, moving: Sequence[np.ndarray], still: Sequence[np.ndarray] = (), /
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return scores ``(n,)``, and gradients in the shapes of the inputs; zeros without influence.

        Args:
            moving: what gradients are of, float32, first axis n.
            still: what else the score reads, first axis n.
        """
        ...


PLACES: Mapping[str, str] = {
    "tensorflow": "automl.training.programs.on_tensorflow_gradients:gradients_of",
    "jax": "automl.training.programs.on_jax_gradients:gradients_of",
}
"""What computes them, by backend."""


def gradients_of(score: Score, variables: Sequence[keras.Variable] = ()) -> Gradients:
    """Return what computes a score with its gradients.

    On JAX it is compiled at the first call, and anew for each other number of examples.

    Args:
        score: must treat each example by itself.
        variables: that the score reads; those that are left out may become constants of what is compiled.

    Raises:
        ConfigError: Keras runs on a backend without gradients here.
    """
    backend = keras.backend.backend()
    if backend not in PLACES:
        raise ConfigError(
            f"Gradients are computed on {' or '.join(PLACES)}, and Keras runs on {backend!r} here: set "
            "KERAS_BACKEND before Keras is imported, or choose a method that needs none."
        )
    found: Gradients = at_place(PLACES[backend])(score, variables)
    return found
