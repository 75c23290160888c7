"""Arrays with named fields as frames: NumPy's structured and record arrays, and dicts of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError


def of_structured(array: Any) -> pd.DataFrame:
    """Return an array of records ``(n,)`` as a frame with a column for each field.

    A field of several values becomes as many columns, ``name_0``, ``name_1``, ...

    Raises:
        DataError: it has more axes than one, or a field is no number, text, date or list of them.
    """
    if array.ndim != 1:
        raise DataError(f"Expected a structured array of shape (n,), got {array.shape}.")
    return frame_of_fields({str(name): np.asarray(array[name]) for name in array.dtype.names})


def frame_of_fields(fields: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return arrays by name as a frame; those of shape ``(n, k)`` become k columns.

    Raises:
        DataError: an array has other axes or fields of its own, or two become columns of one name.
    """
    columns: dict[str, np.ndarray] = {}
    for name, values in fields.items():
        found = _columns(name, _native(values))
        if columns.keys() & found.keys():
            raise DataError(f"Field {name!r} and another one become columns of the same name. Rename one.")
        columns |= found
    return pd.DataFrame(columns)


def texts(values: np.ndarray) -> np.ndarray:
    """Return an array of bytes as one of texts; any other array as it is.

    Raises:
        DataError: the bytes are no UTF-8.
    """
    if values.dtype.kind != "S" and not (values.dtype == object and _are_bytes(values)):
        return values
    try:
        flat = [item.decode() if isinstance(item, bytes) else item for item in values.ravel()]
    except UnicodeDecodeError as error:
        raise DataError(f"Expected texts in UTF-8, got bytes that are none: {error}.") from None
    found = np.empty(len(flat), dtype=object)
    found[:] = flat
    return found.reshape(values.shape)


def _columns(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    if values.dtype.names or values.ndim not in (1, 2):
        shape = f"fields {', '.join(values.dtype.names)}" if values.dtype.names else f"shape {values.shape}"
        raise DataError(
            f"Field {name!r}: expected one value or a row of values per example, got {shape}. Pass "
            "pictures and series as an array of their own, (X, y)."
        )
    if values.ndim == 1:
        return {name: texts(values)}
    return {f"{name}_{place}": texts(values[:, place]) for place in range(values.shape[1])}


def _native(values: np.ndarray) -> np.ndarray:
    """The values in this machine's order of bytes, which pandas wants."""
    return values.astype(values.dtype.newbyteorder("=")) if values.dtype.byteorder in "<>" else values


def _are_bytes(values: np.ndarray) -> bool:
    return bool(values.size) and isinstance(values.flat[0], bytes)
