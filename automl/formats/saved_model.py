"""SavedModel of TensorFlow: everything inside, from raw texts to the label, without a line of our code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.formats.format import (
    LABEL,
    PREDICTION,
    Form,
    Format,
    Labels,
    Runner,
    Subject,
    Wish,
    as_outputs,
)

if TYPE_CHECKING:
    import numpy as np


def _form(subject: Subject) -> Form:
    from automl.formats.cut import whole_form

    form = whole_form(subject, plain_names=True)
    return form if _labels(subject) is None else replace(form, outputs=(*form.outputs, LABEL))


def _labels(subject: Subject) -> Labels | None:
    return None if subject.labels is None or subject.labels.by_group is not None else subject.labels


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    import keras

    from automl.formats.tracing import refuse_chance

    model, labels = subject.model, _labels(subject)

    def serve(inputs: Mapping[str, Any]) -> dict[str, Any]:
        raw = {item.made_of[0]: inputs[item.name] for item in form.inputs}
        found = as_outputs(model(raw, training=False))
        return found if labels is None else {**found, LABEL: _label(found[PREDICTION], labels)}

    archive = keras.export.ExportArchive()
    archive.track(model)
    signature = {
        item.name: keras.InputSpec(shape=(None, *item.shape), dtype=item.dtype, name=item.name)
        for item in form.inputs
    }
    function = archive.add_endpoint("serve", serve, input_signature=[signature])
    refuse_chance(function.get_concrete_function())
    archive.write_out(str(path), verbose=False)


def _label(probabilities: Any, labels: Labels) -> Any:
    """The class that is answered for each row ``(n,)``, a text."""
    import tensorflow as tf

    if labels.threshold is None:
        places = tf.argmax(probabilities, axis=1)
    else:
        sure = tf.cast(probabilities[:, labels.positive], "float64") >= labels.threshold
        places = tf.where(sure, labels.positive, 1 - labels.positive)
    return tf.gather(tf.constant(list(labels.classes)), places)


def _opened(path: Path, form: Form) -> Runner:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))

    def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        given = {
            item.name: tf.convert_to_tensor(_cast(inputs[item.made_of[0]], item.dtype))
            for item in form.inputs
        }
        return {name: value.numpy() for name, value in loaded.serve(given).items()}

    return run


def _cast(values: np.ndarray, dtype: str) -> Any:
    return values.tolist() if values.dtype.kind in "OU" else values.astype(dtype)


FORMAT = Format(
    name="savedmodel",
    words="a folder for TensorFlow and TensorFlow Serving, from raw values to predictions and labels",
    suffix=".savedmodel",
    form=_form,
    write=_write,
    opened=_opened,
    folder=True,
)
