"""Weights of a LiteRT file in float16: those that are multiplied or looked up, and nothing else.

The converter's own way halves every constant, those of the preprocessing among them. Of a year or a price
in dollars float16 has three digits, so tables answered otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LEAST = 1024
"""Values of a constant from which halving it is worth an operation; the converter has the same for int8."""

_READERS = (
    *("FULLY_CONNECTED", "BATCH_MATMUL", "GATHER", "EMBEDDING_LOOKUP"),
    *("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D"),
)
"""Operations that read weights."""

_VERSION = 3
"""Of the operation that makes float32 of float16."""


def with_halves(content: bytes) -> bytes:
    """Return a LiteRT file whose large weights are stored in float16 and computed with in float32.

    Args:
        content: of the file in float32.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    reading = {getattr(schema.BuiltinOperator, name) for name in _READERS}
    widen = _operation(schema, model)
    for graph in model.subgraphs:
        for place in _weights(schema, model, graph, reading):
            _halve(schema, model, graph, place, widen)
    _drop_unused(model)
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _operation(schema: Any, model: Any) -> int:
    """Place of the operation that widens, added to those of the file."""
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = _VERSION
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _weights(schema: Any, model: Any, graph: Any, reading: set[int]) -> list[int]:
    """Places of large constants of a graph that are read as weights alone."""
    found: set[int] = set()
    others: set[int] = {*graph.outputs}
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = max(code.builtinCode, code.deprecatedBuiltinCode)
        (found if kind in reading else others).update(int(place) for place in operator.inputs)
    return sorted(
        place for place in found - others if place >= 0 and _is_large(schema, model, graph.tensors[place])
    )


def _is_large(schema: Any, model: Any, tensor: Any) -> bool:
    data = model.buffers[tensor.buffer].data
    return tensor.type == schema.TensorType.FLOAT32 and data is not None and len(data) >= 4 * LEAST


def _halve(schema: Any, model: Any, graph: Any, place: int, widen: int) -> None:
    """Store a constant in float16, and widen it ahead of everything else."""
    tensor = graph.tensors[place]
    values = np.frombuffer(np.asarray(model.buffers[tensor.buffer].data, np.uint8).tobytes(), np.float32)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(values.astype(np.float16).tobytes(), np.uint8)
    model.buffers.append(buffer)
    half = schema.TensorT()
    half.shape, half.type = tensor.shape, schema.TensorType.FLOAT16
    half.buffer, half.name = len(model.buffers) - 1, _name(tensor.name) + "_half"
    graph.tensors.append(half)
    tensor.buffer = 0
    operator = schema.OperatorT()
    operator.opcodeIndex = widen
    operator.inputs, operator.outputs = [len(graph.tensors) - 1], [place]
    graph.operators.insert(0, operator)


def _name(name: Any) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)


def _drop_unused(model: Any) -> None:
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    used |= {item.buffer for item in model.metadata or ()}
    for place, buffer in enumerate(model.buffers):
        if place not in used:
            buffer.data = None
