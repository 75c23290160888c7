"""How far an exported file answers from the model itself, and how quickly.

Symbols: n rows, k columns of an output.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from automl.core.targets import take_rows
from automl.formats.format import Runner

if TYPE_CHECKING:
    import numpy as np

FULL_LIMIT, SMALL_LIMIT = 1e-4, 2e-2
"""Largest difference that is rounding: of weights in float32, and of smaller ones."""

CALLS, SECONDS = 50, 2.0
"""Calls whose median is the latency, and the time that they take at most."""

SHARE, SPREAD, COUNT = "probability", "standard deviations of the predictions", "share of the values"
"""What differences are measured in."""


@dataclass(frozen=True, kw_only=True)
class Parity:
    """The comparison of a file with the model that it was made of.

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
        """Whether the file answers as the model does."""
        return self.largest_difference <= self.limit


def compared(
    found: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    shares: frozenset[str],
    *,
    limit: float,
) -> Parity:
    """Compare outputs by name.

    Args:
        found: of the file.
        expected: of the model.
        shares: names of outputs that are probabilities; others are measured in their own spread.
        limit: see ``Parity``.
    """
    gaps = {name: _gap(found[name], values, share=name in shares) for name, values in expected.items()}
    worst = max(gaps, key=gaps.__getitem__)
    return Parity(
        rows=len(expected[worst]),
        largest_difference=gaps[worst],
        unit=SHARE if worst in shares else SPREAD if expected[worst].dtype.kind == "f" else COUNT,
        output=worst,
        limit=limit,
    )


def latency(run: Runner, inputs: Mapping[str, np.ndarray]) -> float:
    """Return the median time of a call with one row, in milliseconds, after a first call."""
    row = take_rows(inputs, slice(0, 1))
    run(row)
    times: list[float] = []
    begun = time.perf_counter()
    while len(times) < CALLS and (not times or time.perf_counter() - begun < SECONDS):
        start = time.perf_counter()
        run(row)
        times.append(time.perf_counter() - start)
    return 1e3 * median(times)


def _gap(found: np.ndarray, expected: np.ndarray, *, share: bool) -> float:
    import numpy as np

    if found.shape != expected.shape:
        return float("inf")
    if expected.dtype.kind != "f":
        return float(np.mean(_texts(found) != _texts(expected))) if expected.size else 0.0
    # infinities and gaps are right where both have them
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        gaps = np.where(same, 0.0, np.abs(found.astype(np.float64) - expected))
    gaps = gaps if share else gaps / _spread(expected)
    return float(np.where(np.isnan(gaps), np.inf, gaps).max(initial=0.0))


def _spread(values: np.ndarray) -> np.ndarray:
    """Standard deviation of each column ``(k,)``, their size where they do not vary."""
    import numpy as np

    wide = np.where(np.isfinite(values), values, 0.0).astype(np.float64)
    columns = wide.reshape(-1, wide.shape[-1] if wide.ndim > 1 else 1)
    size = np.abs(columns).max(axis=0, initial=0.0)
    spread = columns.std(axis=0)
    return np.asarray(np.maximum(np.where(spread > 1e-6 * size, spread, size), 1e-300))


def _texts(values: np.ndarray) -> np.ndarray:
    import numpy as np

    if values.dtype.kind != "O":
        return values
    plain = [item.decode("utf-8") if isinstance(item, bytes) else item for item in values.ravel().tolist()]
    return np.array(plain, object).reshape(values.shape)
