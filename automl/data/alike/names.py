"""What examples are called, where a message names one."""

from __future__ import annotations

import numpy as np

from automl.data.modality import Examples

FILE = "file"
"""The key by which files are named; what other keys say needs their names."""


def names_of(examples: Examples) -> np.ndarray:
    """Return the names of examples ``(n,)`` object array of str: of their files, or their rows."""
    if FILE in examples.keys:
        return np.asarray(examples.keys[FILE]).astype(str).astype(object)
    for name, values in examples.keys.items():
        if np.asarray(values).ndim == 1:
            return np.array([f"{name} {item}" for item in np.asarray(values)], object)
    return np.array([f"row {at}" for at in range(len(examples))], object)
