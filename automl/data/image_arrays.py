"""Pictures that come as arrays: npz files, arrays in memory, scikit-learn's digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.data.npz import read_npz
from automl.data.source import Source

KEYS = (
    ("x_train", "y_train"),
    ("train_images", "train_labels"),
    ("X_train", "y_train"),
    ("images", "labels"),
    ("x", "y"),
    ("X", "y"),
    ("images", "targets"),
    ("data", "labels"),
    ("x_test", "y_test"),
    ("test_images", "test_labels"),
)
"""Names under which npz files usually keep pictures and labels; the first pair that is there is taken."""


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """Raw pictures and labels in memory.

    Attributes:
        pixels: ``(n, height, width, channels)`` of the source's own type.
        labels: ``(n,)`` or ``(n, targets)``, or None.
        where: what messages call the source.
        notes: what a user should know.
    """

    pixels: np.ndarray
    labels: np.ndarray | None
    where: str
    notes: tuple[str, ...] = ()


def read_arrays(source: Source, *, labelled: bool) -> Arrays:
    """Read a source of kind ``npz``, ``arrays`` or ``sklearn``.

    Args:
        source: where the arrays are.
        labelled: whether labels must be there.

    Raises:
        DataError: no pictures under a usual name, a shape that is no picture's, labels that are missing
            or of another length.
    """
    arrays = {"npz": _from_file, "arrays": _from_memory, "sklearn": _bundled}[source.kind](source)
    pixels = _as_pictures(arrays.pixels, arrays.where)
    labels = _as_labels(arrays.labels, len(pixels), arrays.where)
    if labelled and labels is None:
        raise DataError(f"{arrays.where}: expected images and labels, got images only. Pass (X, y).")
    return Arrays(pixels=pixels, labels=labels, where=arrays.where, notes=arrays.notes)


def _from_file(source: Source) -> Arrays:
    where = str(source.path)
    stored = read_npz(source)
    images, labels = _find_keys(list(stored), where)
    others = [key for key in stored if key not in (images, labels)]
    read = f"{images} and {labels}" if labels else f"{images}, no labels,"
    notes = (f"{where}: {read} were read, not {', '.join(others)}.",) if others else ()
    return Arrays(
        pixels=stored[images], labels=stored[labels] if labels else None, where=where, notes=notes
    )


def _find_keys(keys: Sequence[str], where: str) -> tuple[str, str | None]:
    for images, labels in KEYS:
        if images in keys and labels in keys:
            return images, labels
    for images, _ in KEYS:
        if images in keys:
            return images, None
    usual = ", ".join(f"{images}/{labels}" for images, labels in KEYS[:5])
    raise DataError(f"{where}: expected images and labels named {usual}; its keys are: {', '.join(keys)}.")


def _from_memory(source: Source) -> Arrays:
    content: Any = source.content
    if not isinstance(content, tuple):
        return Arrays(pixels=np.asarray(content), labels=None, where=source.name)
    parts: list[Any] = list(content)
    if len(parts) != 2:
        raise DataError(f"{source.name}: expected (X, y), got {len(parts)} parts.")
    labels = None if parts[1] is None else np.asarray(parts[1])
    return Arrays(pixels=np.asarray(parts[0]), labels=labels, where=source.name)


def _bundled(source: Source) -> Arrays:
    if source.name != "digits":
        raise DataError(f"sklearn:{source.name} holds no images; sklearn:digits does.")
    from sklearn.datasets import load_digits

    digits = load_digits()
    return Arrays(pixels=digits.images, labels=digits.target, where="sklearn:digits")


def _as_pictures(pixels: np.ndarray, where: str) -> np.ndarray:
    """To four axes; the type tells what they mean, so it is kept."""
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.ndim != 4 or pixels.shape[-1] not in (1, 3) or 0 in pixels.shape:
        raise DataError(
            f"{where}: expected images of shape (n, height, width), (n, height, width, 1) or "
            f"(n, height, width, 3), got {pixels.shape}."
        )
    if pixels.dtype.kind not in "uifb":
        raise DataError(f"{where}: expected pixels as uint8 or float, got {pixels.dtype}.")
    if pixels.dtype.kind == "f":
        # what float32 cannot hold counts as infinite
        with np.errstate(over="ignore"):
            whole = [bool(np.isfinite(picture.astype(np.float32)).all()) for picture in pixels]
        bad = len(pixels) - sum(whole)
        if bad:
            raise DataError(
                f"{where}: {bad} of {len(pixels)} images have NaN or infinite pixels. Remove them."
            )
    return pixels


def _as_labels(labels: np.ndarray | None, count: int, where: str) -> np.ndarray | None:
    if labels is None:
        return None
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim not in (1, 2) or len(labels) != count:
        raise DataError(
            f"{where}: expected labels of shape ({count},) or ({count}, targets), got {labels.shape}."
        )
    return labels
