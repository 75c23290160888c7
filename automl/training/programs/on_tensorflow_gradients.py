"""Gradients of scores on TensorFlow; see ``automl.training.gradients``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from automl.training.gradients import Gradients, Score


def gradients_of(score: Score, variables: Sequence[keras.Variable]) -> Gradients:
    """Return what computes scores ``(n,)`` and gradients; not compiled: models are asked a few times."""

    def gradients(
        moving: Sequence[np.ndarray], still: Sequence[np.ndarray] = (), /
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        tensors = [tf.constant(array) for array in moving]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(tensors)
            scores = score(tensors, [tf.constant(array) for array in still])
            total = tf.reduce_sum(scores)
        found = tape.gradient(total, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return scores.numpy(), [np.asarray(tf.convert_to_tensor(item)) for item in found]

    return gradients
