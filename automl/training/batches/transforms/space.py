"""Where a transform computes: with NumPy on the host, with ``keras.ops`` inside a compiled step.

The functions of both share names and arguments, so one implementation does for both. The streaming engine
deals its batches on the host, where operations of the backend would cost more than they do, and on a GPU
would wait for the step that is being trained.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def space_of(values: Any) -> Any:
    """Return NumPy for its own arrays, else ``keras.ops``."""
    if isinstance(values, np.ndarray):
        return np
    from keras import ops

    return ops


def cast(values: Any, dtype: Any) -> Any:
    """Return an array of NumPy or of the backend in another type."""
    return values.astype(dtype) if isinstance(values, np.ndarray) else space_of(values).cast(values, dtype)
