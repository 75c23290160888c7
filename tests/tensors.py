"""Specs of tensors as preprocessing makes them, for suites that build networks without data."""

from __future__ import annotations

from automl.core.tensors import Categories, Pixels, Steps, TensorSpec, Vocabulary


def numbers(kind: str, *shape: int) -> TensorSpec:
    """``numeric``, ``ranks`` or ``ngram_weights``."""
    return TensorSpec(name=kind, kind=kind, shape=shape)


def codes(*sizes: int) -> TensorSpec:
    """Columns of categories."""
    facts = Categories(sizes=sizes)
    return TensorSpec(
        name="categorical", kind="categorical", shape=(len(sizes),), dtype="int32", facts=facts
    )


def ids(kind: str, length: int, size: int) -> TensorSpec:
    """``tokens`` or ``ngrams``."""
    return TensorSpec(name=kind, kind=kind, shape=(length,), dtype="int32", facts=Vocabulary(size=size))


def pictures(*shape: int) -> TensorSpec:
    """Pictures of height, width and channels."""
    facts = Pixels(mean=(120.0,) * shape[2], deviation=(50.0,) * shape[2])
    return TensorSpec(name="image", kind="image", shape=shape, facts=facts)


def series(*shape: int, targets: int = 0, masked: bool = False) -> TensorSpec:
    """Steps of channels."""
    facts = Steps(targets=targets, masked=masked)
    return TensorSpec(name="sequence", kind="sequence", shape=shape, facts=facts)


def smallest(spec: TensorSpec) -> int:
    """How many ids every column of an integer tensor knows."""
    return min(spec.facts.sizes) if isinstance(spec.facts, Categories) else spec.facts.size
