"""Occlusion: how an answer changes without one block of its input at a time; any model will do.

Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.core.targets import held_rows
from automl.explanations.attribution import Attribution
from automl.explanations.deletion import stacked
from automl.explanations.method import Subject
from automl.explanations.pieces import Pieces, block_numbers
from automl.explanations.quantity import quantity_of


def occluded(subject: Subject, pieces: Mapping[str, Pieces]) -> tuple[Attribution, ...]:
    """Return by how much the answers of a subject's rows fall without each of their pieces.

    What a block of pieces makes the answer fall by is shared by these.

    Raises:
        NotExplainedError: answers are not single numbers.
    """
    return tuple(_of_row(subject, pieces, row) for row in subject.rows)


def _of_row(subject: Subject, pieces: Mapping[str, Pieces], row: int) -> Attribution:
    held = held_rows(subject.examples.inputs, np.array([row]))
    example: dict[str, Any] = {name: values[0] for name, values in held.items()}
    numbers = {name: block_numbers(item, item.shape(example[name])) for name, item in pieces.items()}
    changed = [example]
    for name, own in numbers.items():
        for block in range(int(own.max(initial=0)) + 1):
            changed.append({**example, name: pieces[name].without(example[name], own == block)})
    predictions = subject.predict(stacked(changed, subject.examples.inputs))
    quantity = quantity_of(subject.task, predictions)
    chosen = quantity.chosen(predictions)[:1]
    scores = quantity.of(predictions, np.repeat(chosen, len(changed)))
    falls, parts, first = scores[0] - scores[1:], {}, 0
    for name, own in numbers.items():
        sizes = np.bincount(own.reshape(-1))
        each = falls[first : first + len(sizes)] / sizes
        parts[name], first = np.asarray(each[own]), first + len(sizes)
    return Attribution(row=row, words=quantity.words[int(chosen[0])], score=float(scores[0]), parts=parts)
