"""Arrays of an ``.npz`` file: plain ones only, read once per source."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np

from automl.core.errors import DataError
from automl.data.source import Source


def read_npz(source: Source) -> Mapping[str, np.ndarray]:
    """Return the arrays of a source of kind ``npz`` by name.

    Raises:
        DataError: the file is no npz file, is cut off, holds nothing, or holds objects instead of numbers.
    """
    if source.path is None:
        raise DataError(f"{source.name}: expected an .npz file, got a {source.kind}.")
    path = source.path
    return cast("Mapping[str, np.ndarray]", source.kept.get("npz", lambda: _read(path)))


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):  # an .npy file under another name
            return {"x": loaded}
        with loaded:
            arrays = {key: loaded[key] for key in loaded}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        reason = str(error).rstrip(".")
        raise DataError(
            f"{path} cannot be read as an npz file: {reason}. Expected arrays, as np.savez writes them;"
            " series of unequal length are padded with NaN at the end."
        ) from None
    if not arrays:
        raise DataError(f"{path} holds no arrays. Expected inputs and labels, as np.savez writes them.")
    return arrays
