"""Where a model is cut in two for runtimes without texts: behind the layers that look up words.

Ahead of the cut lies the front (``formats.front``), behind it the core, which takes numbers only. Layers
that can be moved ahead say by ``front`` what they do, as JSON. Of runtimes that count in 32 bits those that
read dates are, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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

TEXT, DATE = "string", "int64"

COLUMNS, ENDS = "columns", "ends"
"""What layers do that only prepare or follow another: put columns side by side, keep the last ids."""


@runtime_checkable
class MovesAhead(Protocol):
    """A layer that can be moved ahead of a file, and says what it does."""

    def front(self) -> Mapping[str, Any]:
        """What it does, as JSON.

        ``kind`` is one that ``formats.front`` makes; or ``columns`` of a layer that puts columns side by
        side, ``ends`` of one that keeps the last of the ids that another makes, or merges them. One with
        several outputs names them by ``parts``.
        """
        ...


def as_it_is(operation: Any) -> Any:
    """Return a layer, which is called in its own place."""
    return operation


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


def core_form(
    subject: Subject, *, wide: bool, instead: Callable[[Any], Callable[..., Any]] = as_it_is
) -> Form:
    """Return the form of the part of a model behind its texts.

    Args:
        subject: what is written.
        wide: whether numbers of 64 bits stay such; else they are cut to 32, and dates are read ahead.
        instead: from a layer to what is called in its place.

    Raises:
        ConfigError: a layer reads texts in a way that the front cannot.
    """
    kept = _cut(subject.model, {TEXT} if wide else {TEXT, DATE})
    inputs = _described(kept, subject.sample, wide=wide)
    function = keras.Function([item.tensor for item in kept], subject.model.output)
    outputs = tuple(as_outputs(subject.model.output))

    def call(values: list[Any]) -> list[Any]:
        with nullcontext() if wide else in_32_bits():
            found = as_outputs(run_through_graph(function, values, instead))
        return [found[name] for name in outputs]

    return Form(inputs=inputs, outputs=outputs, call=call)


def _cut(model: keras.Model, unheld: set[str]) -> list[_Kept]:
    """The raw inputs that the model needs and the runtime holds, then what is made of the others."""
    names = {id(tensor): name for name, tensor in model.input.items()}
    plain: dict[str, _Kept] = {}
    made: list[_Kept] = []
    for tensor in frontier(keras.tree.flatten(model.output), lambda tensor: _is_ahead(tensor, unheld)):
        if id(tensor) in names:
            name = names[id(tensor)]
            plain[name] = _Kept(tensor=tensor, name=name, made_of=(name,))
        else:
            made.append(_made(tensor, names))
    return [*(plain[name] for name in names.values() if name in plain), *made]


def _is_ahead(tensor: keras.KerasTensor, unheld: set[str]) -> bool:
    """Whether a tensor is made ahead of the file, of what the runtime does not hold."""
    sources = made_from(tensor)
    kind = (_front(place_of(tensor)[0]) or {}).get("kind")
    if kind == ENDS:
        return any(_is_ahead(source, unheld) for source in sources)
    # whatever reads texts is met here, and refused later where it does not say how
    return any(source.dtype in (unheld if kind not in (None, COLUMNS) else {TEXT}) for source in sources)


def _made(tensor: keras.KerasTensor, names: Mapping[int, str]) -> _Kept:
    front, sources = _how(tensor)
    layer, *_ = place_of(tensor)
    own = f"{layer.name}_{front['part']}" if "part" in front else str(layer.name)
    made_of = tuple(name for source in sources for name in _raw(source, names))
    return _Kept(tensor=tensor, name=own, made_of=made_of, front=front)


def _how(tensor: keras.KerasTensor) -> tuple[dict[str, Any], list[keras.KerasTensor]]:
    """How a tensor is made, as JSON, and of which tensors."""
    layer, _, output = place_of(tensor)
    front, sources = dict(_front(layer) or {"kind": COLUMNS}), made_from(tensor)
    if front["kind"] == COLUMNS:
        raise _unknown(layer)
    if front["kind"] == ENDS:
        first, sources = _how(sources[0])
        return {**first, **front, "kind": first["kind"]}, sources
    if "parts" in front:
        front["part"] = front.pop("parts")[output]
    return front, sources


def _raw(tensor: keras.KerasTensor, names: Mapping[int, str]) -> list[str]:
    """Names of the raw inputs that a tensor is, or holds side by side."""
    if id(tensor) in names:
        return [names[id(tensor)]]
    layer, *_ = place_of(tensor)
    if (_front(layer) or {}).get("kind") != COLUMNS:
        raise _unknown(layer)
    return [name for source in made_from(tensor) for name in _raw(source, names)]


def _front(layer: Any) -> Mapping[str, Any] | None:
    if isinstance(layer, keras.layers.TextVectorization):
        return _terms(layer)
    return layer.front() if isinstance(layer, MovesAhead) else None


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
