"""What layers of a network learn of the training rows before its training begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from automl.core.targets import count_rows, held_rows
from automl.training.engine import Split

if TYPE_CHECKING:
    import keras

Learned: TypeAlias = "Callable[[Sequence[np.ndarray], np.ndarray | None], Sequence[np.ndarray]]"
"""See ``Candidate.learned``."""


@runtime_checkable
class LearnsFromRows(Protocol):
    """A layer some of whose weights are learned from rows in one pass, and are then constant.

    Attributes:
        reads: names of the tensors that it learns from.
    """

    reads: Sequence[str]

    def learn(
        self, inputs: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray]
    ) -> Mapping[str, np.ndarray]:
        """Return values of its weights by their own names.

        Args:
            inputs: tensors of the rows that are trained on, by name.
            targets: their encoded targets by name.
        """
        ...


def learning(model: keras.Model, split: Split) -> Learned | None:
    """Return what changes values of ``model.variables`` by what rows tell; None where no layer learns so.

    Args:
        model: that is trained; its own values do not count.
        split: of which the training part is learned from.
    """
    from automl.private_keras import all_layers

    layers: list[Any] = [layer for layer in all_layers(model) if isinstance(layer, LearnsFromRows)]
    if not layers:
        return None

    def learned(values: Sequence[np.ndarray], rows: np.ndarray | None) -> Sequence[np.ndarray]:
        every = np.arange(count_rows(split.train_targets)) if rows is None else rows
        known = {id(item): value for item, value in zip(model.variables, values, strict=True)}
        for layer in layers:
            inputs = held_rows({name: split.train[name] for name in layer.reads}, every)
            found = layer.learn(inputs, held_rows(split.train_targets, every))
            known.update({id(item): found[item.name] for item in layer.weights if item.name in found})
        return [known[id(item)] for item in model.variables]

    return learned
