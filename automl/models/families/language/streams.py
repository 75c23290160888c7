"""Which tokens a language model reads, where the data gives several vocabularies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.core.errors import SpaceError
from automl.core.tensors import Subwords, TensorSpec


def stream_of(specs: Sequence[TensorSpec], options: Any) -> Sequence[TensorSpec]:
    """Return the only stream, or the one with the vocabulary that the options ask for.

    Raises:
        SpaceError: there is no such vocabulary.
    """
    if len(specs) == 1:
        return specs
    sizes = {spec.facts.asked: spec for spec in specs}
    if options.vocabulary not in sizes:
        known = ", ".join(map(str, sizes))
        raise SpaceError(f"vocabulary: expected one of {known}, got {options.vocabulary}.")
    return (sizes[options.vocabulary],)


def context_of(spec: TensorSpec) -> int:
    """Return how many tokens a model of a stream looks back over at most."""
    return spec.facts.context if isinstance(spec.facts, Subwords) else spec.shape[0] or 1
