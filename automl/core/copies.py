"""How many times a tensor of a network is there for one example.

Frames of a clip go through a network for pictures as examples of their own: the first axis is then so many
times as long as the batch, which shapes do not say. Layers that part examples do, by an attribute
``examples_of_each``: what each one becomes, or a fraction where parts are joined again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def copies(operations: Iterable[Any]) -> dict[int, float]:
    """Return how many there are for each example, by the ``id`` of symbolic tensors; others have one.

    Args:
        operations: of a functional model, in the order in which they are computed.
    """
    found: dict[int, float] = {}
    for operation in operations:
        try:
            given, made = operation.input, operation.output
        except (AttributeError, ValueError, RuntimeError):
            continue  # it is called several times, or never
        before = max((found.get(id(tensor), 1.0) for tensor in _flat(given)), default=1.0)
        for tensor in _flat(made):
            found[id(tensor)] = before * getattr(operation, "examples_of_each", 1.0)
    return found


def _flat(tensors: Any) -> Iterator[Any]:
    if isinstance(tensors, Mapping):
        tensors = tensors.values()
    elif not isinstance(tensors, list | tuple):
        tensors = (tensors,)
    for item in tensors:
        yield from _flat(item) if isinstance(item, Mapping | list | tuple) else (item,)
