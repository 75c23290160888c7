"""From raw text to the last tokens of it, as a Keras model.

L + 1  tokens of a window
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.tensors import TensorSpec, Vocabulary
from automl.core.tokens import FIRST, PADDING, Tokens
from automl.data.modality import Preprocessing
from automl.private_keras import last_bytes, take_arrays


def fit_language(tokens: Tokens, length: int) -> Preprocessing:
    """Return the preprocessing of running text.

    Args:
        tokens: how text becomes tokens.
        length: L.
    """
    raw = keras.Input((), dtype="string", name="text")
    ids = _ids(tokens, length)(raw)
    stream = LastTokens(length + 1, name="text__stream")(ids)
    spec = TensorSpec(
        name="stream",
        kind="stream",
        shape=(length + 1, 1),
        dtype="int32",
        facts=Vocabulary(size=tokens.size),
        source="text",
    )
    return Preprocessing(
        inputs=(spec,),
        model=keras.Model({"text": raw}, {"stream": stream}),
        coded=lambda text: tokens.encode(text)[:, None],
    )


def _ids(tokens: Tokens, length: int) -> keras.layers.Layer:
    if tokens.unit == "byte":
        return LastBytes(length + 1, name="text__bytes")
    # both give 0 to padding, 1 to what is unknown, and the known ones numbers from 2 on
    return keras.layers.TextVectorization(
        standardize=None, split="character", vocabulary=list(tokens.known), name="text__characters"
    )


@keras.saving.register_keras_serializable(package="automl")
class LastBytes(keras.layers.Layer):
    """Ids of the last bytes of each text, padding behind them where a text is shorter.

    Args:
        length: bytes that are kept.
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", **kwargs})
        self.length = length
        take_arrays(self)

    def call(self, texts: Any) -> KerasTensor:
        """From texts ``(n,)`` to ids ``(n, length) int32``."""
        found, count = last_bytes(texts, self.length)
        ids = ops.where(np.arange(self.length)[None] < _own(count)[:, None], _own(found) + FIRST, PADDING)
        return ops.cast(ids, "int32")

    def front(self) -> dict[str, Any]:
        """How texts become ids, see ``automl.formats.cut``."""
        return {"kind": "bytes", "length": self.length, "keep": "last", "first": FIRST}

    def compute_output_spec(self, texts: KerasTensor) -> KerasTensor:
        """Shape and type of the ids."""
        return KerasTensor((texts.shape[0], self.length), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "length": self.length}


def _own(tensor: Any) -> Any:
    """A tensor of TensorFlow as the backend has them."""
    return tensor if keras.backend.backend() == "tensorflow" else ops.convert_to_tensor(np.asarray(tensor))


@keras.saving.register_keras_serializable(package="automl")
class LastTokens(keras.layers.Layer):
    """The last tokens of each text, padding behind them where a text is shorter.

    Args:
        length: tokens that are kept.
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", **kwargs})
        self.length = length

    def call(self, ids: KerasTensor) -> KerasTensor:
        """From ids ``(n, any)`` with 0 behind each text to ids ``(n, length, 1) int32``."""
        ids = ops.cast(ids, "int32")
        room = ops.pad(ids, [[0, 0], [0, self.length]])
        count = ops.sum(ops.cast(ops.not_equal(ids, 0), "int32"), axis=1, keepdims=True)
        places = ops.maximum(count - self.length, 0) + ops.arange(self.length, dtype="int32")[None]
        return ops.take_along_axis(room, places, axis=1)[:, :, None]

    def front(self) -> dict[str, Any]:
        """Which ids it keeps, see ``automl.formats.cut``."""
        return {"kind": "ends", "length": self.length, "keep": "last"}

    def compute_output_spec(self, ids: KerasTensor) -> KerasTensor:
        """Shape and type of the ids."""
        return KerasTensor((ids.shape[0], self.length, 1), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "length": self.length}
