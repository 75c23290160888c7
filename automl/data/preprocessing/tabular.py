"""Fitting the preprocessing of a table: medians, quantiles and vocabularies of the training part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import keras
import numpy as np
from keras import KerasTensor

from automl.core.tensors import Categories, TensorSpec
from automl.data.modality import Preprocessing
from automl.data.preprocessing.tabular_layers import (
    DATE_CODES,
    CategoryLookup,
    DateParts,
    JoinColumns,
    RankScale,
    RobustScale,
    StackColumns,
)
from automl.data.raw_values import MAX_CATEGORIES, NOISE

MIN_COUNT = 2
QUANTILES = 65

SMALLEST = 1e-290
"""Spread of which one over it would overflow."""

_TYPES: Mapping[str, str] = {"number": "float64", "category": "string", "date": "int64"}


def fit_table(raw: Mapping[str, np.ndarray], kinds: Mapping[str, str]) -> Preprocessing:
    """Fit the Keras model from raw columns to tensors.

    Args:
        raw: the training part's columns by name: ``(n,)`` float64 with NaN, str, or int64 seconds.
        kinds: what each column is, in the order of the columns.

    Returns:
        a preprocessing with the inputs ``numeric`` (scaled, missing indicators at the end), ``ranks``
        (one per number, in [0, 1]) and ``categorical`` (codes), as far as the table has such columns.
    """
    inputs = {name: keras.Input((), dtype=_TYPES[kind], name=name) for name, kind in kinds.items()}
    stacks = {kind: _names(kinds, kind) for kind in _TYPES}
    numbers, values = [], []
    codes: list[KerasTensor] = []
    sizes: list[int] = []
    if stacks["number"]:
        numbers.append(_stack(inputs, stacks["number"], "numbers"))
        values.append(np.stack([raw[name] for name in stacks["number"]], axis=1))
    if stacks["date"]:
        parts, part_codes = DateParts(name="table__date_parts")(_stack(inputs, stacks["date"], "dates"))
        numbers.append(parts)
        values.append(_date_values(raw, stacks["date"]))
        codes.append(part_codes)
        sizes += [size for size in DATE_CODES.values() for _ in stacks["date"]]
    if stacks["category"]:
        words = [_vocabulary(raw[name]) for name in stacks["category"]]
        codes.append(
            CategoryLookup(words, name="table__lookup")(_stack(inputs, stacks["category"], "words"))
        )
        sizes += [len(known) + 1 for known in words]
    outputs: dict[str, KerasTensor] = {}
    if numbers:
        joined = JoinColumns(name="table__joined")(numbers)
        outputs = _numeric_outputs(joined, np.concatenate(values, axis=1))
    if codes:
        outputs["categorical"] = _joined(codes)
    model = keras.Model(inputs, outputs, name="preprocessing")
    return Preprocessing(inputs=tuple(_spec(name, outputs[name], sizes) for name in outputs), model=model)


def _names(kinds: Mapping[str, str], kind: str) -> list[str]:
    return [name for name, own in kinds.items() if own == kind]


def _stack(inputs: Mapping[str, KerasTensor], names: Sequence[str], name: str) -> KerasTensor:
    return StackColumns(name=f"table__{name}")([inputs[column] for column in names])


def _joined(tensors: Sequence[KerasTensor]) -> KerasTensor:
    return tensors[0] if len(tensors) == 1 else keras.layers.Concatenate(axis=1)(list(tensors))


def _date_values(raw: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    parts, _ = DateParts()(np.stack([raw[name] for name in names], axis=1))
    return np.asarray(keras.ops.convert_to_numpy(parts), np.float64)


def _vocabulary(texts: np.ndarray) -> list[str]:
    """The most frequent words, those that occur once left out: they teach what is unseen."""
    counts = Counter(texts.tolist())
    counts.pop("", None)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_CATEGORIES]
    known = [word for word, count in frequent if count >= MIN_COUNT]
    return known or [word for word, _ in frequent[:1]]


def _numeric_outputs(numbers: KerasTensor, values: np.ndarray) -> dict[str, KerasTensor]:
    filled = np.where(np.isnan(values).all(axis=0), 0.0, values)
    edges = np.nanquantile(filled, np.linspace(0.0, 1.0, QUANTILES), axis=0)
    middle = QUANTILES // 2
    spread = edges[middle + QUANTILES // 4] - edges[middle - QUANTILES // 4]
    spread = np.where(spread > 0, spread, 0.5 * (edges[-1] - edges[0]))
    # what varies by its last bits only is a constant with the noise of arithmetic
    whole = (np.isnan(filled) | (filled == np.round(filled))).all(axis=0)
    noise = np.where(whole, 0.0, NOISE) * np.abs(edges).max(axis=0)
    varies = spread > np.maximum(noise, SMALLEST)
    factors = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies)
    flagged = np.flatnonzero(np.isnan(values).any(axis=0)).tolist()
    scale = RobustScale(edges[middle].tolist(), factors.tolist(), flagged, name="table__numeric")
    return {"numeric": scale(numbers), "ranks": RankScale(edges.T.tolist(), name="table__ranks")(numbers)}


def _spec(name: str, tensor: KerasTensor, sizes: Sequence[int]) -> TensorSpec:
    is_codes = name == "categorical"
    return TensorSpec(
        name=name,
        kind=name,
        shape=tuple(tensor.shape[1:]),
        dtype="int32" if is_codes else "float32",
        facts=Categories(sizes=tuple(sizes)) if is_codes else None,
        source="categories" if is_codes else "numbers",
    )
