"""Arithmetic in 64 bits on any backend, for layers that read raw numbers.

Raw numbers are float64 and dates int64: an offset of 1e9 leaves float32 no digit behind the point, so it
is taken off before anything is cut to float32. TensorFlow has both types. JAX and PyTorch run such layers
on NumPy arrays, see ``automl.data.raw_model``; traced there, they fall back on float32.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from automl.core.arithmetic import widest_float


def space_of(values: Any) -> Any:
    """Where to compute: in NumPy with its arrays, else in the backend; their functions share names."""
    return np if isinstance(values, np.ndarray) else ops


def cast(values: Any, dtype: str) -> Any:
    """Cast an array of NumPy or of the backend."""
    if isinstance(values, np.ndarray):
        with np.errstate(over="ignore"):
            return values.astype(dtype)
    return ops.cast(values, dtype)


def widened(values: Any) -> Any:
    """Cast to float64, or to float32 where the backend has nothing wider and the array is its own, or where
    nothing wider is wanted.
    """
    if isinstance(values, np.ndarray):
        return cast(values, "float64")
    return cast(values, widest_float() if keras.backend.backend() == "tensorflow" else "float32")


def constant(values: Any, like: Any) -> Any:
    """Fitted numbers in the space and type of ``like``."""
    numbers = np.asarray(values, np.float64)
    return numbers if isinstance(like, np.ndarray) else ops.convert_to_tensor(numbers, like.dtype)
