"""Devices chosen by what is available."""

from __future__ import annotations

import keras

from automl.training.strategies.single import single
from automl.training.strategy import Strategy


def auto() -> Strategy:
    """Return what the backend finds devices for, else ``single``.

    On TensorFlow that is ``tpu``, ``multi-worker`` or ``mirrored``, on JAX ``data-parallel``.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from automl.training.strategies import tf_distribute

        return tf_distribute.found() or single()
    if backend == "jax":
        from automl.training.strategies import data_parallel

        return data_parallel.found() or single()
    return single()
