"""OpenVINO, by way of ONNX: its own reader of TensorFlow's graphs knows no recurrent layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from automl.core.files import write_whole
from automl.formats.format import Form, Format, Runner, Subject, Wish, reads_dates
from automl.formats.onnx_file import OPSET, graph_of
from automl.formats.onnx_operations import FOR_OPENVINO

if TYPE_CHECKING:
    import numpy as np

FILE = "model.xml"
"""In the folder; the weights lie beside it."""


def _form(subject: Subject) -> Form:
    from automl.formats.cut import core_form
    from automl.formats.recurrent import in_plain_steps

    return core_form(subject, wide=False, instead=in_plain_steps(subject.model, scans=False))


def _reason_against(form: Form) -> str:
    return reads_dates(form, "OpenVINO")


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    import openvino

    # 2026.4.1 gives wrong ranks of several rows on CPUs, and right ones of each by itself
    with TemporaryDirectory() as folder:
        between = Path(folder) / "model.onnx"
        content = graph_of(subject, form, OPSET, rows=1, operations=FOR_OPENVINO)
        _hand_on(content.graph)
        write_whole(between, content.SerializeToString())
        converted = openvino.convert_model(between)
    path.mkdir()
    # weights of 16 bits are its default, which is told nowhere
    openvino.save_model(converted, path / FILE, compress_to_fp16=wish.quantize == "float16")


def _hand_on(graph: Any) -> None:
    """Let the bodies of loops hand on by an operation what stays as it is from step to step.

    What is an input and an output of a body by one name, OpenVINO's reader counts twice, and refuses.
    """
    from onnx import helper

    for node in graph.node:
        for body in (item.g for item in node.attribute if item.HasField("g")):
            _hand_on(body)
            taken = {item.name for item in body.input}
            for place, given in enumerate(body.output):
                if given.name in taken:
                    name = f"{given.name}_handed_on_{place}"
                    body.node.append(helper.make_node("Identity", [given.name], [name]))
                    given.name = name


def _opened(path: Path, form: Form) -> Runner:
    import numpy as np
    import openvino

    # CPUs with bfloat16 would use it unasked
    compiled = openvino.Core().compile_model(path / FILE, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        each = [
            compiled({item.name: inputs[item.name][row : row + 1] for item in form.inputs})
            for row in range(len(inputs[form.inputs[0].name]))
        ]
        return {name: np.concatenate([found[name] for found in each]) for name in form.outputs}

    return run


FORMAT = Format(
    name="openvino",
    words="a folder for OpenVINO: Intel's processors and graphics; one row at a time",
    suffix=".openvino",
    form=_form,
    write=_write,
    opened=_opened,
    reason_against=_reason_against,
    modules=("onnx", "tf2onnx", "openvino"),
    extra="openvino",
    quantizes=("float16",),
    folder=True,
    whole=False,
)
