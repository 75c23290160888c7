"""Inputs and targets as scikit-learn users pass them: arrays, lists, Series, frames.

Rows pair by position, whatever their index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.flags import find_flags
from automl.data.labels import labels
from automl.data.objects.taken import plain


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Targets of the rows that have one.

    Attributes:
        values: ``(n,)`` in the user's own type, or ``(n, targets)``.
        rows: positions of those rows ``(n,) int64``.
        count: rows there were.
    """

    values: np.ndarray
    rows: np.ndarray
    count: int

    def at(self, some: np.ndarray) -> Targets:
        """Return those of some of the rows ``(n,) bool``."""
        return Targets(values=self.values[some], rows=self.rows[some], count=self.count)


def as_inputs(given: Any) -> np.ndarray | pd.DataFrame:
    """Bring inputs to one of three forms.

    Returns:
        a DataFrame with names of str for columns of mixed types, texts as an object array of str ``(n,)``
        with ``""`` for missing ones, else the array: a table ``(n, features)``, pixels, series.

    Raises:
        DataError: sparse, complex, without columns, a single number per row without a second axis, or no
            data at all.
    """
    _refuse_sparse(given)
    given = inputs_of(given)
    if hasattr(given, "to_pandas"):
        given = given.to_pandas()
    if isinstance(given, pd.DataFrame):
        _refuse_empty(given)
        return given.set_axis([str(name) for name in given.columns], axis=1).reset_index(drop=True)
    array = _array(given)
    if array.ndim == 0:
        raise DataError(f"Expected X as an array or a frame, got {type(given).__name__}.")
    if array.dtype.kind == "c":
        raise DataError("Complex data not supported: pass real and imaginary parts as two columns.")
    _refuse_empty(array)
    if array.ndim == 1:
        return _texts_or_series(array)
    if array.ndim == 2 and array.dtype.kind in "OUS":
        return pd.DataFrame(array, columns=numbered(array.shape[1])).infer_objects()
    return array


def inputs_of(given: Any) -> Any:
    """Return inputs that another library holds as a frame or array, without the labels beside them."""
    found = plain(given)
    return found[0] if isinstance(found, tuple) and not isinstance(given, tuple) else found


def as_pair(X: Any, y: Any) -> tuple[Any, Any]:
    """Return inputs and targets; where no targets are given, those that the inputs come with.

    Args:
        X: inputs, or a data set of ``tf.data`` with labels.
        y: targets; None for those of the data set.

    Raises:
        DataError: there are targets in both.
    """
    found = plain(X)
    if isinstance(X, tuple) or not isinstance(found, tuple):
        return found, y
    if y is not None:
        raise DataError(
            f"The {type(X).__name__} has labels already: leave y out, or give inputs alone as X."
        )
    inputs, labels = found
    return inputs, labels


def as_targets(given: Any) -> Targets:
    """Read targets and leave out the rows without one: None, NaN, NA, NaT, blank texts.

    Raises:
        DataError: no row has a target, or they are no list of values.
    """
    if given is None:
        raise DataError("The search requires y to be passed, but the target y is None.")
    _refuse_sparse(given)
    if hasattr(given, "to_pandas"):
        given = given.to_pandas()
    if isinstance(given, pd.DataFrame) and given.shape[1] == 1:
        given = given.iloc[:, 0]
    array = given if isinstance(given, pd.Series) else _array(given)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2):
        raise DataError(f"Expected y of shape (n,) or (n, targets), got {array.shape}.")
    rows = np.flatnonzero(_present(array))
    if not len(rows):
        raise DataError(f"None of the {len(array)} rows has a target: y is empty or missing throughout.")
    values = array.iloc[rows].to_numpy() if isinstance(array, pd.Series) else array[rows]
    return Targets(values=values, rows=rows, count=len(array))


def as_numbers(values: np.ndarray) -> np.ndarray:
    """Targets as finite float64 of the same shape.

    Raises:
        DataError: one is no number, or infinite.
    """
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"Expected numbers in y for a regression: {error}.") from None
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise DataError(f"y has {infinite} infinite values; expected finite numbers.")
    return numbers


def as_weights(given: Any, rows: int) -> np.ndarray | None:
    """How much each row counts ``(rows,)`` float64; None where none is given.

    Args:
        given: a number for all rows, or one for each.
        rows: how many there are.

    Raises:
        DataError: of another shape, not finite, below 0, or 0 for all rows.
    """
    if given is None:
        return None
    try:
        weights = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise DataError("sample_weight: expected a number for each row.") from None
    if weights.ndim == 0:
        weights = np.full(rows, float(weights))
    if weights.shape != (rows,):
        raise DataError(
            f"sample_weight: Sample weights must be 1D array or scalar: expected shape ({rows},), got "
            f"{weights.shape}."
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise DataError("sample_weight: expected finite weights of at least 0.")
    if not weights.any():
        raise DataError("sample_weight: all weights are zero, so no row would count. Give some above 0.")
    return weights


def class_names(classes: np.ndarray) -> list[str]:
    """Name different classes by texts that every reader of labels leaves as they are.

    These are the labels' own texts, or their positions where readers would change one of them: ``NA`` is
    missing in tables, ``1.0`` is ``1``, and ``yes`` is the same as ``True``.
    """
    names = [str(label) for label in classes.tolist()]
    words = labels(pd.Series(names, dtype=object)).tolist()
    alike = len(names) > 2 and find_flags(np.array(names, dtype=object)) is not None
    kept = words == names and len(set(names)) == len(names) and not alike
    return names if kept else [str(position) for position in range(len(names))]


def numbered(count: int) -> list[str]:
    """Names of the columns of an array: ``x0``, ``x1``, ..."""
    return [f"x{position}" for position in range(count)]


def _refuse_sparse(given: Any) -> None:
    if hasattr(given, "tocsr"):
        raise DataError(
            f"Sparse matrices ({type(given).__name__}) are not supported. Pass X.toarray() if it fits in "
            "memory; texts can be passed as they are, without a vectorizer."
        )


def _refuse_empty(given: np.ndarray | pd.DataFrame) -> None:
    if given.ndim == 2 and given.shape[1] == 0:
        raise DataError(f"X has 0 feature(s) (shape={given.shape}) while a minimum of 1 is required.")


def _array(given: Any) -> np.ndarray:
    try:
        array = np.asarray(given)
        # NumPy makes texts of everything beside a text, "nan" of a missing one
        mixed = array.dtype.kind in "US" and not hasattr(given, "dtype")
        return np.asarray(given, dtype=object) if mixed else array
    except ValueError:  # items of unequal lengths
        items = list(given)
        array = np.empty(len(items), dtype=object)
        for place, item in enumerate(items):
            array[place] = np.asarray(item)
        return array


def _texts_or_series(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "OUT":
        raise DataError(
            f"Expected X with rows and columns, got {array.dtype} of shape {array.shape}. "
            "Reshape your data: X.reshape(-1, 1) for one feature, X.reshape(1, -1) for one row."
        )
    items = array.astype(object)
    gone = pd.isna(items)
    if not all(isinstance(item, str) for item in items[~gone]):
        return array
    return np.where(gone, "", items)


def _present(array: Any) -> np.ndarray:
    missing = np.asarray(pd.isna(array))
    if isinstance(array, pd.DataFrame) or array.ndim == 2:
        return np.asarray(~missing.any(axis=1))
    if array.dtype.kind not in "biufcmM":
        missing = missing | np.array([isinstance(item, str) and not item.strip() for item in array], bool)
    return np.asarray(~missing)
