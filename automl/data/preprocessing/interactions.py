"""From texts that name users and items to their numbers, and to what is known of them.

n  rows, c  columns of codes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.tensors import Catalogue, Categories, TensorSpec
from automl.data.interactions.histories import as_token
from automl.data.interactions.layout import ITEM, USER
from automl.data.interactions.rankings import ITEMS
from automl.data.interactions.sides import Side, side_of
from automl.data.modality import Dataset, Preprocessing
from automl.data.preprocessing.language import LastTokens
from automl.data.preprocessing.tabular_layers import CategoryLookup, StackColumns

HISTORY = "history"
"""Kind and name of the tensor of items that a user has dealt with."""


def fit_interactions(dataset: Dataset, rows: np.ndarray) -> Preprocessing:
    """Return the preprocessing of users and items: numbers from 1, 0 for those that are not known.

    Args:
        dataset: with ``user`` and ``item`` among its inputs, and ``sides`` in its schema.
        rows: positions of the training part.
    """
    raw = {name: keras.Input((), dtype="string", name=name) for name in (USER, ITEM)}
    tensors: list[tuple[TensorSpec, KerasTensor]] = []
    for name, texts in raw.items():
        cells = StackColumns(name=f"{name}__cells")([texts])
        known = sorted(set(np.asarray(dataset.examples.inputs[name][rows]).tolist()))
        codes = CategoryLookup([known], name=lookup_name(name))(cells)
        tensors.append((_spec(name, name, (len(known) + 1,)), codes))
        if name in dataset.schema["sides"]:
            side = side_of(dataset.schema["sides"][name])
            tensors.append((_spec(f"{name}_features", name, side.sizes), _features(cells, side, name)))
    outputs = {spec.name: tensor for spec, tensor in tensors}
    model = keras.Model(raw, outputs, name="preprocessing")
    return Preprocessing(inputs=tuple(spec for spec, _ in tensors), model=model)


def fit_histories(items: Mapping[str, int], length: int, sides: Mapping[str, Side]) -> Preprocessing:
    """Return the preprocessing of texts of items: their numbers from 1, 0 for places behind the last.

    Args:
        items: that are known, in the order of their numbers, with how many users have dealt with each;
            others are left out.
        length: places L; of more items the last count.
        sides: what is known of users, whose ids are then an input, and of items.
    """
    raw = {ITEMS: keras.Input((), dtype="string", name=ITEMS)}
    # blanks within an id are no ends of words, see ``histories.as_token``
    words = keras.layers.TextVectorization(
        standardize=None, split="whitespace", vocabulary=list(items), name="items__words"
    )
    numbers = KnownItems(name="items__known")(LastTokens(length, name="items__last")(words(raw[ITEMS])))
    tensors = {HISTORY: numbers}
    specs = [
        TensorSpec(
            name=HISTORY,
            kind=HISTORY,
            shape=(length, 1),
            dtype="int32",
            facts=_catalogue(items, sides.get(ITEM)),
            source=ITEMS,
        )
    ]
    if USER in sides:
        raw[USER] = keras.Input((), dtype="string", name=USER)
        cells = StackColumns(name=f"{USER}__cells")([raw[USER]])
        spec = _spec(f"{USER}_features", ITEMS, sides[USER].sizes)
        tensors[spec.name] = _features(cells, sides[USER], USER)
        specs.append(spec)
    return Preprocessing(inputs=tuple(specs), model=keras.Model(raw, tensors))


def lookup_name(side: str) -> str:
    """Name of the layer that knows the users, or the items."""
    return f"{side}__ids"


def _features(cells: KerasTensor, side: Side, name: str) -> KerasTensor:
    """Codes of what is known of ids ``(n, 1)``."""
    place = CategoryLookup([side.ids], name=f"{name}__described")(cells)
    return CodesOf(side.codes.tolist(), name=f"{name}__features")(place)


def _catalogue(items: Mapping[str, int], side: Side | None) -> Catalogue:
    counts = tuple(items.values())
    if side is None:
        return Catalogue(size=len(items) + 1, counts=counts)
    place = {as_token(item): number for number, item in enumerate(side.ids)}
    nothing = (0,) * len(side.sizes)
    rows = (side.codes[place[item]].tolist() if item in place else nothing for item in items)
    codes = tuple(code for row in rows for code in row)
    return Catalogue(size=len(items) + 1, counts=counts, sizes=side.sizes, codes=codes)


def _spec(kind: str, source: str, sizes: tuple[int, ...]) -> TensorSpec:
    facts = Categories(sizes=sizes)
    return TensorSpec(name=kind, kind=kind, shape=(len(sizes),), dtype="int32", facts=facts, source=source)


@keras.saving.register_keras_serializable(package="automl")
class KnownItems(keras.layers.Layer):
    """From ids of words, 0 for none and 1 for an unknown one, to numbers of items from 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})

    def call(self, ids: KerasTensor) -> KerasTensor:
        """``(n, L, 1) int32`` to the same."""
        return ops.maximum(ids - 1, 0)


@keras.saving.register_keras_serializable(package="automl")
class CodesOf(keras.layers.Layer):
    """What is known of users or items, by their place in a table; of place 0 nothing is.

    Args:
        codes: of each place from 1 on ``(places, c)``.
    """

    def __init__(self, codes: Sequence[Sequence[int]], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", "autocast": False, **kwargs})
        self.codes = [[int(code) for code in row] for row in codes]
        self._table = np.array([[0] * len(self.codes[0]), *self.codes], np.int32)

    def call(self, places: KerasTensor) -> KerasTensor:
        """From places ``(n, 1) int32`` to codes ``(n, c) int32``."""
        return ops.take(ops.convert_to_tensor(self._table), places[:, 0], axis=0)

    def compute_output_spec(self, places: KerasTensor) -> KerasTensor:
        """Shape and type of the codes."""
        return KerasTensor((places.shape[0], len(self.codes[0])), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """What is known."""
        return {**super().get_config(), "codes": self.codes}
