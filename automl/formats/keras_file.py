"""A copy of the model as Keras saves it: the model itself, which everything else is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.files import write_whole
from automl.formats.format import Form, Format, Runner, Subject, Wish, as_outputs

if TYPE_CHECKING:
    import numpy as np


def _form(subject: Subject) -> Form:
    from automl.formats.cut import whole_form

    return whole_form(subject)


def _write(subject: Subject, form: Form, path: Path, wish: Wish) -> None:
    write_whole(path, subject.path.read_bytes())


def _opened(path: Path, form: Form) -> Runner:
    import keras
    import numpy as np

    from automl.core.saved_classes import import_classes_of

    import_classes_of(path)
    model = keras.models.load_model(path, safe_mode=True)

    def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = as_outputs(model.predict(dict(inputs), verbose=0))
        return {name: np.asarray(values) for name, values in found.items()}

    return run


FORMAT = Format(
    name="keras",
    words="model.keras as it is, for Keras with this package installed",
    suffix=".keras",
    form=_form,
    write=_write,
    opened=_opened,
)
