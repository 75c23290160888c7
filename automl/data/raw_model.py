"""Models that read raw examples, on any backend.

JAX and PyTorch have no type for texts, and JAX no integers of 64 bits, which dates are. There a model that
reads any of them is not compiled: it runs layer by layer, and its first layers do their work in NumPy or in
TensorFlow's own tables of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np


def predict_batch(model: keras.Model, batch: Mapping[str, Any]) -> Any:
    """Return what ``model.predict_on_batch`` would, also where the backend cannot hold the inputs."""
    if not _runs_by_layer(model):
        return model.predict_on_batch(dict(batch))
    values = {name: np.asarray(item) for name, item in batch.items()}
    return keras.tree.map_structure(keras.ops.convert_to_numpy, keras.Function.call(model, values))


def predict(model: keras.Model, inputs: Mapping[str, Any], batch_size: int) -> Any:
    """Return what ``model.predict`` would, also where the backend cannot hold the inputs.

    Args:
        model: from a dictionary of raw inputs.
        inputs: by name, first axis examples; at least one.
        batch_size: examples at once.
    """
    if not _runs_by_layer(model):
        return model.predict(dict(inputs), batch_size=batch_size, verbose=0)
    rows = len(next(iter(inputs.values())))
    size = min(batch_size, rows)
    # all batches are of one size, as each new one is compiled for; the last is filled up with rows anew
    places = np.resize(np.arange(rows), (-(-rows // size), size))
    parts = [predict_batch(model, {name: item[some] for name, item in inputs.items()}) for some in places]
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays)[:rows], *parts)


def _runs_by_layer(model: keras.Model) -> bool:
    held = keras.backend.backend() == "tensorflow"
    return not held and any(tensor.dtype in ("string", "int64") for tensor in model.inputs)
