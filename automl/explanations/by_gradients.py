"""Integrated gradients of a subject's rows, dealt out to the pieces of their raw inputs.

The baseline is the mean over the examples for what is one number or category of a row, and nothing for
texts, series and pictures: vectors of words that are zero, channels at their mean, the mean colour. These
are the same means that deletion puts in the place of what it takes away, so that both begin and end alike:
those of training differ where a series has risen since.

Symbols: n rows, k outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from automl.core.targets import held_rows, named, spread_rows
from automl.explanations.anatomy import Anatomy, anatomy_of
from automl.explanations.attribution import Attribution
from automl.explanations.cut import Cut, cut_where_gradients_begin
from automl.explanations.integrated import Answer, Integrated, integrate
from automl.explanations.method import NotExplainedError, Subject
from automl.explanations.ownership import Ownership, ownership_of
from automl.explanations.pieces import BACKGROUND, Clip, Pixels, Steps, pieces_beside
from automl.explanations.quantity import Quantity, quantity_of


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What is found, with what it was found by.

    Attributes:
        attributions: of each row.
        points: of the way from the baseline.
    """

    attributions: tuple[Attribution, ...]
    points: int


def explained_by_gradients(subject: Subject, model: keras.Model | None = None) -> Explained:
    """Return the attributions of a subject's rows.

    Args:
        subject: what is explained.
        model: asked in the place of the subject's own, as with weights at random.

    Raises:
        NotExplainedError: its answers are not single numbers, or it has nothing that a gradient goes to.
    """
    cut = cut_where_gradients_begin(anatomy_of(model or subject.model()))
    if not any(cut.varied):
        raise NotExplainedError(
            "No gradients: the networks of this model read whole numbers only, by no embedding."
        )
    rows = np.array(subject.rows)
    beside = spread_rows(len(subject.examples), BACKGROUND)
    every = held_rows(subject.examples.inputs, np.concatenate([rows, beside]))
    own = {name: values[: len(rows)] for name, values in every.items()}
    predictions = subject.predict(own)
    quantity = quantity_of(subject.task, predictions)
    chosen = quantity.chosen(predictions)
    pieces = pieces_beside(subject)
    tensors = cut.tensors(cut.anatomy.encode(every))
    if any(len(values) != len(rows) + len(beside) for values in tensors):
        raise NotExplainedError(
            "No gradients: the networks of this model take the texts of a row apart before their words "
            "become vectors. Choose another method."
        )
    ownership = ownership_of(cut, pieces, every)
    found = integrate(
        _answer(cut, quantity, chosen),
        [values[: len(rows)] for values in tensors],
        _baselines(ownership, tensors, own, len(rows)),
        cut.varied,
        spread=_spread(quantity, subject, every),
        ended=subject.clock(),
        variables=cut.variables,
    )
    made = [
        _attribution(found, ownership, own, quantity, chosen, at, row)
        for at, row in enumerate(subject.rows)
    ]
    return Explained(attributions=tuple(made), points=found.points)


def decoded(anatomy: Anatomy, outputs: Sequence[Any]) -> dict[str, Any]:
    """Return predictions of raw outputs, by name."""
    return named(anatomy.decode(list(outputs)))


def _answer(cut: Cut, quantity: Quantity, chosen: np.ndarray) -> Answer:
    every = ops.convert_to_tensor(quantity.picks(chosen))

    def answer(tensors: Sequence[Any], rows: Any) -> Any:
        picks = ops.take(every, rows, axis=0)

        def ends(outputs: list[Any]) -> Any:
            return quantity.of_tensors(decoded(cut.anatomy, outputs), picks)

        return cut.score(tensors, ends)

    return answer


def _baselines(
    ownership: Ownership, tensors: Sequence[np.ndarray], own: dict[str, np.ndarray], rows: int
) -> list[np.ndarray]:
    """Nothing for what belongs to inputs of many pieces, else the mean over the examples ``(n, ...)``."""
    made = []
    parts = tensors, ownership.divided(own), _emptied(ownership, own)
    for values, divided, nothing in zip(*parts, strict=True):
        usual = np.nan_to_num(values[rows:].astype(np.float32)).mean(axis=0)
        made.append(np.where(divided, nothing, usual).astype(np.float32))
    return made


def _emptied(ownership: Ownership, own: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The tensors at the cut without any step or pixel ``(n, ...)``; 0 for what belongs to other inputs."""
    empty = dict(own)
    for name, pieces in ownership.pieces.items():
        if isinstance(pieces, Steps | Pixels | Clip):
            gone = np.ones(pieces.shape(own[name][0]), bool)
            empty[name] = np.stack([pieces.without(value, gone) for value in own[name]])
    tensors = ownership.cut.tensors(ownership.cut.anatomy.encode(empty))
    seen = np.array([isinstance(item, Steps | Pixels | Clip) for item in ownership.pieces.values()])
    return [
        np.where(share[seen].sum(axis=0) > 0, np.nan_to_num(values.astype(np.float32)), 0.0)
        for values, share in zip(tensors, ownership.shares, strict=True)
    ]


def _spread(quantity: Quantity, subject: Subject, every: dict[str, np.ndarray]) -> float:
    if quantity.chances:
        return 1.0
    return float(quantity.all_of(subject.predict(every)).std(axis=0).max())


def _attribution(
    found: Integrated,
    ownership: Ownership,
    own: dict[str, np.ndarray],
    quantity: Quantity,
    chosen: np.ndarray,
    at: int,
    row: int,
) -> Attribution:
    example = {name: values[at : at + 1] for name, values in own.items()}
    return Attribution(
        row=row,
        words=quantity.words[int(chosen[at])],
        score=float(found.scores[at]),
        start=float(found.starts[at]),
        gap=float(found.gaps[at]),
        parts=ownership.dealt(example, [values[at] for values in found.parts]),
    )
