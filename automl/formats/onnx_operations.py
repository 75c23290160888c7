"""How operations of TensorFlow are written in ONNX that the converter lacks, or writes otherwise.

Each of them is called by the converter: with its graph, the node, its name and further arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias


def _write_erfc(context: Any, node: Any, name: str, arguments: Any) -> None:
    """One minus the error function, as ONNX has only that; GELU is computed by it."""
    import numpy as np

    node.type = "Erf"
    one = context.make_const(f"{name}_one", np.ones((), np.float32))
    context.insert_new_node_on_output("Sub", node.output[0], inputs=[one.output[0], node.output[0]])


def _write_floor_div(context: Any, node: Any, name: str, arguments: Any) -> None:
    """A division that rounds down: of whole numbers the converter's own rounds towards 0."""
    whole, _ = _floored(context, *node.input)
    _become(context, node, whole)


def _write_floor_mod(context: Any, node: Any, name: str, arguments: Any) -> None:
    """What a division that rounds down leaves."""
    _, left = _floored(context, *node.input)
    _become(context, node, left)


def _floored(context: Any, first: str, second: str) -> tuple[str, str]:
    """Names of the quotient, rounded down, and of what is left."""
    from onnx import TensorProto

    def made(kind: str, *inputs: str) -> str:
        return str(context.make_node(kind, list(inputs)).output[0])

    if context.get_dtype(first) in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16):
        whole = made("Floor", made("Div", first, second))
        return whole, made("Sub", first, made("Mul", whole, second))
    left = made("Mod", first, second)
    return made("Div", made("Sub", first, left), second), left


def _become(context: Any, node: Any, given: str) -> None:
    """Let a node hand on another one's output."""
    shapes, dtypes = node.output_shapes, node.output_dtypes
    outputs, name = node.output, node.name
    context.remove_node(name)
    context.make_node("Identity", [given], name=name, outputs=outputs, shapes=shapes, dtypes=dtypes)


def _write_right_shift(context: Any, node: Any, name: str, arguments: Any) -> None:
    """A shift of whole numbers of 32 bits to the right by known places, in what OpenVINO computes exactly.

    It divides instead, with the 24 bits of a float32, and rounds numbers below 0 the other way. Here the
    bits that fall out are cleared first, and of both halves of 16 bits a quotient is exact.
    """
    import numpy as np
    from onnx import TensorProto

    def made(kind: str, *inputs: str, **attributes: Any) -> str:
        return str(context.make_node(kind, list(inputs), attr=attributes).output[0])

    def constant(word: str, values: Any) -> str:
        return str(context.make_const(f"{name}_{word}", np.asarray(values)).output[0])

    places = node.inputs[1].get_tensor_value(as_list=False).astype(np.int64)
    share = constant("share", (0.5**places).astype(np.float32))
    halves = []
    for word, half in (("high", -(2**16)), ("low", 2**16 - 1)):
        kept = made("BitwiseAnd", node.input[0], constant(word, (half & -(2**places)).astype(np.int32)))
        wide = made("Cast", kept, to=TensorProto.FLOAT)
        halves.append(made("Cast", made("Mul", wide, share), to=TensorProto.INT32))
    _become(context, node, made("Add", *halves))


Operations: TypeAlias = Mapping[str, Callable[[Any, Any, str, Any], None]]
"""What writes each operation, by its name in TensorFlow."""

OPERATIONS: Operations = {
    "Erfc": _write_erfc,
    "FloorDiv": _write_floor_div,
    "FloorMod": _write_floor_mod,
}
"""For every runtime."""

FOR_OPENVINO: Operations = {**OPERATIONS, "RightShift": _write_right_shift}
"""For OpenVINO."""
