"""ONNX, by way of the graph that TensorFlow traces: numbers in, predictions out, in up to 64 bits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.quiet import muted_native_output
from automl.formats.format import Form, Format, Runner, Subject, Wish
from automl.formats.onnx_operations import OPERATIONS, Operations

if TYPE_CHECKING:
    import numpy as np

OPSET = 18
"""Of the operations: the newest that the converter writes."""


def _form(subject: Subject) -> Form:
    from automl.formats.cut import core_form
    from automl.formats.recurrent import for_onnx

    return core_form(subject, wide=True, instead=for_onnx(subject.model))


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    from automl.formats.eight_bits import with_eight_bits

    content = graph_of(subject, form, wish.opset or OPSET)
    small = with_eight_bits(content) if wish.quantize == "int8" else content
    write_whole(path, small.SerializeToString())


def graph_of(
    subject: Subject,
    form: Form,
    opset: int,
    *,
    rows: int | None = None,
    operations: Operations = OPERATIONS,
) -> Any:
    """Return the graph as ONNX has it.

    Args:
        subject: what is written.
        form: what the graph takes and gives.
        opset: version of the operations.
        rows: number of examples at once, None for any.
        operations: that are written otherwise than the converter does.

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
            custom_op_handlers={name: (write, []) for name, write in operations.items()},
        )
    _refuse_unknown(content.graph)
    _hold(content.graph, constants_of(function))
    _name(content.graph, form)
    for key, value in subject.about.items():
        content.metadata_props.add(key=key, value=value)
    return content


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
