"""What is timed: models, data and search spaces of the training benchmark, the same for every side.

Data but the digits are made up: how long a step takes does not depend on the values, and a label that
follows from the inputs by a random rule lets scores rise as they do on real data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, suggest
from automl.core.specs import Configuration
from automl.core.targets import TARGET
from automl.data.kinds.kind import HANDLED_AS_CELLS
from automl.data.modality import USUAL_BACKEND
from automl.spaces.parameters import Choice, Constant, Float, Integer, Parameter
from automl.spaces.space import SearchSpace

if TYPE_CHECKING:
    import keras
    import numpy as np
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of model on one set of data, with the space that is searched.

    Attributes:
        name: as ``--rows`` takes it.
        title: as the table shows it.
        trials: trials by default.
        epochs: epochs of each trial by default.
        batch: examples per step.
        examples: training examples.
        shape: of one example.
        classes: number of classes.
        vocabulary: ids are drawn below it; 0 for float inputs.
        parameters: what is searched; the defaults are the configuration whose epochs are timed.
        connect: from the input and a configuration to the last features before the head.
        backend: that a search of such data takes by default.
    """

    name: str
    title: str
    trials: int
    epochs: int
    batch: int
    examples: int
    shape: tuple[int, ...]
    classes: int
    vocabulary: int = 0
    parameters: tuple[Parameter, ...]
    connect: Callable[[KerasTensor, Configuration], KerasTensor]
    backend: str = USUAL_BACKEND

    @property
    def space(self) -> SearchSpace:
        """The search space."""
        return SearchSpace(name=self.name, epochs=self.epochs, parameters=self.parameters)


@dataclass(frozen=True, kw_only=True)
class Data:
    """Training and validation part: inputs, and one-hot labels ``(n, classes) float32``."""

    x: np.ndarray
    y: np.ndarray
    held_x: np.ndarray
    held_y: np.ndarray


def find_row(name: str) -> Row:
    """Return the row of that name.

    Raises:
        ConfigError: there is none; the nearest is offered.
    """
    known = {**ROWS, **MEMORY_ROWS}
    if name not in known:
        raise ConfigError(f"Unknown row {name!r}. {suggest(name, known)}")
    return known[name]


def build(row: Row, configuration: Configuration, *, named: bool = False) -> keras.Model:
    """Build the row's model, from inputs to logits.

    Args:
        row: which.
        configuration: a point of its space.
        named: take and give dictionaries, as our engines want them, instead of bare arrays.
    """
    import keras

    first = keras.Input(row.shape, dtype="int32" if row.vocabulary else "float32", name="x")
    logits = keras.layers.Dense(row.classes)(row.connect(first, configuration))
    return keras.Model({"x": first}, {TARGET: logits}) if named else keras.Model(first, logits)


def load(row: Row) -> Data:
    """Return the row's data; always the same."""
    import numpy as np

    x, labels = _digits() if row.name.startswith("digits") else _made_up(row)
    y = np.eye(row.classes, dtype="float32")[labels]
    return Data(
        x=x[: row.examples], y=y[: row.examples], held_x=x[row.examples :], held_y=y[row.examples :]
    )


def _digits() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return (x[order] / 16).astype("float32"), labels[order]


def _made_up(row: Row) -> tuple[np.ndarray, np.ndarray]:
    """A fifth more examples than are trained on, for validation."""
    import numpy as np

    rng = np.random.default_rng(0)
    shape = (row.examples + row.examples // 5, *row.shape)
    if row.vocabulary:
        ids = rng.integers(1, row.vocabulary, size=shape, dtype="int32")
        votes = rng.normal(size=(row.vocabulary, row.classes)).astype("float32")[ids].sum(axis=1)
        return ids, votes.argmax(axis=1)
    x = rng.normal(size=shape).astype("float32")
    flat = x.reshape(len(x), -1)
    rule = rng.normal(size=(flat.shape[1], row.classes)).astype("float32")
    return x, (flat @ rule).argmax(axis=1)


def _mlp(tensor: KerasTensor, configuration: Configuration) -> KerasTensor:
    from keras import layers

    values: Mapping[str, Any] = configuration
    for _ in range(values["depth"]):
        tensor = layers.Dense(values["width"], activation="relu")(tensor)
        tensor = layers.Dropout(values["dropout"])(tensor)
    return tensor


def _mlp_of_own_width(tensor: KerasTensor, configuration: Configuration) -> KerasTensor:
    """No two trials have the same structure."""
    values: Mapping[str, Any] = configuration
    return _mlp(tensor, {**values, "width": 16 + values.get("trial", 0)})


def _cnn(tensor: KerasTensor, configuration: Configuration) -> KerasTensor:
    from keras import layers

    values: Mapping[str, Any] = configuration
    for factor in (1, 2):
        tensor = layers.Conv2D(factor * values["filters"], 3, activation="relu")(tensor)
        tensor = layers.MaxPooling2D()(tensor)
    return layers.Dropout(values["dropout"])(layers.Flatten()(tensor))


def _lstm(tensor: KerasTensor, configuration: Configuration) -> KerasTensor:
    from keras import layers

    values: Mapping[str, Any] = configuration
    return layers.Dropout(values["dropout"])(layers.LSTM(values["units"])(tensor))


def _transformer(ids: KerasTensor, configuration: Configuration) -> KerasTensor:
    from keras import layers, ops

    from automl.models.layers.attention import encoder_block

    values: Mapping[str, Any] = configuration
    places = ops.cumsum(ops.ones_like(ids), axis=1) - 1
    tokens = layers.Embedding(TOKENS, 64)(ids) + layers.Embedding(ids.shape[1], 64)(places)
    for _ in range(values["depth"]):
        tokens = encoder_block(tokens, heads=4, dropout=values["dropout"])
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization()(tokens))


def _ngrams(ids: KerasTensor, configuration: Configuration) -> KerasTensor:
    from keras import layers

    values: Mapping[str, Any] = configuration
    embedded = layers.Embedding(NGRAMS, values["size"])(ids)
    return layers.Dropout(values["dropout"])(layers.GlobalAveragePooling1D()(embedded))


TOKENS, NGRAMS = 5_000, 20_000
"""Sizes of the vocabularies of the Transformer's and the n-grams' row."""

_DROPOUT = Float(name="dropout", low=0.0, high=0.5, default=0.25)
_RATE = Float(name="learning_rate", low=1e-4, high=1e-2, default=1e-3, log=True)
_DEPTH = Integer(name="depth", low=1, high=3, default=2)


def _choice(name: str, *values: int, default: int) -> Choice:
    return Choice(name=name, values=values, default=default)


def _digits_row(name: str, title: str, trials: int, epochs: int, *shape: Parameter, **own: Any) -> Row:
    return Row(
        name=name,
        title=title,
        trials=trials,
        epochs=epochs,
        batch=32,
        examples=1437,
        shape=(64,),
        classes=10,
        parameters=(*shape, _DROPOUT, _RATE),
        connect=own.get("connect", _mlp),
        backend=HANDLED_AS_CELLS.cpu_backend,
    )


ROWS: Mapping[str, Row] = {
    row.name: row
    for row in (
        _digits_row("digits", "digits MLP", 100, 10, _DEPTH, _choice("width", 32, 64, 128, default=64)),
        Row(
            name="adult",
            title="adult-size MLP",
            trials=20,
            epochs=5,
            batch=256,
            examples=26_000,
            shape=(64,),
            classes=2,
            parameters=(_DEPTH, _choice("width", 64, 128, 256, default=128), _DROPOUT, _RATE),
            connect=_mlp,
            backend=HANDLED_AS_CELLS.cpu_backend,
        ),
        Row(
            name="cnn",
            title="CNN 28x28",
            trials=20,
            epochs=3,
            batch=64,
            examples=2048,
            shape=(28, 28, 1),
            classes=10,
            parameters=(_choice("filters", 16, 32, default=32), _DROPOUT, _RATE),
            connect=_cnn,
        ),
        Row(
            name="lstm",
            title="LSTM, 48 steps",
            trials=20,
            epochs=3,
            batch=64,
            examples=2048,
            shape=(48, 8),
            classes=6,
            parameters=(_choice("units", 32, 64, default=64), _DROPOUT, _RATE),
            connect=_lstm,
        ),
        Row(
            name="transformer",
            title="Transformer, 64 tokens",
            trials=20,
            epochs=3,
            batch=64,
            examples=2048,
            shape=(64,),
            classes=2,
            vocabulary=TOKENS,
            parameters=(Integer(name="depth", low=1, high=2, default=2), _DROPOUT, _RATE),
            connect=_transformer,
        ),
        Row(
            name="ngrams",
            title="n-grams, 200 ids",
            trials=20,
            epochs=3,
            batch=64,
            examples=4096,
            shape=(200,),
            classes=2,
            vocabulary=NGRAMS,
            parameters=(_choice("size", 4, 8, 16, 32, default=16), _DROPOUT, _RATE),
            connect=_ngrams,
        ),
    )
}
"""The rows of the tables of times, by name."""

MEMORY_ROWS: Mapping[str, Row] = {
    row.name: row
    for row in (
        _digits_row(
            "digits-same",
            "all the same",
            200,
            2,
            Constant(name="depth", value=2),
            Constant(name="width", value=64),
        ),
        _digits_row(
            "digits-different",
            "all different",
            200,
            2,
            Constant(name="depth", value=2),
            connect=_mlp_of_own_width,
        ),
    )
}
"""The rows of the table of memory, by name."""
