"""How much memory the training of a model takes, told from its layers before anything is trained.

Legend; all but ``b`` in bytes:

    W   weights that are trained            V   other variables: statistics of normalisations, seeds
    S   slots of the optimizer              G   gradients, as large as the weights: G = W
    U   sums of the gradients of a batch's parts: U = W with several parts, else 0
    A   activations of one example: what each layer gives, inner ones too, in the type that it computes in
    b   examples of one part of a batch on one device

    footprint = W + V + S + G + U + A * b

Every activation is held once until its gradient is known; what is held twice, and gradients of activations,
are left out, since compilers do without many of both. Left out, too, are the framework, the data, compiled
code, and on the CPU copies of weights that lie in the host's memory. So it is rather too little than too
much: ``docs/benchmarks.md`` has it beside what trainings really took (``python -m benchmarks.memory``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import keras

from automl.core.copies import copies
from automl.core.sizes import size_text
from automl.private_keras import all_layers
from automl.training.accelerator import CERTAIN
from automl.training.engine import TrainingOptions

SLOTS = {
    "adam": 2,
    "adamw": 2,
    "nadam": 2,
    "rmsprop": 1,
    "sgd": 1,
    "lion": 1,
    "adafactor": 1,
    "muon": 1,
}
"""``S / W`` by optimizer; for ``adafactor`` and ``muon`` the least; ``sgd`` without momentum has none."""

_ITEM_BYTES = {"float64": 8, "int64": 8, "uint64": 8, "float16": 2, "bfloat16": 2, "int16": 2, "uint16": 2}
_ITEM_BYTES |= {"bool": 1, "int8": 1, "uint8": 1}
_VIEWS = (keras.layers.Reshape, keras.layers.Flatten, keras.layers.Identity, keras.Model)
"""Layers that give what is there already."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Memory of a training on one device.

    Attributes:
        weights: ``W``.
        fixed: ``W + V + S + G``.
        activations: ``A``.
    """

    weights: int
    fixed: int
    activations: int

    def total(self, examples: int, *, parts: int = 1) -> int:
        """Return the bytes that training takes.

        Args:
            examples: of one part of a batch on one device.
            parts: of a batch.
        """
        return self.fixed + (self.weights if parts > 1 else 0) + self.activations * examples

    def times(self, trainings: int) -> Footprint:
        """Return what so many trainings at once take."""
        return Footprint(
            weights=trainings * self.weights,
            fixed=trainings * self.fixed,
            activations=trainings * self.activations,
        )

    def impossible(
        self, examples: int, memory: int | None, *, parts: int = 1, certain: float = CERTAIN
    ) -> str:
        """Return why the training cannot fit in so many bytes, or empty where it may.

        Args:
            examples: of one part of a batch on one device.
            memory: bytes that are there, None where that is not known.
            parts: of a batch.
            certain: share of them from which it is not begun.
        """
        needed = self.total(examples, parts=parts)
        if memory is None or needed <= certain * memory:
            return ""
        return f"needs about {size_text(needed)}, {size_text(memory)} available"


def footprint(model: keras.Model, options: TrainingOptions) -> Footprint:
    """Return what the training of a model takes.

    Args:
        model: functional; its variables may be without values (see ``abstract``).
        options: name the optimizer.
    """
    weights = variable_bytes(model.trainable_variables)
    slots = 0 if options.optimizer == "sgd" and not options.momentum else SLOTS.get(options.optimizer, 0)
    return Footprint(
        weights=weights,
        fixed=(2 + slots) * weights + variable_bytes(model.non_trainable_variables),
        activations=activation_bytes(model),
    )


def variable_bytes(variables: Iterable[Any]) -> int:
    """Return the bytes that the values of Keras variables take."""
    return sum(math.prod(variable.shape) * _item_bytes(variable.dtype) for variable in variables)


def activation_bytes(model: keras.Model) -> int:
    """Return ``A``, the bytes that the layers and operations of a functional model give for one example."""
    operations = [item for item in model.operations if not isinstance(item, keras.layers.Layer)]
    number = copies(model.operations)
    return round(
        sum(_layer_bytes(layer) * _copies_of(layer, number) for layer in all_layers(model))
        + sum(
            _values(tensor.shape) * _item_bytes(tensor.dtype) * number.get(id(tensor), 1.0)
            for operation in operations
            for tensor in keras.tree.flatten(operation.output)
        )
    )


def _layer_bytes(layer: keras.layers.Layer) -> int:
    if isinstance(layer, _VIEWS) or hasattr(layer, "examples_of_each"):
        return 0
    values = sum(_values(shape) for shape in _shapes(layer)) + _hidden_values(layer)
    return values * _item_bytes(layer.compute_dtype)


def _copies_of(layer: keras.layers.Layer, number: Mapping[int, float]) -> float:
    """How many there are of what a layer gives; of one inside another it is not known."""
    with suppress(AttributeError, ValueError):
        return max(number.get(id(tensor), 1.0) for tensor in keras.tree.flatten(layer.output))
    return 1.0


def _shapes(layer: keras.layers.Layer) -> Iterator[tuple[int | None, ...]]:
    """Shapes of what a layer gives: as the model's graph says, or for an inner one as it was built.

    Inner ones that do not know their lengths are those of attention, see below.
    """
    try:
        tensors = keras.tree.flatten(layer.output)
    except (AttributeError, ValueError):  # not in the graph
        shape = (layer.get_build_config() or {}).get("input_shape")
        if shape is not None and not isinstance(shape, dict):
            with suppress(NotImplementedError):  # the cell of a recurrent layer
                given = tuple(layer.compute_output_shape(tuple(shape)))
                if None not in given[1:]:
                    yield given
        return
    yield from (tuple(tensor.shape) for tensor in tensors)


def _hidden_values(layer: keras.layers.Layer) -> int:
    """Per example: scores and weights of attention, gates of a recurrent layer, which no layer gives."""
    built = layer.get_build_config() or {}
    built = built.get("shapes_dict", built)
    if isinstance(layer, keras.layers.MultiHeadAttention) and "query_shape" in built:
        return _attention_values(layer.get_config(), built)
    if isinstance(layer, keras.layers.RNN) and "input_shape" in built:
        gates = max((variable.shape[-1] for variable in layer.cell.trainable_variables), default=0)
        return (built["input_shape"][1] or 1) * int(gates)
    return 0


def _attention_values(config: Mapping[str, Any], built: Mapping[str, Any]) -> int:
    """Queries, keys, values and what is gathered from them; scores and weights of every pair."""
    asking, asked = built["query_shape"][1] or 1, (built.get("key_shape") or built["value_shape"])[1] or 1
    each = asking + asked
    vectors = each * (config["key_dim"] + (config["value_dim"] or config["key_dim"]))
    return int(config["num_heads"] * (vectors + 2 * asking * asked))


def _values(shape: tuple[int | None, ...]) -> int:
    return math.prod(size or 1 for size in shape[1:])


def _item_bytes(dtype: str) -> int:
    return _ITEM_BYTES.get(dtype, 4)
