"""Weights of an ONNX file in int8: those that are multiplied or looked up, and nothing else.

ONNX Runtime's own way stores them so as well, and also makes 8 bits of whatever is multiplied with them, as
it comes. Amounts, vectors and spectra were off by more than the weights account for, so here everything is
computed in float32, of weights that are widened ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

LEAST = 1024
"""Values of a constant from which it is worth an operation; see ``formats.halves``."""

HIGHEST = 127

_READERS: Mapping[str, Mapping[int, int]] = {
    "MatMul": {0: -1, 1: -1},
    "Gemm": {0: -1, 1: -1},
    "Gather": {0: -1},
    "Conv": {1: 0},
    "ConvTranspose": {1: 1},
    "LSTM": {1: 1, 2: 1},
    "GRU": {1: 1, 2: 1},
}
"""Operations that read weights: at which of their inputs, and along which axis each place has a scale of
its own."""


def with_eight_bits(content: Any) -> Any:
    """Store the large weights of an ONNX model in int8, and return the model.

    Args:
        content: the model, with weights in float32; it is changed.
    """
    from onnx import TensorProto

    graph = content.graph
    axes = dict(_weights(graph))
    for item in list(graph.initializer):
        large = item.data_type == TensorProto.FLOAT and np.prod(item.dims, dtype=np.int64) >= LEAST
        if large and item.name in axes:
            _store(graph, item, axes[item.name])
    return content


def _weights(graph: Any) -> Iterator[tuple[str, int]]:
    """Names of what is read as weights, in the bodies of loops as well, each with an axis."""
    for node in graph.node:
        for place, axis in _READERS.get(node.op_type, {}).items():
            yield node.input[place], axis
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _weights(attribute.g)


def _store(graph: Any, item: Any, axis: int) -> None:
    """Put a constant into the graph in int8, and widen it ahead of everything else."""
    from onnx import helper, numpy_helper

    values = numpy_helper.to_array(item)
    axis %= values.ndim
    others = tuple(place for place in range(values.ndim) if place != axis)
    scale = np.abs(values).max(axis=others, keepdims=True) / HIGHEST
    scale = np.where(scale > 0, scale, 1.0).astype(np.float32)
    small, by = f"{item.name}_small", f"{item.name}_scale"
    graph.initializer.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), small))
    graph.initializer.append(numpy_helper.from_array(scale.reshape(-1), by))
    graph.node.insert(0, helper.make_node("DequantizeLinear", [small, by], [item.name], axis=axis))
    graph.initializer.remove(item)
