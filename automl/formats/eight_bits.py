"""Weights of an ONNX file in int8: those that are multiplied or looked up, and nothing else.

ONNX Runtime's own way stores them so as well, and also makes 8 bits of whatever is multiplied with them, as
it comes: spoken letters were off by .7. Here everything is computed in float32, of weights that are widened
ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

LEAST = 1024
"""Values of a constant from which it is worth an operation; see ``formats.halves``."""

HIGHEST = 127

ROOM = 16
"""Values that share a scale at least, on average."""

_READERS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("MatMul", "Gemm"), (0, 1)),
    "Gather": (0,),
    **dict.fromkeys(("Conv", "ConvTranspose"), (1,)),
    **dict.fromkeys(("LSTM", "GRU"), (1, 2)),
}
"""Operations that read weights, and at which of their inputs."""


_FIXED = re.compile(r"(^|/)Const(_\d+)?(:\d+)?$")
"""How TensorFlow names arrays that a layer has and does not learn, such as the waves of a spectrogram: were
they rounded, what is loud would be heard in every band."""


def with_eight_bits(content: Any) -> Any:
    """Store the large weights of an ONNX model in int8, and return the model.

    Args:
        content: the model, with weights in float32; it is changed.
    """
    from onnx import TensorProto

    graph = content.graph
    read = set(_weights(graph))
    for item in list(graph.initializer):
        large = item.data_type == TensorProto.FLOAT and np.prod(item.dims, dtype=np.int64) >= LEAST
        if large and item.name in read and not _FIXED.search(item.name):
            _store(graph, item)
    return content


def _weights(graph: Any) -> Iterator[str]:
    """Names of what is read as weights, in the bodies of loops as well."""
    for node in graph.node:
        yield from (node.input[place] for place in _READERS.get(node.op_type, ()))
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _weights(attribute.g)


def _store(graph: Any, item: Any) -> None:
    """Put a constant into the graph in int8, and widen it ahead of everything else."""
    from onnx import helper, numpy_helper

    values = numpy_helper.to_array(item)
    able = [axis for axis, size in enumerate(values.shape) if size * ROOM <= values.size]
    if not able:
        return
    axis = min(able, key=lambda axis: _error(values, _scale(values, axis)))
    scale = _scale(values, axis)
    small, by = f"{item.name}_small", f"{item.name}_scale"
    graph.initializer.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), small))
    graph.initializer.append(numpy_helper.from_array(scale.reshape(-1), by))
    graph.node.insert(0, helper.make_node("DequantizeLinear", [small, by], [item.name], axis=axis))
    graph.initializer.remove(item)


def _scale(values: np.ndarray, axis: int) -> np.ndarray:
    """The step of each place along an axis, that of the other axes 1."""
    others = tuple(place for place in range(values.ndim) if place != axis)
    scale = np.abs(values).max(axis=others, keepdims=True) / HIGHEST
    return np.where(scale > 0, scale, 1.0).astype(np.float32)


def _error(values: np.ndarray, scale: np.ndarray) -> float:
    return float(np.square(np.rint(values / scale) * scale - values).sum())
