"""Layers with loops as writers of formats can read them: without masks ahead of these, or without scans.

LiteRT cannot transpose the yes and no of a mask, which Keras does ahead of a loop. Here the mask is one
more feature of each step instead. The writer of ONNX cannot read a scan of Keras; layers of ours that have
one say how a loop does.

Symbols: n rows, t steps, f features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import keras
from keras import KerasTensor, ops

from automl.data.raw_model import layers_within
from automl.models.layers.stacked import StackedModel
from automl.private_keras import run_through_graph

_RECURRENT = (keras.layers.RNN, keras.layers.Bidirectional)

_CONVOLUTIONS = (
    *(keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D),
    *(keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose),
    *(keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D),
    *(keras.layers.SeparableConv1D, keras.layers.SeparableConv2D),
)


@runtime_checkable
class LoopsPlainly(Protocol):
    """A layer with a scan of its own that can do with a loop over tensors."""

    def in_plain_loop(self, inputs: Any) -> Any:
        """Give what a call gives."""
        ...


def in_plain_steps(model: keras.Model, *, scans: bool) -> Callable[[Any], Callable[..., Any]]:
    """Return what is called in the place of each layer of a model, see ``formats.cut.core_form``.

    Args:
        model: what is written.
        scans: whether those of our layers stay.
    """
    # made here, as nothing that has weights can be made while a graph is traced
    parted = {id(layer): layer.parted() for layer in layers_within(model) if _shares_unread(layer)}

    def instead(operation: Any) -> Callable[..., Any]:
        if id(operation) in parted:
            return lambda given, **options: _one_by_one(parted[id(operation)], given, instead)
        if isinstance(operation, keras.Function) and _has_steps(operation):
            return lambda given, **options: run_through_graph(operation, given, instead)
        if isinstance(operation, keras.layers.Bidirectional):
            return lambda given, mask=None, **options: _both_ways(operation, given, mask)
        if isinstance(operation, keras.layers.RNN):
            return lambda given, mask=None, **options: _one_way(operation, given, mask)
        unchanged: Callable[..., Any] = operation
        return unchanged if scans else in_plain_loops(operation)

    return instead


def for_onnx(model: keras.Model) -> Callable[[Any], Callable[..., Any]]:
    """Return what is called in the place of each layer of a model that ONNX is written of.

    Its writer reads loops as they are, but not those that networks of one structure share.
    """
    shared = any(_shares_unread(layer) for layer in layers_within(model))
    return in_plain_steps(model, scans=False) if shared else in_plain_loops


def in_plain_loops(operation: Any) -> Callable[..., Any]:
    """Return what is called in the place of a layer: in a plain loop where it has a scan, else itself."""
    if isinstance(operation, keras.Function) and _has(operation, LoopsPlainly):
        return lambda given, **options: run_through_graph(operation, given, in_plain_loops)
    if isinstance(operation, LoopsPlainly):
        return lambda given, **options: operation.in_plain_loop(given)
    unchanged: Callable[..., Any] = operation
    return unchanged


def _shares_unread(layer: Any) -> bool:
    """Whether networks share a structure that becomes loops which no format reads.

    So do recurrent layers, and convolutions, whose kernels differ from network to network.
    """
    return isinstance(layer, StackedModel) and _has(layer.structure(), *_RECURRENT, *_CONVOLUTIONS)


def _has_steps(model: Any) -> bool:
    return _has(model, *_RECURRENT)


def _has(model: Any, *kinds: type) -> bool:
    return isinstance(model, keras.Model) and any(
        isinstance(layer, kinds) for layer in layers_within(model)
    )


def _one_by_one(
    networks: Sequence[keras.Model], given: Mapping[str, Any], instead: Callable[[Any], Callable[..., Any]]
) -> dict[str, Any]:
    """The outputs of networks one after another along the first axis, as ``StackedModel`` gives them."""
    each = [run_through_graph(network, dict(given), instead) for network in networks]
    return {name: ops.concatenate([item[name] for item in each], axis=0) for name in each[0]}


def _both_ways(layer: keras.layers.Bidirectional, given: Any, mask: Any) -> Any:
    there = _one_way(layer.forward_layer, given, mask)
    back = _one_way(layer.backward_layer, given, mask)
    return ops.concatenate([there, ops.flip(back, axis=1) if layer.return_sequences else back], axis=-1)


def _one_way(layer: keras.layers.RNN, given: KerasTensor, mask: Any) -> Any:
    """Outputs of a layer: of each step ``(n, t, u)``, or of the last one ``(n, u)``."""
    if mask is None:
        return layer(given)
    loop = keras.layers.RNN(
        _Kept(layer.cell, zeros=layer.zero_output_for_mask),
        return_sequences=layer.return_sequences,
        go_backwards=layer.go_backwards,
        dtype=layer.dtype_policy,
    )
    return loop(ops.concatenate([given, ops.cast(ops.expand_dims(mask, -1), given.dtype)], axis=-1))


class _Kept(keras.layers.Layer):  # type: ignore[misc]
    """A cell whose states stay as they are at steps that a mask leaves out.

    The mask is the last feature of a step, 1 or 0. What the cell gave last is one more state: it is given
    again at such steps, or zeros are.
    """

    def __init__(self, cell: keras.layers.Layer, *, zeros: bool) -> None:
        super().__init__(dtype=cell.dtype_policy)
        self.cell, self.zeros = cell, zeros
        sizes = cell.state_size
        self.output_size = cell.output_size
        self.state_size = [*(sizes if isinstance(sizes, list | tuple) else [sizes]), cell.output_size]
        self.built = True

    def call(self, given: KerasTensor, states: Sequence[KerasTensor]) -> tuple[KerasTensor, list[Any]]:
        """From ``(n, f + 1)`` to the output ``(n, u)`` and the states."""
        *before, shown = states
        counts = given[:, -1:] > 0.5
        output, after = self.cell(given[:, :-1], list(before), training=False)
        after = list(after) if isinstance(after, list | tuple) else [after]
        kept = [ops.where(counts, new, old) for new, old in zip(after, before, strict=True)]
        shown = ops.where(counts, output, ops.zeros_like(shown) if self.zeros else shown)
        return shown, [*kept, shown]
