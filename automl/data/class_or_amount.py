"""The one rule by which numbers are names of classes, or amounts to be predicted by regression.

Numbers are classes when they are whole and few: two values, or at most 10 that occur five times on
average. All others are amounts. Data sets of pictures and of series number their classes 0, 1, 2, ... or
1, 2, 3, ... without a gap; such numbers may be more than 10, if they occur as often.
"""

from __future__ import annotations

import numpy as np

MOST_CLASSES = 10
ROWS_PER_CLASS = 5


def are_amounts(numbers: np.ndarray, *, numbered: bool = False) -> bool:
    """Whether known numbers ``(n,)`` are amounts, and not classes.

    Args:
        numbers: without missing ones.
        numbered: whether the source is one that numbers its classes, if it has any.
    """
    if len(numbers) == 0:
        return False
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        return True
    different = np.unique(numbers)
    if len(different) <= 2:
        return False
    if len(different) * ROWS_PER_CLASS > len(numbers):
        return True
    return len(different) > MOST_CLASSES and not (numbered and _without_gap(different))


def _without_gap(different: np.ndarray) -> bool:
    return bool(different[0] in (0, 1) and len(different) == different[-1] - different[0] + 1)
