"""The network that it starts from is written when the sample is read."""

import atexit
import shutil
import tempfile
from pathlib import Path

import keras

from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

FOLDER = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def _file() -> str:
    image = keras.Input((8, 8, 3))
    hidden = keras.layers.Conv2D(4, 3, activation="relu")(keras.layers.Rescaling(1 / 255)(image))
    vector = keras.layers.GlobalAveragePooling2D()(hidden)
    keras.Model(image, keras.layers.Dense(3)(vector)).save(FOLDER / "base.keras")
    return str(FOLDER / "base.keras")


SAMPLE = FamilySample(
    name="image/backbone",
    tensors=PICTURES,
    small={"pretrained": _file(), "trained": "last", "rate_decay": 0.5, "dense_width": 4},
    one={"dropout": 0.2, "shift": 0.1},
    other={"dropout": 0.4, "shift": 0.2},
)
