"""The classes of a target in the order of a model's outputs, with their shares."""

from __future__ import annotations

import numpy as np


def classes_of(labels: np.ndarray) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return classes and their shares: by value where every label reads as a number, else by alphabet.

    Args:
        labels: raw labels ``(n,)``.
    """
    values, counts = np.unique(np.asarray(labels).astype(str), return_counts=True)
    order = _class_order([str(value) for value in values])
    shares = counts / counts.sum()
    return tuple(str(values[place]) for place in order), tuple(float(shares[place]) for place in order)


def _class_order(labels: list[str]) -> list[int]:
    """Order by value when every label reads as a number, else by alphabet."""
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        numbers = [float("nan")]
    if not np.isfinite(numbers).all():
        return sorted(range(len(labels)), key=lambda place: labels[place])
    return sorted(range(len(labels)), key=lambda place: (numbers[place], labels[place]))
