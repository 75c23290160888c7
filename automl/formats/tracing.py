"""Graphs of a core, as TensorFlow traces it: what the writers of other formats read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from automl.core.errors import ExportError
from automl.formats.format import Form

if TYPE_CHECKING:
    import numpy as np


def specs_of(form: Form, *, rows: int | None) -> list[Any]:
    """Return what a graph takes.

    Args:
        form: with a call.
        rows: number of examples at once, None for any.
    """
    import tensorflow as tf

    return [tf.TensorSpec((rows, *item.shape), item.dtype, name=item.name) for item in form.inputs]


def traced_by_place(form: Form, *, rows: int | None) -> Any:
    """Return a function of TensorFlow from the inputs of a form, in order, to a list of its outputs."""
    import tensorflow as tf

    call = _call(form)
    function = tf.function(
        lambda *values: call(list(values)), input_signature=specs_of(form, rows=rows), autograph=False
    )
    refuse_chance(function.get_concrete_function())
    return function


def traced_by_name(form: Form, *, rows: int | None) -> Any:
    """Return a concrete function of TensorFlow from the inputs of a form by name to its outputs by name."""
    import tensorflow as tf

    call, names = _call(form), [item.name for item in form.inputs]

    def serve(**named: Any) -> dict[str, Any]:
        return dict(zip(form.outputs, call([named[name] for name in names]), strict=True))

    specs = dict(zip(names, specs_of(form, rows=rows), strict=True))
    concrete = tf.function(serve, autograph=False).get_concrete_function(**specs)
    refuse_chance(concrete)
    return concrete


def constants_of(function: Any) -> dict[str, np.ndarray]:
    """Return the arrays that the graph of a function refers to, by the names of their places in it."""
    import numpy as np
    import tensorflow as tf

    captures = function.get_concrete_function().graph.captures
    return {inner.name: np.asarray(outer) for outer, inner in captures if inner.dtype != tf.resource}


def refuse_chance(concrete: Any) -> None:
    """Refuse a graph that draws at random, as dropout and augmentation do.

    Raises:
        ExportError: it does.
    """
    graph = concrete.graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    drawing = sorted(_drawing(node.op for node in nodes))
    if drawing:
        raise ExportError(
            f"The graph draws at random ({', '.join(drawing)}): a layer trains while it predicts. Nothing "
            "was written."
        )


def _drawing(operations: Iterable[str]) -> set[str]:
    return {name for name in operations if "Random" in name or "Multinomial" in name}


def _call(form: Form) -> Any:
    if form.call is None:
        raise TypeError("The form of a whole model has no graph of its own.")
    return form.call
