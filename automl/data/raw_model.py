"""Models that read raw examples, on any backend.

JAX and PyTorch have no type for texts, and JAX no integers and numbers of 64 bits, which dates and raw
numbers are. There a model that reads any of them is not compiled: it runs layer by layer, and its first
layers do their work in NumPy or in TensorFlow's own tables of words. The last layer before a
prediction that is float64 runs in NumPy too.

``keras.Model.predict`` cuts float64 arrays to float32 before the model sees them; ``RawModel`` does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import pandas as pd

from automl.core.copies import copies
from automl.private_keras import all_layers, frontier, run_through_graph

LEAST, MOST = 256, 2048
"""Examples that are predicted at once."""

BATCH_VALUES, MOST_VALUES = 1 << 21, 1 << 25
"""Most values of one tensor in a batch above ``LEAST``, and in any batch: 128 MB."""

_readers: WeakKeyDictionary[keras.Model, Callable[[Any], Mapping[str, np.ndarray]]] = WeakKeyDictionary()
"""Of models of a job what reads frames, rows and texts as the search has read them."""

_parts: WeakKeyDictionary[keras.Model, tuple[keras.Model, keras.Function]] = WeakKeyDictionary()
"""Of models with wide outputs what comes before these, and what makes them."""

_sizes: WeakKeyDictionary[keras.Model, int] = WeakKeyDictionary()
"""Of models, how many examples are predicted at once: a server asks that for each request."""


@keras.saving.register_keras_serializable(package="automl")
class RawModel(keras.Model):  # type: ignore[misc]
    """A functional model of raw examples, whose ``predict`` keeps every digit on every backend."""

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: Any = None,
        callbacks: Any = None,
    ) -> Any:
        """As ``keras.Model.predict``; arrays by name are handed to the model as they are.

        The model of a job takes frames, lists of rows, arrays and dictionaries of lists, too: they are read
        as ``Result.predict`` reads them. A list with an array for each input is taken as Keras takes it.
        """
        if steps is None and not callbacks and (read := _readers.get(self)) and _is_raw(x, self):
            x = read(pd.DataFrame(x) if isinstance(x, Mapping) else x)
        if not isinstance(x, Mapping) or steps is not None or callbacks:
            return super().predict(x, batch_size, verbose, steps, callbacks)
        return predict(self, {name: np.asarray(item) for name, item in x.items()}, batch_size or 32)


def reads_raw(model: keras.Model, read: Callable[[Any], Mapping[str, np.ndarray]]) -> keras.Model:
    """Return a model of a job, told how what its ``predict`` is given is read.

    Args:
        model: one that takes a dictionary of arrays.
        read: makes such a dictionary of anything that a search reads; it must not hold the model.
    """
    _readers[model] = read
    return model


def predict_batch(model: keras.Model, batch: Mapping[str, Any]) -> Any:
    """Return what ``model.predict_on_batch`` would, also where the backend cannot hold the inputs."""
    if keras.backend.backend() == "tensorflow":
        return model.predict_on_batch(dict(batch))
    if not _gives_wide(model):
        return _run(model, batch)
    if model not in _parts:
        _parts[model] = _parted(model)
    narrow, wide = _parts[model]
    return _in_numpy(wide)([np.asarray(item) for item in keras.tree.flatten(_run(narrow, batch))])


def predict(model: keras.Model, inputs: Mapping[str, Any], batch_size: int) -> Any:
    """Return what ``model.predict`` would, also where the backend cannot hold the inputs.

    Args:
        model: from a dictionary of raw inputs.
        inputs: by name, first axis examples; at least one.
        batch_size: examples at once.
    """
    own_way = _reads_any(model, ("float64",)) or _runs_by_layer(model) or _gives_wide(model)
    rows = len(next(iter(inputs.values())))
    # of one batch Keras would make a data set first, which takes longer than most models do
    if not (own_way or rows <= batch_size or _hold_bytes(inputs)):
        return keras.Model.predict(model, dict(inputs), batch_size=batch_size, verbose=0)
    size = min(batch_size, rows)
    # all batches are of one size, as each new one is compiled for; the last is filled up with rows anew
    places = np.resize(np.arange(rows), (-(-rows // size), size))
    parts = [predict_batch(model, {name: item[some] for name, item in inputs.items()}) for some in places]
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays)[:rows], *parts)


def batch_size(model: keras.Model) -> int:
    """Return how many examples are predicted at once: many of those that take little room each.

    Calls of a small model take longer than its mathematics: 50,000 rows of 21 columns took 1.9 s in
    batches of 256 and 0.7 s in batches of 1,024.
    """
    if model not in _sizes:
        _sizes[model] = _batch_size(model)
    return _sizes[model]


def values_per_example(model: keras.Model) -> float:
    """Return how many numbers all layers make of one example, roughly what it costs. Open axes are 1."""
    return sum(math.prod(item or 1 for item in shape) for shape in _shapes(model))


def _batch_size(model: keras.Model) -> int:
    shapes = _shapes(model)
    known = max((round(math.prod(shape)) for shape in shapes if None not in shape), default=1)
    largest = max(known, 1 << 30 if any(None in shape for shape in shapes) else 1)
    return min(MOST, max(min(LEAST, max(1, MOST_VALUES // max(known, 1))), BATCH_VALUES // largest))


def _shapes(model: keras.Model) -> list[tuple[Any, ...]]:
    """Of what each layer makes of one example, how often it is made first."""
    inside = [model, *layers_within(model)]
    number = copies(each for layer in inside for each in getattr(layer, "operations", ()))
    tensors = [tensor for layer in inside for tensor in keras.tree.flatten(_outputs(layer))]
    return [(number.get(id(tensor), 1.0), *tensor.shape[1:]) for tensor in tensors]


def layers_within(model: keras.Model) -> list[keras.Layer]:
    """Return the layers of a model, those of networks that share one structure among them."""
    layers = all_layers(model)
    shared = [layer.structure() for layer in layers if hasattr(layer, "structure")]
    return [*layers, *(inner for structure in shared for inner in (structure, *layers_within(structure)))]


def _is_raw(x: Any, model: keras.Model) -> bool:
    """Whether something is to be read first: no stream of batches, and no arrays for the inputs by name."""
    if isinstance(x, Mapping):
        arrays = all(hasattr(item, "dtype") for item in x.values())
        return not (x.keys() >= model.input.keys() and (arrays or _fit(x, model)))
    if isinstance(x, list | tuple):
        return not (len(x) == len(model.inputs) and all(hasattr(item, "dtype") for item in x))
    frames = ("iloc", "columns", "to_pandas")
    return isinstance(x, str | Path | np.ndarray) or any(hasattr(x, name) for name in frames)


def _fit(x: Mapping[str, Any], model: keras.Model) -> bool:
    """Whether lists are what the inputs take: texts where they take texts, numbers for all others."""
    kinds = {
        name: (np.asarray(x[name]).dtype.kind, item.dtype == "string") for name, item in model.input.items()
    }
    return all(kind != "O" and (kind == "U") == texts for kind, texts in kinds.values())


def _outputs(layer: keras.Layer) -> Any:
    try:
        return layer.output
    except (AttributeError, ValueError, RuntimeError):
        return []  # it is called several times, or never


def _run(model: keras.Model, batch: Mapping[str, Any]) -> Any:
    if not _runs_by_layer(model):
        return model.predict_on_batch(dict(batch))
    values = {name: np.asarray(item) for name, item in batch.items()}
    outputs = run_through_graph(model, values, _with_tensors)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)


def _with_tensors(operation: Any) -> Any:
    """A nested model with its inputs as tensors: Keras refuses those of which only some are arrays."""
    if not isinstance(operation, keras.Model):
        return operation

    def call(*given: Any, **options: Any) -> Any:
        return operation(*keras.tree.map_structure(keras.ops.convert_to_tensor, given), **options)

    return call


def _parted(model: keras.Model) -> tuple[keras.Model, keras.Function]:
    """A model up to where its outputs become float64, and the rest of it."""
    narrow = frontier(model.outputs, lambda tensor: not _is_wide(tensor))
    return keras.Model(model.input, narrow), keras.Function(narrow, model.output)


def _in_numpy(operation: Any) -> Any:
    """An operation that has arrays of NumPy; a model runs layer by layer. Ours keep every digit of them."""
    if not isinstance(operation, keras.Function):
        return operation

    def call(given: Any, **options: Any) -> Any:
        return run_through_graph(operation, given, _in_numpy)

    return call


def _gives_wide(model: keras.Model) -> bool:
    return any(_is_wide(output) for output in model.outputs)


def _is_wide(output: keras.KerasTensor) -> bool:
    return bool(output.dtype == "float64")


def _runs_by_layer(model: keras.Model) -> bool:
    held = keras.backend.backend() == "tensorflow"
    return not held and _reads_any(model, ("string", "int64", "float64"))


def _hold_bytes(inputs: Mapping[str, Any]) -> bool:
    """Whether some texts are bytes, which Keras takes as a batch and not as an array to be cut."""
    return any(item.dtype == object and isinstance(item[0], bytes) for item in inputs.values())


def _reads_any(model: keras.Model, dtypes: tuple[str, ...]) -> bool:
    return any(tensor.dtype in dtypes for tensor in model.inputs)
