"""Tiny models with what real ones have: numbers far from 0, gaps, categories, texts, dropout, amounts."""

from __future__ import annotations

import keras
import numpy as np

from automl.data.preprocessing.tabular_layers import CategoryLookup, JoinColumns, RobustScale, StackColumns
from automl.data.preprocessing.text import JoinIds
from automl.data.raw_model import RawModel
from automl.formats.format import Labels, Subject
from automl.tasks.layers import TargetRange

JOBS, TOWNS = ["clerk", "cook"], ["Ulm", "Åbo"]
ROWS = {
    "age": np.array([39.0, np.nan, 17.0, 1e9 + 5]),
    "pay in €": np.array([1.0, 2.0, 7.0, np.nan]),
    "job": np.array(["clerk", "pilot", "", "cook"], object),
    "town": np.array(["Åbo", "Ulm", "clerk", "Bonn"], object),
    "note": np.array(["Good, GOOD day!", "", "bad day: ÄRGER", "a b c d e f g"], object),
}


def subject(tmp_path, *, amount=False, texts=True, far=0.0, labels=None) -> Subject:
    """A model of rows as ``ROWS`` has them.

    Args:
        tmp_path: where its file lies.
        amount: whether it predicts an amount near 1e6, else probabilities of three classes.
        texts: whether it reads words and texts.
        far: what one of the numbers is moved by.
        labels: how probabilities become a class.
    """
    keras.utils.set_random_seed(0)
    names = ["age", "pay in €", *(["job", "town", "note"] if texts else [])]
    dtypes = {name: "string" if ROWS[name].dtype == object else "float64" for name in names}
    inputs = {name: keras.Input((), dtype=dtypes[name], name=name) for name in names}
    numbers = JoinColumns()([StackColumns()([inputs["age"], inputs["pay in €"]])])
    parts = [RobustScale([30.0, far], [0.1, 0.1], [0, 1], name="scaled")(numbers)]
    # keeps its statistics as tensors, which the graph refers to
    parts[0] = keras.layers.Normalization(mean=[0.1] * 4, variance=[2.0] * 4)(parts[0])
    parts += _of_texts(inputs) if texts else []
    hidden = keras.layers.Dense(24, "gelu")(keras.layers.Concatenate()(parts) if texts else parts[0])
    hidden = keras.layers.Dropout(0.5)(hidden)
    if amount:
        answer = TargetRange([1e6], [10.0], [0.0], [1e7], name="amount")(keras.layers.Dense(1)(hidden))
    else:
        answer = keras.layers.Dense(3, "softmax")(hidden)
    model = RawModel(inputs, answer)
    model.save(tmp_path / "model.keras")
    sample = {name: ROWS[name] + far if name == "pay in €" else ROWS[name] for name in names}
    return Subject(model=model, path=tmp_path / "model.keras", sample=sample, labels=labels)


def _of_texts(inputs) -> list[keras.KerasTensor]:
    codes = CategoryLookup([JOBS, TOWNS], name="table__lookup")(
        StackColumns()([inputs["job"], inputs["town"]])
    )
    words = keras.layers.TextVectorization(
        split="whitespace",
        ngrams=2,
        output_sequence_length=6,
        vocabulary=["good", "day", "bad day"],
        name="words",
    )
    ids = JoinIds([words.vocabulary_size()], name="ids")([words(inputs["note"])])
    vectors = [keras.layers.Embedding(8, 4)(item) for item in (codes, ids)]
    return [keras.layers.Flatten()(item) for item in vectors]


THREE = Labels(classes=("no", "perhaps", "ja"))
