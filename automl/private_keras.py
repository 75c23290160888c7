"""Every touch of what Keras and TensorFlow keep to themselves, so that a new version breaks one file.

Each function says why the public way will not do, and has a test in ``tests/test_private_keras.py`` that
fails when a new version of Keras or TensorFlow changes what it relies on; ``CHECKED_ON`` names the versions
for which all of them are right. Elsewhere private attributes are refused (``tests/test_architecture.py``).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import keras
from keras.src.backend.common import global_state
from keras.src.random import seed_generator
from keras.src.saving import serialization_lib

CHECKED_ON = {"keras": "3.15", "tensorflow": "2.21"}

_COUNTS = "object_name_uids"

Result = TypeVar("Result")


def all_layers(model: keras.Model) -> list[keras.Layer]:
    """Return every layer of a model, those inside other layers included, in a fixed order.

    ``Model.layers`` stops at the first level.
    """
    layers: list[keras.Layer] = model._flatten_layers(include_self=False)
    return layers


class _OnlyIfLoaded:
    """Stands for TensorFlow where Keras only asks whether an object is one of its classes."""

    @property
    def available(self) -> bool:
        """Whether there can be such an object: only where TensorFlow has been loaded."""
        return "tensorflow" in sys.modules

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.modules["tensorflow"], name)


def spare_tensorflow() -> None:
    """Keep Keras from importing TensorFlow to write down a model on another backend.

    It does so, for 4 s and 300 MB, to see whether each object is one of TensorFlow's.
    """
    serialization_lib.tf = _OnlyIfLoaded()


@contextmanager
def names_from_the_start() -> Iterator[None]:
    """Count layers from the start within the context, and go on outside as if nothing had been named there.

    So equal models have equal names. TensorFlow keeps a kernel for each name that a variable ever had: to
    make one took a third of the time in which a small model was built, and 20 kB. What is built within may
    be put into other models as a whole only, as its layers may be called as theirs.

    ``keras.utils.clear_session`` would start the count anew, too, and throw compiled kernels away.
    """
    before = global_state.get_global_attribute(_COUNTS)
    global_state.set_global_attribute(_COUNTS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTS, before)


def in_abstract(work: Callable[[], Result]) -> Result:
    """Do work that builds models, none of whose variables are given values, and return what it gives.

    Keras keeps in mind such variables, names and random seeds per thread and would give the variables
    values at its next opportunity; so this has a thread of its own, which takes all that with it.

    Args:
        work: what it returns may tell shapes and types of variables, or hold a model that is only called
            with values for all of them (``Model.stateless_call``).
    """
    policy = keras.config.dtype_policy()

    def alone() -> Result:
        keras.config.set_dtype_policy(policy)
        with keras.StatelessScope(initialize_variables=False):
            return work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(alone).result()


def initializer_of(variable: Any) -> Any:
    """Return what will make the first value of a variable that has none; there is no public way to ask."""
    return variable._initializer


def default_seed() -> int:
    """Draw the seed of an initialiser or a random layer that is given none, as Keras does."""
    return int(seed_generator.make_default_seed())


def take_arrays(layer: keras.Layer) -> None:
    """Let a layer have NumPy arrays as they are, as Keras' own layers that read texts do.

    Keras would make them tensors first, which cuts what the backend cannot hold.
    """
    layer._convert_input_args = False
    layer._allow_non_tensor_positional_args = True


def run_through_graph(
    model: keras.Model, values: Any, operation: Callable[[Any], Callable[..., Any]]
) -> Any:
    """Call a functional model layer by layer.

    ``Model.__call__`` would make tensors of all inputs, and offers no say in how a layer is called.

    Args:
        model: functional.
        values: inputs as the model takes them, of any type that its first layers take.
        operation: from a layer to what is called in its place.
    """
    return model._run_through_graph(values, operation_fn=operation)


def made_from(tensor: keras.KerasTensor) -> list[keras.KerasTensor]:
    """Return the tensors of a functional model that the layer or operation which gives this one takes."""
    history = tensor._keras_history
    tensors = history.operation._inbound_nodes[history.node_index].input_tensors
    return list(tensors)


def frontier(
    outputs: Sequence[keras.KerasTensor], stop: Callable[[keras.KerasTensor], bool]
) -> list[keras.KerasTensor]:
    """Return the tensors of a functional model that are first met from its outputs back.

    Args:
        outputs: where one begins.
        stop: whether one goes no further back than a tensor; inputs are met in any case.
    """
    found, seen, waiting = [], set(), list(reversed(outputs))
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        sources = made_from(tensor)
        if not sources or stop(tensor):
            found.append(tensor)
        else:
            waiting += reversed(sources)
    return found


def place_of(tensor: keras.KerasTensor) -> tuple[Any, int, int]:
    """Return the operation that gives a tensor of a functional model, which of its calls, and which output.

    A tensor does not tell publicly what it is made by.
    """
    history = tensor._keras_history
    return history.operation, int(history.node_index), int(history.tensor_index)


def loss_arguments(loss: keras.losses.Loss) -> dict[str, Any] | None:
    """Return the dictionary in which Keras' plain losses keep their arguments, None of other losses.

    Their public attributes are not what the loss computes with.
    """
    arguments = vars(loss).get("_fn_kwargs")
    return arguments if isinstance(arguments, dict) else None


def noise_shape(layer: keras.layers.Dropout, inputs: Any) -> tuple[int | None, ...] | None:
    """Return the shape in which a dropout layer draws, None for that of its inputs.

    Spatial dropout lays it out by a method of its own and leaves the attribute empty.
    """
    own = layer._get_noise_shape(inputs) if hasattr(layer, "_get_noise_shape") else layer.noise_shape
    return None if own is None else tuple(own)


def last_bytes(texts: Any, most: int) -> tuple[Any, Any]:
    """Return the last bytes of texts ``(n, most) int32``, 0 behind them, and their number ``(n,)``.

    Keras has no operation on texts. TensorFlow's work on every backend.

    Args:
        texts: ``(n,)``, an array or a tensor of TensorFlow.
        most: bytes of each text at most.
    """
    import tensorflow as tf

    texts = tf.convert_to_tensor(texts, tf.string)
    count = tf.minimum(tf.strings.length(texts), most)
    kept = tf.strings.substr(texts, -count, count)
    return tf.cast(tf.io.decode_raw(kept, tf.uint8, fixed_length=most), tf.int32), count


def scale_steps(optimizer: keras.optimizers.Optimizer, factors: Sequence[float]) -> None:
    """Multiply the learning rate by a factor of each variable's own.

    Keras has one rate for all, and no public way to tell which variable a step is for: on TensorFlow it is
    the backend's own. Weight decay goes by the whole rate all the same.

    Args:
        optimizer: any of Keras' own.
        factors: in the order of the variables that it is built for.
    """
    step = optimizer.update_step

    def scaled(gradient: Any, variable: Any, learning_rate: Any) -> None:
        step(gradient, variable, learning_rate * factors[optimizer._get_variable_index(variable)])

    optimizer.update_step = scaled


def read_on_tensorflow(variables: Sequence[Any]) -> tuple[Any, ...]:
    """Copy the values of Keras variables to NumPy, by the bare operation: a third of the time."""
    from tensorflow.python.ops import gen_resource_variable_ops as operations

    return tuple(
        operations.read_variable_op(value.handle, value.dtype).numpy()
        for value in (item.value for item in variables)
    )


def write_on_tensorflow(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Give Keras variables values of their shapes, by the bare operation: a third of the time."""
    import tensorflow as tf
    from tensorflow.python.ops import gen_resource_variable_ops as operations

    for item, value in zip(variables, values, strict=True):
        held = item.value
        operations.assign_variable_op(held.handle, tf.constant(value, held.dtype))


def forget_on_tensorflow(*, kernels: bool) -> None:
    """Drop gradient functions that TensorFlow registers with every trace of a custom gradient.

    Each holds the graph it was traced in, which is how memory would grow with every new program; traced
    programs no longer need them. TensorFlow itself never drops any.

    Args:
        kernels: also drop those of programs, 1 MB each, and those of every name that a variable ever had,
            20 kB each; see ``names_from_the_start``.
    """
    from tensorflow.python.eager import context
    from tensorflow.python.framework import ops

    registry = ops.gradient_registry._registry
    for name in [name for name in registry if name.startswith("CustomGradient-")]:
        del registry[name]
    if kernels:
        context.context().clear_kernel_cache()


def build_scores(model: keras.Model, batch: Any, predicted: Any) -> None:
    """Give variables to the metrics and the loss of a compiled model, as ``Model.fit`` does.

    Publicly they get them in a training. They are worked out, in a fifth of the time of tracing them.

    Args:
        model: built.
        batch: inputs and targets.
        predicted: for the inputs.
    """
    x, y = batch
    with keras.StatelessScope():
        model.compute_metrics(x, y, predicted, sample_weight=None)
        # `compute_loss` asks for penalties of weights, too, which have no values here
        if model._compile_loss is not None and not model._compile_loss.built:
            model._compile_loss(y, predicted)


def add_as_numpy_does() -> None:
    """Let Keras on TensorFlow add columns as columns.

    Where all but one of the known sides of the second array are 1, Keras adds it as a bias, wherever that
    side is: a column goes onto a square matrix as if it were a row, and a level per row onto as many rows
    as there are steps as if it were one per step. A bias is what has its only side at the end.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf
    from keras.src.backend import numpy as operations

    original = operations.add

    def add(x1: Any, x2: Any) -> Any:
        odd = any(isinstance(item, tf.SparseTensor | tf.IndexedSlices | list | tuple) for item in (x1, x2))
        if odd or _ends_alike(getattr(x1, "shape", ()), getattr(x2, "shape", ())):
            return original(x1, x2)
        dtype = keras.backend.result_type(*(getattr(item, "dtype", type(item)) for item in (x1, x2)))
        return tf.add(keras.ops.convert_to_tensor(x1, dtype), keras.ops.convert_to_tensor(x2, dtype))

    operations.add = add


def _ends_alike(first: Sequence[int | None], second: Sequence[int | None]) -> bool:
    """Whether a shape is that of a number, or has its last side in common with another."""
    if len(second) == 0:
        return True
    return len(first) > 0 and second[-1] not in (None, 1) and first[-1] == second[-1]


add_as_numpy_does()
