"""How long a model takes to answer one example."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

_WARM_UP, _CALLS = 3, 20


def latency_ms(model: keras.Model, inputs: Mapping[str, Any]) -> float:
    """Return the median time of predicting a single example on this machine, in milliseconds.

    Args:
        model: takes the dictionary of preprocessed inputs.
        inputs: arrays by name, of which the first example is taken.
    """
    one = {name: np.asarray(inputs[name][:1]) for name in model.input}
    times = []
    for _ in range(_WARM_UP + _CALLS):
        started = time.perf_counter()
        model.predict_on_batch(one)
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times[_WARM_UP:])
