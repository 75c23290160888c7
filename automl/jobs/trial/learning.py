"""What layers of a network take from the training rows before its training begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from automl.core.targets import count_rows, held_rows, spread_rows
from automl.training.engine import Split

if TYPE_CHECKING:
    import keras

Learned: TypeAlias = "Callable[[Sequence[np.ndarray], np.ndarray | None, int], Sequence[np.ndarray]]"
"""See ``Candidate.learned``."""

SHOWN = 1000
"""Rows, evenly spread, that first weights are fitted to."""

_GRAIN = 32
"""Their number is a multiple of this, as JAX compiles for one, and folds differ by a row."""


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


@runtime_checkable
class BeginsByRows(Protocol):
    """A layer that may fit its first weights to what reaches it.

    Attributes:
        by_rows: whether it does.
    """

    by_rows: bool

    def begin(
        self, inputs: np.ndarray, values: Mapping[str, np.ndarray], random: np.random.Generator
    ) -> Mapping[str, np.ndarray]:
        """Return first values of its weights by their own names.

        Args:
            inputs: what reaches it of some rows, those before it having begun.
            values: of its weights as they are drawn, by their own names.
            random: draws.
        """
        ...


def learning(model: keras.Model, split: Split) -> Learned | None:
    """Return what changes values of ``model.variables`` by what rows tell; None where no layer asks rows.

    Args:
        model: that is trained; its own values do not count.
        split: of which the training part is looked at.
    """
    from automl.private_keras import all_layers

    layers: list[Any] = all_layers(model)
    learners = [layer for layer in layers if isinstance(layer, LearnsFromRows)]
    beginners: list[Any] = [item for item in layers if isinstance(item, BeginsByRows) and item.by_rows]
    if not learners and not beginners:
        return None
    probe = _Probe(model, beginners) if beginners else None

    def learned(values: Sequence[np.ndarray], rows: np.ndarray | None, seed: int) -> Sequence[np.ndarray]:
        every = np.arange(count_rows(split.train_targets)) if rows is None else rows
        known = {id(item): value for item, value in zip(model.variables, values, strict=True)}
        for layer in learners:
            inputs = held_rows({name: split.train[name] for name in layer.reads}, every)
            _put(known, layer, layer.learn(inputs, held_rows(split.train_targets, every)))
        if probe is not None:
            some = every[spread_rows(len(every), _shown(len(every)))]
            inputs = held_rows({name: split.train[name] for name in model.input}, some)
            probe.begin(inputs, known, np.random.default_rng(seed))
        return [known[id(item)] for item in model.variables]

    return learned


class _Probe:
    """Layers that begin by rows, and a model of what reaches them.

    Args:
        model: that they are in.
        layers: in the order of calls.
    """

    def __init__(self, model: keras.Model, layers: Sequence[Any]) -> None:
        import keras

        from automl.training.answering import answering

        self._layers = layers
        self._model = keras.Model(model.input, [layer.input for layer in layers])
        self._reached = answering(self._model)

    def begin(
        self,
        inputs: Mapping[str, np.ndarray],
        known: dict[int, np.ndarray],
        random: np.random.Generator,
    ) -> None:
        """Let layers begin one after another, each by what those before it make of the rows.

        Args:
            inputs: of the rows.
            known: values by the identity of their variables; what layers begin with is put there.
            random: draws.
        """
        from keras import ops

        for place, layer in enumerate(self._layers):
            trainable, other = (
                [known[id(item)] for item in group]
                for group in (self._model.trainable_variables, self._model.non_trainable_variables)
            )
            reached = self._reached(trainable, other, inputs)
            reached = reached if isinstance(reached, list | tuple) else [reached]
            own = {item.name: known[id(item)] for item in layer.weights}
            _put(known, layer, layer.begin(ops.convert_to_numpy(reached[place]), own, random))


def _shown(rows: int) -> int:
    """How many of some rows first weights are fitted to."""
    return min(SHOWN, rows - rows % _GRAIN or rows)


def _put(known: dict[int, np.ndarray], layer: Any, values: Mapping[str, np.ndarray]) -> None:
    known.update({id(item): values[item.name] for item in layer.weights if item.name in values})
