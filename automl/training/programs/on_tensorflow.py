"""Compiled programs of TensorFlow: an epoch is one ``tf.while_loop`` over tensors that lie on the device.

Legend: n rows, b examples per step, p parts of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from automl.core.windows import Windows
from automl.private_keras import (
    all_layers,
    forget_on_tensorflow,
    read_on_tensorflow,
    write_on_tensorflow,
)
from automl.training.batches.deal import Batches
from automl.training.batches.transforms.transform import Batch, transformed
from automl.training.dials import turned
from automl.training.program import Blueprint, GroupProgram, Placed, Sizes
from automl.training.programs.in_turn import InTurn
from automl.training.scoring import Portions
from automl.training.state import check_fit

_DENSE = (
    keras.layers.InputLayer,
    keras.layers.Dense,
    keras.layers.Activation,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Add,
    keras.layers.Concatenate,
    keras.layers.Flatten,
    keras.layers.Rescaling,
)
"""Layers that XLA may fuse. Of the others convolutions lose oneDNN and threads in an XLA loop on the CPU,
and random numbers are drawn again in every fused use, which made small nets with dropout four times
slower."""

_FEW = 100_000
"""Weights up to which a dense model is small; with more, XLA's step was no faster."""

_RANDOM = (keras.layers.Dropout, keras.layers.GaussianNoise)

_LIGHT = 2_000_000
"""Multiplications of one step, forward, up to which threads cost a dense model more than they give."""

_Batch: TypeAlias = "tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]"
"""Inputs and targets by name."""


class TensorFlowCompiler:
    """Implements ``Compiler`` on TensorFlow."""

    minds_length = True

    def place(self, array: Any) -> Any:
        """Copy an array to the device; of ``Windows`` the series and the starts only."""
        if isinstance(array, Windows):
            return tf.constant(array.base), tf.constant(array.starts, tf.int32)
        return tf.constant(array)

    def read(self, variables: Sequence[Any]) -> tuple[np.ndarray, ...]:
        """Copy the values of Keras variables."""
        return read_on_tensorflow(variables)

    def write(self, variables: Sequence[Any], values: Sequence[np.ndarray], what: str) -> None:
        """Give Keras variables the values of a state."""
        check_fit(variables, values, what)
        write_on_tensorflow(variables, values)

    def compile_group(self, blueprint: Blueprint, members: int) -> GroupProgram:
        """Make a program whose members take turns.

        With XLA where ``pays_off`` says so, in one thread where ``is_light`` does.
        """
        xla = pays_off(blueprint)
        program = TensorFlowProgram(blueprint, xla=xla, threads=xla or not is_light(blueprint))
        return InTurn(program, members, self.place)

    def gains_together(self, model: keras.Model, sizes: Sizes) -> bool:
        """Members take turns, so they gain nothing."""
        return False

    def forget(self, *, kernels: bool = False) -> None:
        """Drop what TensorFlow keeps of every trace, and of programs; see ``forget_on_tensorflow``."""
        forget_on_tensorflow(kernels=kernels)


COMPILER = TensorFlowCompiler()


def pays_off(blueprint: Blueprint) -> bool:
    """Whether XLA is worth its compile time: a small dense model without random layers, trained long.

    XLA takes a second and a half longer to compile and saves about 0.2 ms of a small dense step. Its
    programs also stay in memory for good, 10 MB each.
    """
    layers = blueprint.model.layers
    return (
        blueprint.sizes.long
        and blueprint.model.count_params() <= _FEW
        and not blueprint.random
        and all(type(layer) in _DENSE for layer in layers)
    )


def is_light(blueprint: Blueprint) -> bool:
    """Whether the operations of a step are so small that handing them to threads takes longer than they do.

    On the processor only. One after another in the calling thread they are the same operations with the
    same results: two layers of 64 units in batches of 32 took 0.17 ms a step instead of 0.23. Of larger
    ones several at a time win: two layers of 128 units in batches of 256 took 1.7 ms instead of 1.5,
    convolutions twice as long. Loss scaling has a branch within a branch, for which TensorFlow's executor
    of one thread waits for ever.
    """
    scaled = isinstance(blueprint.optimizer, keras.optimizers.LossScaleOptimizer)
    sizes = blueprint.sizes
    return not scaled and is_light_model(blueprint.model, sizes.batch // sizes.parts)


def is_light_model(model: keras.Model, examples: int) -> bool:
    """The same of a built model and so many examples at a time."""
    return is_dense_model(model) and examples * model.count_params() <= _LIGHT


def is_dense_model(model: keras.Model) -> bool:
    """Whether a model has dense and random layers alone, and is on the processor."""
    dense = all(type(layer) in _DENSE + _RANDOM for layer in model.layers)
    return dense and not tf.config.list_logical_devices("GPU")


def fuse_normalisations(model: keras.Model) -> None:
    """Let batch normalisations of maps compute in one operation each way.

    Keras makes some twenty of them, each of which reads and writes a whole map: of a small convolutional
    network they took longer than the convolutions.

    Args:
        model: of a program.
    """
    for layer in all_layers(model):
        plain = type(layer) is keras.layers.BatchNormalization and not (layer.renorm or layer.synchronized)
        if plain and layer.scale and layer.center and layer.compute_dtype == "float32":
            layer.call = _FusedNormalisation(layer)


class _FusedNormalisation:
    """What Keras' batch normalisation computes, where the features stand last in maps."""

    def __init__(self, layer: keras.layers.BatchNormalization) -> None:
        self._layer, self._usual = layer, layer.call

    def __call__(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        layer = self._layer
        if mask is not None or len(inputs.shape) != 4 or layer.axis not in (-1, 3):
            return self._usual(inputs, training=training, mask=mask)
        learns = bool(training) and layer.trainable
        given = {} if learns else {"mean": layer.moving_mean.value, "variance": layer.moving_variance.value}
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            *(inputs, layer.gamma.value, layer.beta.value),
            epsilon=layer.epsilon,
            is_training=learns,
            **given,
        )
        if learns:
            count = tf.cast(tf.size(inputs) // tf.shape(inputs)[-1], tf.float32)
            # TensorFlow estimates the variance of all examples, Keras takes that of the batch
            self._follow(mean, variance * (count - 1) / count)
        return outputs

    def _follow(self, mean: Any, variance: Any) -> None:
        """Let the statistics for predictions follow those of a batch."""
        layer = self._layer
        for known, value in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
            known.assign(known * layer.momentum + value * (1.0 - layer.momentum))


class TensorFlowProgram:
    """Implements ``Program`` with one traced function for training and one for validation.

    Args:
        blueprint: what is compiled.
        xla: whether XLA compiles it.
        threads: whether operations of a training step may run beside each other.
    """

    def __init__(self, blueprint: Blueprint, *, xla: bool, threads: bool = True) -> None:
        self._blueprint = blueprint
        fuse_normalisations(blueprint.model)
        self._executor = "" if threads else "SINGLE_THREADED_EXECUTOR"
        self._start = COMPILER.read(blueprint.optimizer.variables)
        self._dials: Any = None
        self._train = tf.function(
            self._epoch, autograph=False, jit_compile=xla or None, reduce_retracing=True
        )
        self._predict = tf.function(
            self._validate, autograph=False, jit_compile=xla or None, reduce_retracing=True
        )

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: Sequence[float],
    ) -> None:
        """Begin or go on with a training; see ``Program.load``."""
        COMPILER.write(self._blueprint.model.variables, variables, "model")
        slots = self._start if optimizer is None else optimizer
        COMPILER.write(self._blueprint.optimizer.variables, slots, "optimizer")
        self._dials = tf.constant(dials, tf.float32, shape=(len(dials),))

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, total: float
    ) -> float:
        """Do some steps of an epoch; see ``Program.train``."""
        whole = tf.nest.map_structure(tf.constant, [batches.rows, batches.draws, rates])
        lengths = tuple(data.lengths.items())
        span = (tf.constant(first), tf.constant(last), tf.constant(total, tf.float32))
        # while it is traced, too: loops are laid out for the executor they meet
        with tf.experimental.function_executor_type(self._executor):
            return float(self._train(data.inputs, lengths, data.targets, *whole, self._dials, *span))

    def outputs(self, data: Placed) -> Portions:
        """Give raw outputs of a validation part; see ``Program.outputs``."""
        size, most = self._blueprint.sizes.validation_batch, self._blueprint.portion
        batches, lengths = -(-data.rows // size), tuple(data.lengths.items())
        for first in range(0, batches, most):
            last = min(first + most, batches)
            span = tf.constant(first), tf.constant(last), tf.constant(data.rows)
            values = self._predict(data.inputs, lengths, *span, data.chosen)
            positions = np.arange(first * size, min(last * size, data.rows))
            yield positions, {name: value.numpy()[: len(positions)] for name, value in values.items()}

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables``."""
        return COMPILER.read(self._blueprint.model.variables)

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables``."""
        return COMPILER.read(self._blueprint.optimizer.variables)

    def take_out(self) -> Any:
        """Give the training as it stands; see ``Program.take_out``."""
        return self.variables(), self.optimizer(), self._dials

    def put_in(self, training: Any) -> None:
        """Go on with a training that was taken out."""
        variables, slots, self._dials = training
        write_on_tensorflow(self._blueprint.model.variables, variables)
        write_on_tensorflow(self._blueprint.optimizer.variables, slots)

    def _epoch(
        self,
        inputs: Mapping[str, Any],
        lengths: tuple[tuple[str, int], ...],
        targets: Mapping[str, tf.Tensor],
        rows: tf.Tensor,
        draws: tuple[Mapping[str, tf.Tensor], ...],
        rates: tf.Tensor,
        dials: tf.Tensor,
        first: tf.Tensor,
        last: tf.Tensor,
        total: tf.Tensor,
    ) -> tf.Tensor:
        blueprint = self._blueprint

        def fetch(rows: tf.Tensor) -> Batch:
            chosen, wanted = _gather(inputs, lengths, rows), _gather(targets, (), rows)
            return Batch(inputs=chosen, targets=wanted, kinds=blueprint.kinds)

        def batch(step: tf.Tensor, part: tf.Tensor) -> Batch:
            taken, drawn = tf.nest.map_structure(
                lambda values: self._slice(values, step, part), (rows, draws)
            )
            return transformed(taken, blueprint.transforms, drawn, fetch)

        def body(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            self._set_rate(rates[step])
            loss, gradients = self._gradients(lambda part: batch(step, part))
            self._blueprint.optimizer.apply(gradients, self._blueprint.model.trainable_variables)
            return step + 1, total + tf.cast(loss, tf.float32)

        with turned(self._blueprint.dials, dials):
            done = tf.while_loop(lambda step, _: step < last, body, (first, total), parallel_iterations=1)
        return done[1]

    def _slice(self, values: tf.Tensor, step: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
        size = self._blueprint.sizes.batch // self._blueprint.sizes.parts
        whole = tf.ensure_shape(values[step], (self._blueprint.sizes.batch, *values.shape[2:]))
        if self._blueprint.sizes.parts == 1:
            return whole
        return tf.reshape(whole, (-1, size, *values.shape[2:]))[part]

    def _set_rate(self, rate: tf.Tensor) -> None:
        optimizer = self._blueprint.optimizer
        getattr(optimizer, "inner_optimizer", optimizer).learning_rate.assign(rate)

    def _gradients(self, batch: Any) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Mean loss and mean gradients over the parts of a batch."""
        parts = self._blueprint.sizes.parts
        if parts == 1:
            return self._part_gradients(batch(tf.constant(0)))
        variables = self._blueprint.model.trainable_variables

        def body(part: tf.Tensor, loss: tf.Tensor, sums: list[tf.Tensor]) -> Any:
            more, gradients = self._part_gradients(batch(part))
            dense = [
                tf.zeros_like(sum_) if gradient is None else tf.convert_to_tensor(gradient)
                for gradient, sum_ in zip(gradients, sums, strict=True)
            ]
            added = [sum_ + gradient / parts for sum_, gradient in zip(sums, dense, strict=True)]
            return part + 1, loss + tf.cast(more, tf.float32) / parts, added

        zeros = [tf.zeros(variable.shape, variable.dtype) for variable in variables]
        start = (tf.constant(0), tf.constant(0.0), zeros)
        _, loss, sums = tf.while_loop(lambda part, *_: part < parts, body, start, parallel_iterations=1)
        return loss, sums

    def _part_gradients(self, batch: Batch) -> tuple[tf.Tensor, list[tf.Tensor]]:
        model, optimizer = self._blueprint.model, self._blueprint.optimizer
        with tf.GradientTape() as tape:
            loss = self._blueprint.loss(batch.targets, model(batch.inputs, training=True))
            loss = tf.add_n([loss, *(tf.cast(item, loss.dtype) for item in model.losses)])
            scaled = optimizer.scale_loss(loss)
        return loss, tape.gradient(scaled, [item.value for item in model.trainable_variables])

    def _validate(
        self,
        inputs: Mapping[str, Any],
        lengths: tuple[tuple[str, int], ...],
        first: tf.Tensor,
        last: tf.Tensor,
        rows: tf.Tensor,
        chosen: tf.Tensor | None,
    ) -> dict[str, tf.Tensor]:
        size = self._blueprint.sizes.validation_batch

        def body(position: tf.Tensor, parts: dict[str, tf.TensorArray]) -> tuple[tf.Tensor, Any]:
            # the last batch repeats the last row
            taken = tf.minimum(position * size + tf.range(size), rows - 1)
            if chosen is not None:
                taken = tf.gather(chosen, taken)
            outputs = self._blueprint.model(_gather(inputs, lengths, taken), training=False)
            return position + 1, {
                name: part.write(position - first, outputs[name]) for name, part in parts.items()
            }

        parts = {
            name: tf.TensorArray(tensor.dtype, size=last - first, element_shape=(size, *tensor.shape[1:]))
            for name, tensor in self._blueprint.model.output.items()
        }
        _, parts = tf.while_loop(
            lambda position, _: position < last, body, (first, parts), parallel_iterations=1
        )
        whole = {name: part.concat() for name, part in parts.items()}
        return {
            name: tf.cast(value, tf.float32) if value.dtype.is_floating else value
            for name, value in whole.items()
        }


def _gather(
    inputs: Mapping[str, Any], lengths: tuple[tuple[str, int], ...], rows: tf.Tensor
) -> dict[str, tf.Tensor]:
    """The examples at ``rows``; a window is gathered from its series."""
    steps = dict(lengths)

    def one(name: str, value: Any) -> tf.Tensor:
        if name not in steps:
            return tf.gather(value, rows)
        base, starts = value
        return tf.gather(base, tf.gather(starts, rows)[:, None] + tf.range(steps[name]))

    return {name: one(name, value) for name, value in inputs.items()}
