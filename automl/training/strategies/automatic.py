"""Devices chosen by what is there."""

from __future__ import annotations

import keras

from automl.training.strategies.single import single
from automl.training.strategy import Strategy


def auto() -> Strategy:
    """Return ``tpu``, ``multi-worker`` or ``mirrored`` where TensorFlow finds them, else ``single``.

    Backends other than TensorFlow get ``single``.
    """
    if keras.backend.backend() != "tensorflow":
        return single()
    from automl.training.strategies import tf_distribute

    return tf_distribute.found() or single()
