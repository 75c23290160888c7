"""Attention over a pair of texts: which words of one are compared with which of the other.

n  pairs, l  words of a text
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from automl.core.figures import Matrix
from automl.core.targets import held_rows
from automl.data.preprocessing.vocabulary import clean, words_of
from automl.explanations.anatomy import Anatomy, anatomy_of
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.models.layers.attend_other import AttendOther
from automl.private_keras import all_layers

MOST_PAIRS = 3
"""Pairs that are drawn."""

MOST_WORDS = 14
"""Words of a text that are."""


def explain(subject: Subject) -> Found:
    """Draw the attention between both texts of a subject's rows.

    Raises:
        NotExplainedError: no network of the model attends from one text to another.
    """
    anatomy, rows = anatomy_of(subject.model()), subject.rows[:MOST_PAIRS]
    inputs = held_rows(subject.examples.inputs, np.array(rows, dtype=int))
    found = _attended(anatomy, inputs)
    if not found or len(inputs) != 2:
        raise NotExplainedError(
            "Attention runs between the words of two texts, and no network of this model has it: choose "
            "another method."
        )
    shares = np.mean([item.shares for item in found], axis=0)
    texts = [np.asarray(values) for values in inputs.values()]
    names = [subject.labels.get(name, name) for name in inputs]
    drawn, plain = [], []
    for at, row in enumerate(rows):
        first, second = (
            _words(str(each[at]), int(found[0].mask[at, place].sum())) for place, each in enumerate(texts)
        )
        drawn.append(_matrix(row, first, second, shares[at, 0], names))
        own = shares[at, 0, : len(first), : len(second)]
        plain.append({"row": int(row), "words": [first, second], "shares": np.round(own, 4).tolist()})
    every = sum(len(call.networks) for call in anatomy.calls)
    told = f", in the mean of {len(found)} of {every} networks" if every > 1 else ""
    return Found(
        text=f"Of each word of {names[0]!r}, how much it is compared with each word of {names[1]!r}, in "
        f"percent (Parikh et al., 2016){told}. It says what is read together, and not what decides (Jain "
        "and Wallace, 2019).",
        figures=tuple(drawn),
        values={"networks": len(found), "rows": plain},
    )


@dataclass(frozen=True, kw_only=True)
class _Attended:
    """The attention of one network.

    Attributes:
        shares: ``(n, 2, l, l)``; see ``AttendOther``.
        mask: ``(n, 2, l)`` bool.
    """

    shares: np.ndarray
    mask: np.ndarray


def attends(network: keras.Model) -> bool:
    """Whether a network attends from one text to another."""
    return any(isinstance(layer, AttendOther) for layer in all_layers(network))


def _attended(anatomy: Anatomy, inputs: Mapping[str, np.ndarray]) -> list[_Attended]:
    """That of each network which has it."""
    some = any(attends(network) for call in anatomy.calls for network in call.networks)
    encoded = anatomy.encode(inputs) if some else []
    return [
        _of_network(network, layer, [encoded[place] for place in call.inputs])
        for call in anatomy.calls
        for network in call.networks
        for layer in all_layers(network)
        if isinstance(layer, AttendOther)
    ]


def _of_network(network: keras.Model, layer: AttendOther, tensors: Sequence[Any]) -> _Attended:
    queries, _, mask = keras.Function(network.inputs, layer.input)(list(tensors))
    return _Attended(
        shares=keras.ops.convert_to_numpy(layer.shares(queries, mask)),
        mask=keras.ops.convert_to_numpy(mask),
    )


def _words(text: str, count: int) -> list[str]:
    """The words that the model has read, or the characters where it reads these."""
    words = words_of(clean(text))
    return (words if len(words) >= count else list(clean(text)))[:count]


def _matrix(
    row: int, first: Sequence[str], second: Sequence[str], shares: np.ndarray, names: Sequence[str]
) -> Matrix:
    rows, columns = first[:MOST_WORDS], second[:MOST_WORDS]
    cells = np.round(100 * shares[: len(rows), : len(columns)]).astype(int)
    cut = len(first) > MOST_WORDS or len(second) > MOST_WORDS
    return Matrix(
        title=f"Attention, row {row}",
        rows=tuple(rows),
        columns=tuple(columns),
        cells=tuple(tuple(int(cell) for cell in line) for line in cells),
        row_label=names[0],
        column_label=names[1],
        told="compared with",
        note=f"The first {MOST_WORDS} words of each." if cut else "",
    )


ATTENTION = Method(name="attention", title="What is compared with what", explain=explain)
