"""LiteRT (TensorFlow Lite): one row at a time in 32 bits, with the operations that every device has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.quiet import muted_native_output
from automl.formats.format import Form, Format, Runner, Subject, Wish, reads_dates

if TYPE_CHECKING:
    import numpy as np

_SIGNATURE = "serving_default"


def _form(subject: Subject) -> Form:
    from automl.formats.cut import core_form
    from automl.formats.recurrent import in_plain_steps

    return core_form(subject, wide=False, instead=in_plain_steps(subject.model, scans=True))


def _reason_against(form: Form) -> str:
    dates = reads_dates(form, "LiteRT")
    if dates:
        return dates
    free = [item.name for item in form.inputs if None in item.shape]
    return f"{', '.join(free[:5])} has no fixed length, which LiteRT asks for" if free else ""


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    import tensorflow as tf

    from automl.formats.halves import with_halves
    from automl.formats.tracing import traced_by_name

    with TemporaryDirectory() as folder, muted_native_output():
        # recurrent layers are only converted for a known number of rows
        concrete = traced_by_name(form, rows=1)
        module = tf.Module()
        module.variables_of_graph = list(concrete.variables)
        tf.saved_model.save(module, folder, signatures={_SIGNATURE: concrete})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[_SIGNATURE])
        if wish.quantize == "int8":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        try:
            content = converter.convert()
        except Exception as error:  # the converter raises classes of its own
            raise ConfigError(f"The model cannot be written for LiteRT: {_missing(str(error))}") from error
    write_whole(path, with_halves(content) if wish.quantize == "float16" else content)


def _missing(message: str) -> str:
    """The operations that are missing, or the one that is wrong, of a message of some hundred lines."""
    found = sorted(set(re.findall(r"tf\.[A-Z]\w+", message)))
    names = ", ".join(name.removeprefix("tf.") for name in found[:8])
    wrong = re.search(r"'\w+\.\w+' op [^\n]*", message)
    said = wrong.group() if wrong else " ".join(message.split())[:200]
    return f"{f'it has no {names}' if found else said.rstrip('.')}. Use --to onnx or savedmodel."


def _opened(path: Path, form: Form) -> Runner:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    with muted_native_output():
        interpreter = Interpreter(model_path=str(path))
        interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner(_SIGNATURE)

    def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        rows = len(inputs[form.inputs[0].name])
        each = [
            runner(**{item.name: inputs[item.name][row : row + 1] for item in form.inputs})
            for row in range(rows)
        ]
        return {name: np.concatenate([found[name] for found in each]) for name in form.outputs}

    return run


FORMAT = Format(
    name="litert",
    words="a file for phones and small devices, formerly TensorFlow Lite; one row at a time",
    suffix=".tflite",
    form=_form,
    write=_write,
    opened=_opened,
    reason_against=_reason_against,
    modules=("ai_edge_litert",),
    extra="litert",
    quantizes=("int8", "float16"),
    whole=False,
)
