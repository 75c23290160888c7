"""Where a model is cut in two for runtimes without texts: behind the layers that look up words.

Ahead of the cut lies the front (``formats.front``), behind it the core, which takes numbers only. Layers
that read texts say by ``front`` what they do, as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np

from automl.core.arithmetic import in_32_bits
from automl.core.errors import ConfigError
from automl.formats.format import Form, FormInput, Subject, as_outputs
from automl.formats.front import core_inputs
from automl.private_keras import frontier, made_from, place_of, run_through_graph

TEXT = "string"


@runtime_checkable
class ReadsTexts(Protocol):
    """A layer that reads texts and can say how."""

    def front(self) -> Mapping[str, Any]:
        """What it does, as JSON: ``kind`` is ``columns`` where it puts texts side by side, ``codes`` where
        it looks up each in the vocabulary of its column.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A tensor that the core takes."""

    tensor: keras.KerasTensor
    name: str
    made_of: tuple[str, ...]
    front: Mapping[str, Any] | None = None


def whole_form(subject: Subject, *, plain_names: bool = False) -> Form:
    """Return the form of a model as it is: raw inputs in, predictions out.

    Args:
        subject: what is written.
        plain_names: whether inputs have names of letters, digits and ``_`` alone.
    """
    taken: set[str] = set()
    inputs = tuple(
        FormInput(
            name=_free(name, taken) if plain_names else name,
            made_of=(name,),
            dtype=str(tensor.dtype),
            shape=tuple(tensor.shape[1:]),
        )
        for name, tensor in subject.model.input.items()
    )
    return Form(inputs=inputs, outputs=tuple(as_outputs(subject.model.output)))


def core_form(subject: Subject, *, wide: bool) -> Form:
    """Return the form of the part of a model behind its texts.

    Args:
        subject: what is written.
        wide: whether numbers of 64 bits stay such; else they are cut to 32.

    Raises:
        ConfigError: a layer reads texts in a way that the front cannot.
    """
    kept = _cut(subject.model)
    inputs = _described(kept, subject.sample, wide=wide)
    function = keras.Function([item.tensor for item in kept], subject.model.output)
    outputs = tuple(as_outputs(subject.model.output))

    def call(values: list[Any]) -> list[Any]:
        with nullcontext() if wide else in_32_bits():
            found = as_outputs(run_through_graph(function, values, lambda operation: operation))
        return [found[name] for name in outputs]

    return Form(inputs=inputs, outputs=outputs, call=call)


def _cut(model: keras.Model) -> list[_Kept]:
    """The raw inputs without texts that the model needs, then what is made of texts."""
    names = {id(tensor): name for name, tensor in model.input.items()}
    plain: dict[str, _Kept] = {}
    made: list[_Kept] = []
    for tensor in frontier(keras.tree.flatten(model.output), _reads_texts):
        if id(tensor) in names:
            name = names[id(tensor)]
            plain[name] = _Kept(tensor=tensor, name=name, made_of=(name,))
        else:
            made.append(_looked_up(tensor, names))
    return [*(plain[name] for name in names.values() if name in plain), *made]


def _reads_texts(tensor: keras.KerasTensor) -> bool:
    return any(source.dtype == TEXT for source in made_from(tensor))


def _looked_up(tensor: keras.KerasTensor, names: Mapping[int, str]) -> _Kept:
    layer, *_ = place_of(tensor)
    front = _front(layer)
    if front is None or front["kind"] == "columns":
        raise _unknown(layer)
    made_of = tuple(name for source in made_from(tensor) for name in _raw(source, names))
    return _Kept(tensor=tensor, name=str(layer.name), made_of=made_of, front=front)


def _raw(tensor: keras.KerasTensor, names: Mapping[int, str]) -> list[str]:
    """Names of the raw texts that a tensor of texts is, or holds side by side."""
    if id(tensor) in names:
        return [names[id(tensor)]]
    layer, *_ = place_of(tensor)
    front = _front(layer)
    if front is None or front["kind"] != "columns":
        raise _unknown(layer)
    return [name for source in made_from(tensor) for name in _raw(source, names)]


def _front(layer: Any) -> Mapping[str, Any] | None:
    if isinstance(layer, keras.layers.TextVectorization):
        return _terms(layer)
    return layer.front() if isinstance(layer, ReadsTexts) else None


def _terms(layer: keras.layers.TextVectorization) -> Mapping[str, Any] | None:
    config = layer.get_config()
    cleans, splits = config["standardize"], config["split"]
    known = cleans in (None, "lower_and_strip_punctuation") and splits in ("whitespace", "character")
    if not known or config["output_mode"] != "int":
        return None
    ngrams = config["ngrams"]
    return {
        "kind": "words",
        "clean": cleans is not None,
        "split": splits,
        "ngrams": list(range(1, ngrams + 1)) if isinstance(ngrams, int) else list(ngrams or ()),
        "length": config["output_sequence_length"],
        "vocabulary": [str(term) for term in layer.get_vocabulary(include_special_tokens=False)],
    }


def _unknown(layer: Any) -> ConfigError:
    return ConfigError(
        f"The layer {layer.name!r} ({type(layer).__name__}) reads texts in a way that cannot be moved "
        "ahead of the file. Use --to savedmodel or --to keras, which hold texts."
    )


def _described(
    kept: Sequence[_Kept], sample: Mapping[str, np.ndarray], *, wide: bool
) -> tuple[FormInput, ...]:
    """The inputs of the core, in the shapes that the examples have."""
    taken: set[str] = set()
    inputs = []
    for item in kept:
        dtype = str(item.tensor.dtype)
        draft = FormInput(
            name=_free(item.name, taken),
            made_of=item.made_of,
            dtype="float32" if dtype == "float64" and not wide else dtype,
            shape=tuple(item.tensor.shape[1:]),
            front=item.front,
        )
        made = core_inputs({"inputs": [draft.plain()]}, sample)[draft.name]
        free = item.front is not None and item.front.get("length", 0) is None
        inputs.append(draft if free else replace(draft, shape=tuple(made.shape[1:])))
    return tuple(inputs)


def _free(name: str, taken: set[str]) -> str:
    """A name of letters, digits and ``_`` that no other input has: what every runtime takes."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    plain = plain if plain[:1].isalpha() else f"x{plain}"
    candidate, number = plain, 2
    while candidate in taken:
        candidate, number = f"{plain}_{number}", number + 1
    taken.add(candidate)
    return candidate
