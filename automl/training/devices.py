"""The backend's devices and settings, whichever backend it is."""

from __future__ import annotations

import keras


def configure(*, deterministic: bool = True) -> None:
    """Prepare the backend; call before the first model is built.

    Args:
        deterministic: equal seeds give equal scores on one machine (TensorFlow; other backends on the
            CPU do so anyway).
    """
    if keras.backend.backend() != "tensorflow":
        return
    from automl.training.strategies import tf_distribute

    tf_distribute.configure()
    if deterministic:
        tf_distribute.enable_determinism()


def describe_devices() -> tuple[str, ...]:
    """One line per device that the backend sees."""
    if keras.backend.backend() != "tensorflow":
        return tuple(str(device) for device in keras.distribution.list_devices())
    from automl.training.strategies import tf_distribute

    return tf_distribute.describe_devices()
