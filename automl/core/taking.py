"""Rows of arrays, of windows the windows themselves and not their copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np


def each_taken(arrays: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of several arrays, by name."""
    return {name: taken(array, rows) for name, array in arrays.items()}


def taken(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the rows of an array at some positions."""
    from automl.core.text_windows import TextWindows
    from automl.core.windows import Windows

    whole: Any = array
    return cast("np.ndarray", whole.take(rows) if isinstance(whole, Windows | TextWindows) else whole[rows])
