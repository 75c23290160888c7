"""The ``.ts`` text format of the UEA and UCR archives: one labelled series per line.

Header lines begin with ``@``, comments with ``#``; behind ``@data`` each line holds the dimensions of one
series separated by colons, the values of a dimension by commas, a missing value is ``?`` or ``NaN``, and
the label or target number stands last.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl.core.errors import DataError
from automl.data.file_bytes import read_bytes
from automl.tasks.declaration import AMOUNT, LABEL

BLANK = frozenset({"?", "nan", ""})


@dataclass(frozen=True, kw_only=True)
class LabelledSeries:
    """Series of a file.

    Attributes:
        series: ``(time, dims)`` float64 each, NaN for missing.
        labels: text of each label, ``""`` for missing; None when the file has none.
        label: kind of target that the labels are, None when the file has none.
    """

    series: list[np.ndarray]
    labels: list[str] | None
    label: str | None


def read_ts(path: Path) -> LabelledSeries:
    """Read a ``.ts`` file, plain or gzipped.

    Raises:
        DataError: no ``@data`` line, no series, timestamps, a value that is no number, or dimensions
            that differ from line to line.
    """
    header: dict[str, list[str]] = {}
    series: list[np.ndarray] = []
    labels: list[str] = []
    for number, line in enumerate(read_bytes(path).decode("utf-8", "replace").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("@"):
            words = text.split()
            header[words[0].lower()] = [word.lower() for word in words[1:]]
            continue
        where = f"{path}, line {number}"
        _check_header(header, where)
        parts = text.split(":")
        if _label(header):
            labels.append(_word(parts.pop()))
        series.append(_dimensions(parts, where))
        _check_width(series, where)
    if not series:
        raise DataError(f"{path}: expected series after a line '@data', found none.")
    label = _label(header)
    return LabelledSeries(series=series, labels=labels if label else None, label=label)


def _check_header(header: dict[str, list[str]], where: str) -> None:
    if "@data" not in header:
        raise DataError(f"{where}: expected header lines that begin with '@' and end with '@data'.")
    if header.get("@timestamps", ["false"])[:1] == ["true"]:
        raise DataError(
            f"{where}: the file has time stamps for each value, which are not read."
            " Write plain values at one regular step and '@timestamps false'."
        )


def _label(header: dict[str, list[str]]) -> str | None:
    if header.get("@classlabel", ["false"])[:1] == ["true"]:
        return LABEL
    return AMOUNT if header.get("@targetlabel", ["false"])[:1] == ["true"] else None


def _word(text: str) -> str:
    return "" if text.strip().lower() in BLANK else text.strip()


def _dimensions(parts: list[str], where: str) -> np.ndarray:
    dims = [_values(part, where, place) for place, part in enumerate(parts, start=1)]
    if not dims:
        raise DataError(f"{where}: expected values and a label separated by ':', got only one part.")
    rows = np.full((max(len(dim) for dim in dims), len(dims)), np.nan)
    for place, dim in enumerate(dims):
        rows[: len(dim), place] = dim
    return rows


def _values(part: str, where: str, place: int) -> list[float]:
    try:
        return [float("nan") if _word(cell) == "" else float(cell) for cell in part.split(",")]
    except ValueError as error:
        raise DataError(
            f"{where}, dimension {place}: expected numbers separated by commas: {error}."
        ) from None


def _check_width(series: list[np.ndarray], where: str) -> None:
    if series[-1].shape[1] != series[0].shape[1]:
        raise DataError(
            f"{where}: expected {series[0].shape[1]} dimensions as in the first series,"
            f" got {series[-1].shape[1]}."
        )
