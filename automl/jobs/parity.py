"""How far two ways to predict are apart: a model and the file that it was saved in, or exported to.

Symbols: n rows, k columns of an output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.tasks.catalog import gives_lists, gives_probabilities
from automl.tasks.task import KnowsSpread, Task

if TYPE_CHECKING:
    import numpy as np

CHANCE, SPREAD, SIZE, COUNT = (
    "probability",
    "standard deviations of the target",
    "share of the largest value",
    "share of the values",
)
"""What differences are measured in: of probabilities, of amounts, of other numbers, of everything else."""

COVERED = 0.01
"""Share of rows whose lists may differ by an item that just covers another, or is just covered."""


@dataclass(frozen=True, kw_only=True)
class Parity:
    """The comparison of predictions with those that they should be.

    Attributes:
        rows: compared.
        largest_difference: of all outputs and rows; of whole numbers and texts the share that differs.
        unit: what it is measured in.
        output: in which it was found.
        limit: above which it is no rounding.
    """

    rows: int
    largest_difference: float
    unit: str
    output: str
    limit: float

    @property
    def holds(self) -> bool:
        """Whether there is no more than rounding between them."""
        return self.largest_difference <= self.limit


def compared(
    task: Task, found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray], *, limit: float
) -> Parity:
    """Compare predictions by name.

    Probabilities are compared as they are. Amounts are measured in the standard deviation of the target in
    training, since a model of one epoch may vary as little as its rounding does; other numbers, such as
    vectors, in the largest of their column. Items of lists, such as boxes, are compared with the nearest
    one of the other list: rounding may swap two.

    Args:
        task: fitted; it tells what the predictions are.
        found: to be judged.
        expected: what they should be, first axis rows.
        limit: see ``Parity``.
    """
    described = task.describe()
    spreads = task.spread() if isinstance(task, KnowsSpread) else {}
    gaps: dict[str, tuple[float, str]] = {}
    for name, values in expected.items():
        if values.dtype.kind != "f":
            gaps[name] = _share(found[name], values), COUNT
        elif gives_lists(described, name) and values.ndim == 3:
            gaps[name] = _apart(found[name], values), SIZE
        elif gives_probabilities(described, name):
            gaps[name] = _gap(found[name], values, 1.0), CHANCE
        elif name in spreads:
            gaps[name] = _gap(found[name], values, spreads[name]), SPREAD
        else:
            gaps[name] = _gap(found[name], values, _size(values)), SIZE
    worst = max(gaps, key=lambda name: gaps[name][0])
    return Parity(
        rows=len(expected[worst]),
        largest_difference=gaps[worst][0],
        unit=gaps[worst][1],
        output=worst,
        limit=limit,
    )


def _gap(found: np.ndarray, expected: np.ndarray, unit: float | np.ndarray) -> float:
    import numpy as np

    if found.shape != expected.shape:
        return float("inf")
    # infinities and gaps are right where both have them
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        gaps = np.where(same, 0.0, np.abs(found.astype(np.float64) - expected)) / unit
    return float(np.where(np.isnan(gaps), np.inf, gaps).max(initial=0.0))


def _apart(found: np.ndarray, expected: np.ndarray) -> float:
    """How far items are from the nearest of the other list, the largest in all but the worst rows.

    Rounding decides now and then which of two boxes covers the other.

    Args:
        found: ``(n, m, k)``.
        expected: of the same shape.
    """
    import numpy as np

    if found.shape != expected.shape:
        return float("inf")
    unit = _size(expected)
    rows = [
        np.abs(one[:, None].astype(np.float64) - other[None]) / unit
        for one, other in zip(found, expected, strict=True)
    ]
    gaps = [row.max(axis=2) for row in rows]
    worst = sorted(max(gap.min(axis=0).max(), gap.min(axis=1).max()) for gap in gaps)
    largest = worst[-1 - int(COVERED * len(worst))]
    return float(largest) if np.isfinite(largest) else float("inf")


def _share(found: np.ndarray, expected: np.ndarray) -> float:
    import numpy as np

    if found.shape != expected.shape:
        return float("inf")
    return float(np.mean(_texts(found) != _texts(expected))) if expected.size else 0.0


def _size(values: np.ndarray) -> np.ndarray:
    """Largest size in each column ``(k,)``."""
    import numpy as np

    known = np.abs(np.where(np.isfinite(values), values, 0.0).astype(np.float64))
    columns = known.reshape(-1, values.shape[-1] if values.ndim > 1 else 1)
    return np.asarray(np.maximum(columns.max(axis=0, initial=0.0), 1e-300))


def _texts(values: np.ndarray) -> np.ndarray:
    import numpy as np

    if values.dtype.kind != "O":
        return values
    plain = [item.decode("utf-8") if isinstance(item, bytes) else item for item in values.ravel().tolist()]
    return np.array(plain, object).reshape(values.shape)
