"""Gradients of scores on TensorFlow; see ``automl.training.gradients``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from automl.training.gradients import Score


def gradients(score: Score, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return scores ``(n,)`` and gradients; not compiled, as each model is asked a few times only."""
    tensors = [tf.constant(array) for array in inputs]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tensors)
        values = score(tensors)
        total = tf.reduce_sum(values)
    found = tape.gradient(total, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return values.numpy(), [np.asarray(tf.convert_to_tensor(item)) for item in found]
