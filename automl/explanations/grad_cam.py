"""Grad-CAM: at which places of its last map a convolutional network finds what speaks for an answer.

Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017:
channels of the map are weighed by the mean gradient of the logit and added up; what is below 0 speaks for
other classes and is left out. The networks of an ensemble have a map each, which are added.

Symbols: n examples, h x w places, f channels, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from automl.core.targets import held_rows
from automl.explanations.anatomy import anatomy_of
from automl.explanations.attribution import Attribution
from automl.explanations.by_gradients import decoded
from automl.explanations.cut import Cut, cut_at_maps
from automl.explanations.method import Subject
from automl.explanations.pieces import Pieces
from automl.explanations.quantity import Quantity, quantity_of
from automl.training.gradients import gradients_of


def grad_cam(
    subject: Subject, picture: str, pieces: Mapping[str, Pieces], model: keras.Model
) -> tuple[Attribution, ...] | None:
    """Return maps of a subject's rows; None where some network has no convolutional map at its end.

    Args:
        subject: what is explained.
        picture: name of the raw input that the maps lie on.
        pieces: of all inputs; those that are no pictures get zeros.
        model: that is asked.

    Raises:
        NotExplainedError: answers are not single numbers.
    """
    cut = cut_at_maps(anatomy_of(model))
    if cut is None:
        return None
    own = held_rows(subject.examples.inputs, np.array(subject.rows))
    predictions = subject.predict(own)
    quantity = quantity_of(subject.task, predictions)
    chosen = quantity.chosen(predictions)
    heat = _heat(cut, quantity, chosen, cut.tensors(cut.anatomy.encode(own)), own[picture].shape[1:3])
    scores = quantity.of(predictions, chosen)
    return tuple(
        Attribution(
            row=row,
            words=quantity.words[int(chosen[at])],
            score=float(scores[at]),
            parts={
                name: heat[at] if name == picture else np.zeros(item.shape(own[name][at]))
                for name, item in pieces.items()
            },
        )
        for at, row in enumerate(subject.rows)
    )


def _heat(
    cut: Cut, quantity: Quantity, chosen: np.ndarray, tensors: Sequence[np.ndarray], size: tuple[int, int]
) -> np.ndarray:
    """The maps in the size of the pictures ``(n, height, width)``."""
    moving = [place for place, moves in enumerate(cut.varied) if moves]

    def score(maps: Sequence[Any], _: Sequence[Any]) -> Any:
        whole: list[Any] = list(tensors)
        for place, item in zip(moving, maps, strict=True):
            whole[place] = item
        return cut.score(whole, lambda outputs: _logit(cut, quantity, chosen, outputs))

    _, slopes = gradients_of(score, cut.variables)([tensors[place] for place in moving])
    heat = np.zeros((len(chosen), *size))
    for place, slope in zip(moving, slopes, strict=True):
        weights = slope.mean(axis=(1, 2), keepdims=True)
        found = (weights * tensors[place]).sum(axis=-1)
        heat += _resized(np.maximum(found, 0.0) if quantity.chances else found, size)
    return heat


def _logit(cut: Cut, quantity: Quantity, chosen: np.ndarray, outputs: list[Any]) -> Any:
    """What a network says of the chosen class before probabilities, which hardly move where it is sure.

    Of raw outputs in another form than the answers, the answer itself.
    """
    rows, count = len(chosen), len(quantity.words)
    if quantity.steps or any(len(item.shape) != 2 or item.shape[-1] != count for item in outputs):
        return quantity.of_tensors(decoded(cut.anatomy, outputs), quantity.picks(chosen))
    each = [ops.mean(ops.reshape(item, (-1, rows, count)), axis=0) for item in outputs]
    return sum(ops.sum(item * quantity.picks(chosen), axis=1) for item in each)


def _resized(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Maps ``(n, h, w)`` bilinearly in another size."""
    shown = ops.image.resize(maps[..., None].astype(np.float32), size, interpolation="bilinear")
    return np.asarray(ops.convert_to_numpy(shown)[..., 0], np.float64)
