"""Files of networks, made up and tiny: of Keras, and of PyTorch as it wrote them until 1.5."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


def keras_file(path: Path, side: int | None = 8) -> Path:
    """A network from pictures to three classes, with six features ahead of them."""
    keras.utils.set_random_seed(5)
    image = keras.Input((side, side, 3), name="photo")
    maps = keras.layers.Rescaling(1 / 255)(image)
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="first")(maps)
    maps = keras.layers.BatchNormalization(name="norm")(maps)
    maps = keras.layers.Conv2D(6, 3, activation="relu", name="second")(maps)
    vector = keras.layers.GlobalAveragePooling2D()(maps)
    keras.Model(image, keras.layers.Dense(3, name="classes")(vector)).save(path)
    return path


def torch_file(path: Path, arrays: Mapping[str, np.ndarray]) -> Path:
    """A file of arrays in float32, laid out by rows or by columns as they are."""
    tensors = b"".join(_text(name) + _tensor(name, array) + b"s" for name, array in arrays.items())
    state = b"\x80\x02ccollections\nOrderedDict\n)R" + tensors + b"."
    storages = [
        struct.pack("<q", array.size) + array.ravel(order="K").astype("<f4").tobytes()
        for array in arrays.values()
    ]
    path.write_bytes(header() + state + pickle.dumps(list(arrays), 2) + b"".join(storages))
    return path


def header() -> bytes:
    """What stands ahead of the tensors."""
    return b"".join(pickle.dumps(item, 2) for item in (MAGIC, VERSION, {"little_endian": True}))


def _tensor(key: str, array: np.ndarray) -> bytes:
    storage = b"(" + _text("storage") + b"ctorch\nFloatStorage\n" + _text(key) + _text("cpu")
    storage += _whole(array.size) + b"NtQ"
    strides = tuple(step // array.itemsize for step in array.strides)
    facts = b"".join(b"(" + b"".join(map(_whole, item)) + b"t" for item in (array.shape, strides))
    hooks = b"\x89ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + _whole(0) + facts + hooks + b"tR"


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def _whole(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)
