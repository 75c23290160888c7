"""How an exported model is composed: preprocessing, networks, and what makes predictions of their outputs.

    raw inputs --preprocessing--> encoded tensors --networks--> raw outputs --decoding, mean--> predictions

Preprocessing looks words up and bends numbers, so gradients go no further back than the encoded tensors.
Networks of folds are one layer, ``StackedModel``; here each of them is a model of its own again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.data.raw_model import RawModel, batch_size, predict
from automl.explanations.method import NotExplainedError
from automl.models.layers.stacked import StackedModel
from automl.private_keras import frontier, made_from, place_of


@dataclass(frozen=True, kw_only=True)
class Call:
    """One network of the model, or several of one structure, with what they are given.

    Attributes:
        networks: one for each fold; their outputs follow each other along the first axis.
        inputs: positions among the encoded tensors.
        outputs: positions of the outputs that predictions are made of, among the network's own.
    """

    networks: tuple[keras.Model, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """A model taken apart.

    Attributes:
        encoder: from raw inputs to the encoded tensors by number, as texts.
        calls: of networks.
        decode: from the raw outputs of all calls, one after another, to the model's outputs.
    """

    encoder: keras.Model
    calls: tuple[Call, ...]
    decode: keras.Function

    def encode(self, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return the encoded tensors of raw examples, first axis examples."""
        found = predict(self.encoder, inputs, batch_size=batch_size(self.encoder))
        return [np.asarray(found[str(place)]) for place in range(len(found))]

    def outputs(self, each: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the raw outputs of all calls from those of each network, in the order of the networks."""
        joined, rest = [], list(each)
        for call in self.calls:
            own, rest = rest[: len(call.networks)], rest[len(call.networks) :]
            for place in range(len(call.outputs)):
                parts = [outputs[place] for outputs in own]
                joined.append(ops.concatenate(parts, axis=0) if len(parts) > 1 else parts[0])
        return joined


def anatomy_of(model: keras.Model) -> Anatomy:
    """Take an exported model apart.

    Raises:
        NotExplainedError: it is not composed so.
    """
    ends = frontier(list(model.outputs), _is_first)
    if not ends or not all(_is_network(tensor) for tensor in ends):
        raise NotExplainedError(
            "No gradients can be taken of this model: what it answers is also made of raw inputs, beside "
            "its networks. Choose another method."
        )
    calls: dict[tuple[int, int], list[KerasTensor]] = {}
    for tensor in ends:
        operation, node, _ = place_of(tensor)
        calls.setdefault((id(operation), node), []).append(tensor)
    encoded: dict[int, KerasTensor] = {}
    for outputs in calls.values():
        encoded |= {id(item): item for item in made_from(outputs[0])}
    numbers = {key: place for place, key in enumerate(encoded)}
    made = tuple(_call(outputs, numbers) for outputs in calls.values())
    ordered = [tensor for outputs in calls.values() for tensor in outputs]
    return Anatomy(
        encoder=RawModel(model.input, {str(at): item for at, item in enumerate(encoded.values())}),
        calls=made,
        decode=keras.Function(ordered, model.output),
    )


def _call(outputs: Sequence[KerasTensor], numbers: Mapping[int, int]) -> Call:
    operation, _, _ = place_of(outputs[0])
    networks = operation.parted() if isinstance(operation, StackedModel) else [operation]
    return Call(
        networks=tuple(networks),
        inputs=tuple(numbers[id(item)] for item in made_from(outputs[0])),
        outputs=tuple(place_of(tensor)[2] for tensor in outputs),
    )


def _is_first(tensor: KerasTensor) -> bool:
    """Whether a network gives it that reads what no other network gives."""
    before = frontier(made_from(tensor), _is_network) if _is_network(tensor) else []
    return bool(before) and not any(map(_is_network, before))


def _is_network(tensor: KerasTensor) -> bool:
    return isinstance(place_of(tensor)[0], keras.Model | StackedModel)
