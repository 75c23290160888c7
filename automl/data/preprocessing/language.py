"""From raw text to the last tokens of it, as a Keras model.

L + 1  tokens of a window, or bytes where tokens are parts of words
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.tensors import Subwords, TensorSpec, Vocabulary
from automl.core.text_windows import TextWindows
from automl.core.tokens import FIRST, PADDING, Tokens
from automl.data.modality import Preprocessing
from automl.data.preprocessing.merge_bytes import MergeBytes
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
        coded=lambda windows: {"stream": windows.over(tokens.encode(windows.text)[:, None])},
    )


def fit_subwords(streams: Mapping[str, Tokens], asked: Sequence[int], length: int) -> Preprocessing:
    """Return the preprocessing of running text whose tokens are parts of words.

    The first byte of a window is a token by itself, so that models with different vocabularies are asked
    for the same bytes: all but that one.

    Args:
        streams: how text becomes tokens, by the name of the tensor.
        asked: size of each vocabulary as searched, which that of a short text falls short of.
        length: L.
    """
    raw = keras.Input((), dtype="string", name="text")
    read = LastBytes(length + 1, name="text__bytes")(raw)
    made = {name: MergeBytes(item.merges, name=f"text__{name}")(read) for name, item in streams.items()}
    specs = tuple(
        TensorSpec(
            name=name,
            kind="stream",
            shape=(None, 1),
            dtype="int32",
            facts=Subwords(size=item.size, asked=size, context=length + 1),
            source="text",
        )
        for (name, item), size in zip(streams.items(), asked, strict=True)
    )
    return Preprocessing(
        inputs=specs,
        model=keras.Model({"text": raw}, made),
        coded=lambda windows: {name: _tokens_of(windows, item) for name, item in streams.items()},
    )


def _tokens_of(windows: TextWindows, tokens: Tokens) -> np.ndarray:
    """What the model makes of windows, but no longer than the longest ``(n, any, 1) int32``."""
    known = dict[bytes, list[int]]()
    rows = [tokens.encode_window(text, known) for text in windows[:]]
    ids = np.full((len(rows), max(map(len, rows), default=1), 1), PADDING, np.int32)
    for place, row in enumerate(rows):
        ids[place, : len(row), 0] = row
    return ids


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
