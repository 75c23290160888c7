"""How quickly an exported file answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

from automl.core.targets import take_rows
from automl.formats.format import Runner

if TYPE_CHECKING:
    import numpy as np

CALLS, SECONDS = 50, 2.0
"""Calls whose median is the latency, and the time that they take at most."""


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
