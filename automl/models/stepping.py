"""A network that reads token by token: what it has read is a state, so that each token is read once.

A network of a whole window is called again for each token that is written; one that steps takes a token and
a state and gives scores and the next state. Both share their weights.

b  batch, V  size of the vocabulary
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np
from keras import KerasTensor

from automl.private_keras import run_through_graph


@runtime_checkable
class Remembers(Protocol):
    """A layer over the steps of a sequence that can also take them one by one."""

    def first_state(self, batch: int) -> list[np.ndarray]:
        """What it remembers before the first step, examples first."""
        ...

    def step(self, vector: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        """From a step ``(b, 1, d)`` and what it remembers to its output ``(b, 1, f)`` and next state."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Stepper:
    """A network that steps.

    Attributes:
        model: from ``token (b, 1, 1)`` and states by name to ``scores (b, V)`` and states by name.
        first: the states before the first token, for a batch of one.
    """

    model: keras.Model
    first: dict[str, np.ndarray]

    def step(self, token: int, states: dict[str, Any]) -> tuple[np.ndarray, dict[str, Any]]:
        """Read a token; returns scores of the next one ``(V,)`` and the states."""
        found = self.model.predict_on_batch({"token": np.full((1, 1, 1), token, np.int32), **states})
        return np.asarray(found.pop("scores"))[0], found


def stepper_of(network: keras.Model) -> Stepper:
    """Return the network that steps of one that reads whole windows.

    Args:
        network: from tokens ``(b, t, 1)`` to scores ``(b, t, V)``; of its layers only those that
            ``Remembers`` describes, and Keras' recurrent ones, look at more than one step.
    """
    walk = _Walk()
    token = keras.Input((1, 1), dtype="int32", name="token")
    (name,) = network.input
    scores = run_through_graph(network, {name: token}, walk.stepping)
    told = {"scores": keras.layers.Flatten(name="scores_of_a_step")(scores), **walk.made}
    model = keras.Model({"token": token, **walk.given}, told, name="stepper")
    return Stepper(model=model, first=walk.first)


def of_any_length(network: keras.Model) -> keras.Model:
    """Return a network of windows as one of texts of any length, from ``stream (b, t, 1)``."""
    stream = keras.Input((None, 1), dtype="int32", name="stream")
    (name,) = network.input
    scores = run_through_graph(network, {name: stream}, lambda item: item)
    return keras.Model({"stream": stream}, scores)


@dataclass
class _Walk:
    """What is found on the way through a network.

    Attributes:
        given: states that come in, by name.
        made: states that go out, by the same names.
        first: their values before the first step.
    """

    given: dict[str, KerasTensor] = field(default_factory=dict)
    made: dict[str, KerasTensor] = field(default_factory=dict)
    first: dict[str, np.ndarray] = field(default_factory=dict)

    def stepping(self, operation: Any) -> Callable[..., Any]:
        """What is called in the place of an operation of the network."""
        remembering = operation if isinstance(operation, Remembers) else None
        if isinstance(operation, keras.layers.RNN):
            remembering = _Recurrent(operation)
        if remembering is None:
            unchanged: Callable[..., Any] = operation
            return unchanged

        def call(vector: KerasTensor, **options: Any) -> KerasTensor:
            number = len(self.given)
            names: list[str] = []
            for value in remembering.first_state(1):
                name = f"state_{number + len(names)}"
                self.first[name] = value
                self.given[name] = keras.Input(value.shape[1:], dtype=str(value.dtype), name=name)
                names.append(name)
            output, *states = _Step(remembering)([vector, *(self.given[name] for name in names)])
            self.made |= dict(zip(names, states, strict=True))
            return output

        return call


class _Recurrent:
    """A recurrent layer of Keras, whose cell takes a step."""

    def __init__(self, layer: keras.layers.RNN) -> None:
        self.layer = layer

    def first_state(self, batch: int) -> list[np.ndarray]:
        sizes = self.layer.cell.state_size
        every = sizes if isinstance(sizes, list | tuple) else [sizes]
        return [np.zeros((batch, size), np.float32) for size in every]

    def step(self, vector: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        output, states = self.layer.cell(vector[:, 0], list(state), training=False)
        return output[:, None], list(states) if isinstance(states, list | tuple) else [states]


class _Step(keras.layers.Layer):  # type: ignore[misc]
    """A step of a layer that remembers, as a layer of a functional model."""

    def __init__(self, remembering: Any) -> None:
        super().__init__(dtype="float32")
        self._remembering = remembering
        self._owner = getattr(remembering, "layer", remembering)  # Keras tracks its weights
        self.built = True

    def call(self, inputs: Sequence[Any]) -> list[Any]:
        vector, *state = inputs
        output, states = self._remembering.step(vector, state)
        return [output, *states]
