"""ONNX, by way of the graph that TensorFlow traces: numbers in, predictions out, in up to 64 bits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.quiet import muted_native_output
from automl.formats.format import Form, Format, Runner, Subject, Wish

if TYPE_CHECKING:
    import numpy as np

OPSET = 18
"""Of the operations: the newest that the converter writes."""


def _form(subject: Subject) -> Form:
    from automl.formats.cut import core_form
    from automl.formats.recurrent import in_plain_loops

    return core_form(subject, wide=True, instead=in_plain_loops)


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    from automl.formats.eight_bits import with_eight_bits

    content = graph_of(subject, form, wish.opset or OPSET)
    small = with_eight_bits(content) if wish.quantize == "int8" else content
    write_whole(path, small.SerializeToString())


def graph_of(subject: Subject, form: Form, opset: int, *, rows: int | None = None) -> Any:
    """Return the graph as ONNX has it.

    Args:
        subject: what is written.
        form: what the graph takes and gives.
        opset: version of the operations.
        rows: number of examples at once, None for any.

    Raises:
        ConfigError: it has operations that ONNX has not.
    """
    from automl.formats.tracing import constants_of, specs_of, traced_by_place

    with muted_native_output():  # what it says of an operation that is missing is told below, as a sentence
        import tf2onnx

        function = traced_by_place(form, rows=rows)
        content, _ = tf2onnx.convert.from_function(
            function,
            input_signature=specs_of(form, rows=rows),
            opset=opset,
            custom_op_handlers={
                "Erfc": (_write_erfc, []),
                "FloorDiv": (_write_floor_div, []),
                "FloorMod": (_write_floor_mod, []),
            },
        )
    _refuse_unknown(content.graph)
    _hold(content.graph, constants_of(function))
    _name(content.graph, form)
    for key, value in subject.about.items():
        content.metadata_props.add(key=key, value=value)
    return content


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


def _refuse_unknown(graph: Any) -> None:
    """Refuse what the converter has left as it was.

    Raises:
        ConfigError: an operation that ONNX has not.
    """
    import onnx

    unknown = sorted({item.op_type for item in graph.node if not onnx.defs.has(item.op_type, item.domain)})
    if unknown:
        names = ", ".join(unknown[:8])
        raise ConfigError(
            f"The model cannot be written as ONNX, which has no {names}. Use --to savedmodel."
        )


def _hold(graph: Any, constants: Mapping[str, np.ndarray]) -> None:
    """Put arrays that layers keep, such as means of pixels, into the graph: the converter asks for them."""
    from onnx import numpy_helper

    kept = [item for item in graph.input if item.name not in constants]
    asked = [item.name for item in graph.input if item.name in constants]
    graph.initializer.extend(numpy_helper.from_array(constants[name], name) for name in asked)
    del graph.input[:]
    graph.input.extend(kept)


def _name(graph: Any, form: Form) -> None:
    """Give inputs and outputs the names of the form; the converter's end in ``:0``.

    Raises:
        ConfigError: the graph asks for more than raw values, so a constant has become an input.
    """
    if len(graph.input) != len(form.inputs) or len(graph.output) != len(form.outputs):
        raise ConfigError(
            f"The ONNX graph has {len(graph.input)} inputs and {len(graph.output)} outputs, expected "
            f"{len(form.inputs)} and {len(form.outputs)}. Use --to savedmodel."
        )
    names = dict(zip((item.name for item in graph.input), (item.name for item in form.inputs), strict=True))
    names |= dict(zip((item.name for item in graph.output), form.outputs, strict=True))
    for item in (*graph.input, *graph.output):
        item.name = names[item.name]
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def _opened(path: Path, form: Form) -> Runner:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = session.run(list(form.outputs), {item.name: inputs[item.name] for item in form.inputs})
        return dict(zip(form.outputs, found, strict=True))

    return run


FORMAT = Format(
    name="onnx",
    words="a file for ONNX Runtime and whatever else reads ONNX",
    suffix=".onnx",
    form=_form,
    write=_write,
    opened=_opened,
    modules=("onnx", "tf2onnx", "onnxruntime"),
    extra="onnx",
    quantizes=("int8",),
    has_opset=True,
    whole=False,
)
