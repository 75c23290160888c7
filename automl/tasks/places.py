"""Where something stands in an array, in operations that every runtime of exported models has.

Symbols: n examples, t places.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops


def of_highest(values: Any, space: Any) -> Any:
    """Return the place of the highest along the last axis, int32; of equal ones the first.

    Args:
        values: ``(..., t)`` float32.
        space: NumPy, or ``keras.ops`` for tensors.
    """
    if space is np:
        return np.argmax(values, axis=-1).astype(np.int32)
    # Keras' argmax looks at the bit of the sign first, which neither ONNX nor LiteRT can
    return ops.cast(ops.top_k(values, 1)[1][..., 0], "int32")


def to_front(values: Any, wanted: Any, space: Any) -> Any:
    """Return the values that are wanted in their order, 0 behind the last ``(n, t)``.

    Args:
        values: ``(n, t)``.
        wanted: ``(n, t) bool``.
        space: NumPy, or ``keras.ops`` for tensors.
    """
    steps = values.shape[1]
    places = np.arange(steps, dtype="int32")[None, :]
    order = space.argsort(space.where(wanted, places, places + steps), axis=1)
    return space.take_along_axis(space.where(wanted, values, 0), order, axis=1)
