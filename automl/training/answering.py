"""What a model answers with weights that are not its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import keras

Answering: TypeAlias = "Callable[[Sequence[Any], Sequence[Any], Mapping[str, Any]], Any]"
"""Called with trainable and other variables' values and inputs by name; gives raw outputs."""


def answering(model: keras.Model) -> Answering:
    """Return what calls a model with given weights, as if it were not training.

    On JAX it is compiled, once per shape of inputs: a call by single operations compiles each of them.
    """

    def answers(trainable: Sequence[Any], other: Sequence[Any], inputs: Mapping[str, Any]) -> Any:
        found, _ = model.stateless_call(trainable, other, dict(inputs), training=False)
        return found

    if keras.backend.backend() != "jax":
        return answers
    from automl.training.programs.on_jax_steps import compiled_briefly

    return compiled_briefly(answers)
