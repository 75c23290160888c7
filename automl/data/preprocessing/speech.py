"""Preprocessing of recordings: any length to the job's."""

from __future__ import annotations

import keras

from automl.core.tensors import TensorSpec, Waveform
from automl.data.modality import Preprocessing
from automl.data.preprocessing.sound import FitLength
from automl.data.sound_form import SoundForm


def fit_speech(name: str, form: SoundForm, step_ms: float) -> Preprocessing:
    """Give the tensor ``sound (s,) float32`` of the raw input ``(n, any)``, NaN behind the end of each.

    Args:
        name: of the input.
        form: rate and room; of longer recordings the middle is taken.
        step_ms: longest step from which a transcript can be written.
    """
    raw = keras.Input((None,), dtype="float32", name=name)
    sound = FitLength(form.samples, name=f"{name}__length")(raw)
    facts = Waveform(rate=form.rate, step_ms=step_ms)
    spec = TensorSpec(name="sound", kind="sound", shape=(form.samples,), facts=facts, source=name)
    return Preprocessing(
        inputs=(spec,), model=keras.Model({name: raw}, {"sound": sound}, name="preprocessing")
    )
