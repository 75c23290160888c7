"""The other sides of the training benchmark: KerasTuner, and ``Model.fit`` in a loop."""

from __future__ import annotations

import gc
import random
import tempfile
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.core.optional import require
from automl.core.seeds import derive
from automl.core.specs import Configuration
from benchmarks.kerastuner import ask
from benchmarks.training.record import STEADY_EPOCHS, Job, Measurement, Recorder
from benchmarks.training.rows import Data, Row, build

if TYPE_CHECKING:
    import keras


def measure_fit(job: Job, row: Row, data: Data) -> Measurement:
    """Build, compile and ``fit`` random configurations, one after another."""
    import keras

    _warm_up()
    recorder, space = Recorder(), row.space
    for number in range(job.trials):
        seed = derive(job.seed, number)
        keras.utils.set_random_seed(seed)
        model = _compiled(row, space.sample(random.Random(seed)))
        _fit(model, row, data, job.epochs, _clock(recorder))
        del model
        keras.utils.clear_session()
        gc.collect()
        recorder.trial_ended()
    return recorder.measurement(job, _fit_epochs(row, data))


def measure_kerastuner(job: Job, row: Row, data: Data) -> Measurement:
    """Let KerasTuner search the row's space at random."""
    tuner_library: Any = require("keras_tuner", extra="bench", purpose="to compare with KerasTuner")
    _warm_up()
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder()
        tuner = _tuner(tuner_library, job, row, recorder, folder)
        tuner.search(
            data.x,
            data.y,
            validation_data=(data.held_x, data.held_y),
            epochs=job.epochs,
            batch_size=row.batch,
            verbose=0,
        )
    return recorder.measurement(job, _fit_epochs(row, data))


def _tuner(library: Any, job: Job, row: Row, recorder: Recorder, folder: str) -> Any:
    class Model(library.HyperModel):  # type: ignore[misc]
        def build(self, hp: Any) -> keras.Model:
            return _compiled(row, row.space.walk(lambda parameter: ask(hp, parameter)))

        def fit(self, hp: Any, model: Any, *args: Any, callbacks: Any = (), **settings: Any) -> Any:
            return model.fit(*args, callbacks=[*callbacks, _clock(recorder)], **settings)

    class Tuner(library.RandomSearch):  # type: ignore[misc]
        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            recorder.trial_ended()

    return Tuner(
        Model(),
        objective="val_accuracy",
        max_trials=job.trials,
        executions_per_trial=1,
        seed=job.seed,
        overwrite=True,
        directory=folder,
        project_name=row.name,
    )


def _compiled(row: Row, configuration: Configuration) -> keras.Model:
    import keras

    values: Mapping[str, Any] = configuration
    model = build(row, configuration)
    model.compile(
        optimizer=keras.optimizers.Adam(values["learning_rate"]),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _fit(model: keras.Model, row: Row, data: Data, epochs: int, callback: Any) -> None:
    model.fit(
        data.x,
        data.y,
        validation_data=(data.held_x, data.held_y),
        batch_size=row.batch,
        epochs=epochs,
        callbacks=[callback],
        verbose=0,
    )


def _clock(recorder: Recorder) -> Any:
    """A callback for a training that starts now."""
    import keras

    recorder.training_starts()
    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: recorder.epoch_ended(epoch + 1))


def _fit_epochs(row: Row, data: Data) -> list[float]:
    """When each epoch of the fixed configuration ended under ``fit``."""
    import keras

    keras.utils.clear_session()
    ends: list[float] = []

    def ended(epoch: int, logs: Any) -> None:
        ends.append(time.perf_counter())

    clock = keras.callbacks.LambdaCallback(on_epoch_end=ended)
    _fit(_compiled(row, row.space.default()), row, data, STEADY_EPOCHS, clock)
    return ends


def _warm_up() -> None:
    """Make Keras and its backend set up what they set up once, on a shape that no row has."""
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((7,)), keras.layers.Dense(3)])
    model.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x, y = np.zeros((40, 7), "float32"), np.eye(3, dtype="float32")[np.zeros(40, int)]
    model.fit(x, y, batch_size=16, validation_data=(x, y), verbose=0)
