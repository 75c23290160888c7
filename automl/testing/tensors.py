"""Tensors as preprocessing makes them, for suites that build and train networks without data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from automl.core.tensors import (
    Catalogue,
    Categories,
    Footage,
    Ngrams,
    Pixels,
    Steps,
    TensorSpec,
    Vocabulary,
    Waveform,
)


def numbers(kind: str, *shape: int) -> TensorSpec:
    """``numeric``, ``ranks``, ``ngram_weights``, ``kernels``, ``cepstrum`` or ``motion``."""
    return TensorSpec(name=kind, kind=kind, shape=shape)


def codes(*sizes: int) -> TensorSpec:
    """Columns of categories."""
    facts = Categories(sizes=sizes)
    return TensorSpec(
        name="categorical", kind="categorical", shape=(len(sizes),), dtype="int32", facts=facts
    )


def ids(kind: str, length: int, size: int) -> TensorSpec:
    """``tokens``, or other ids of which none are pieces."""
    return TensorSpec(name=kind, kind=kind, shape=(length,), dtype="int32", facts=Vocabulary(size=size))


def ngrams(length: int, size: int) -> TensorSpec:
    """``ngrams``, a third of them of whole words and the others pieces of words."""
    facts = Ngrams(size=size, words=size // 3, places=length // 3)
    return TensorSpec(name="ngrams", kind="ngrams", shape=(length,), dtype="int32", facts=facts)


def ids_of_text(length: int, size: int) -> TensorSpec:
    """``stream``: tokens of a running text."""
    facts = Vocabulary(size=size)
    return TensorSpec(
        name="stream", kind="stream", shape=(length, 1), dtype="int32", facts=facts, source="text"
    )


def pair(length: int, size: int) -> TensorSpec:
    """``pair``: words of two texts."""
    facts = Vocabulary(size=size)
    return TensorSpec(
        name="pair", kind="pair", shape=(2, length), dtype="int32", facts=facts, source="pair"
    )


def pair_marks(length: int, count: int) -> TensorSpec:
    """``pair_marks``: what each word of two texts finds in the other."""
    return TensorSpec(name="pair_marks", kind="pair_marks", shape=(2, length, count), source="pair")


def pictures(*shape: int) -> TensorSpec:
    """Pictures of height, width and channels."""
    facts = Pixels(mean=(120.0,) * shape[2], deviation=(50.0,) * shape[2])
    return TensorSpec(name="image", kind="image", shape=shape, facts=facts)


def series(*shape: int, targets: int = 0, masked: bool = False) -> TensorSpec:
    """Steps of channels."""
    facts = Steps(targets=targets, masked=masked)
    return TensorSpec(name="sequence", kind="sequence", shape=shape, facts=facts)


def sounds(samples: int, rate: int) -> TensorSpec:
    """Sounds at a rate in Hz."""
    return TensorSpec(name="sound", kind="sound", shape=(samples,), facts=Waveform(rate=rate))


def videos(*shape: int) -> TensorSpec:
    """Videos of frames, height, width and channels."""
    channels = shape[3]
    facts = Footage(mean=(120.0,) * channels, deviation=(50.0,) * channels, change=(0.2,) * channels)
    return TensorSpec(name="video", kind="video", shape=shape, facts=facts)


def column(spec: TensorSpec, source: str) -> TensorSpec:
    """The tensor of one column among several of its kind."""
    return replace(spec, name=f"{source}__{spec.kind}", source=source)


def text(source: str, length: int, size: int) -> tuple[TensorSpec, ...]:
    """The tensors of one column of texts among several."""
    made = (ids("tokens", length, size), ngrams(length, size), numbers("ngram_weights", length))
    return tuple(column(spec, source) for spec in made)


def ids_of(side: str, count: int) -> TensorSpec:
    """``user`` or ``item``: numbers of ids."""
    return replace(codes(count), name=side, kind=side, source=side)


def history(length: int, size: int) -> TensorSpec:
    """``history``: numbers of items that a user has dealt with."""
    return replace(ids_of_text(length, size), name="history", kind="history", source="items")


def catalogue(length: int, size: int, *sizes: int) -> TensorSpec:
    """``history`` of items of which so many codes are known in each column."""
    items = size - 1
    codes = tuple(number % most for number in range(items) for most in sizes)
    facts = Catalogue(size=size, counts=tuple(range(items, 0, -1)), sizes=sizes, codes=codes)
    return replace(history(length, size), facts=facts)


def features_of(side: str, *sizes: int) -> TensorSpec:
    """``user_features`` or ``item_features``: codes of what is known of them."""
    return replace(codes(*sizes), name=f"{side}_features", kind=f"{side}_features", source=side)


def smallest(spec: TensorSpec) -> int:
    """How many ids every column of an integer tensor knows."""
    if isinstance(spec.facts, Categories):
        return min(spec.facts.sizes)
    return spec.facts.size if isinstance(spec.facts, Vocabulary) else 2


TABLE = (numbers("numeric", 3), numbers("ranks", 2), codes(3, 20))
PICTURES = (pictures(8, 8, 3),)
TEXTS = (ids("tokens", 12, 30), ngrams(12, 30), numbers("ngram_weights", 12))
PAIRS = (pair(6, 30), pair_marks(6, 5))
SERIES = (series(16, 2, masked=True), numbers("kernels", 12))
SOUNDS = (sounds(600, 2000), numbers("cepstrum", 12))
VIDEOS = (videos(4, 8, 8, 3), numbers("motion", 12))
SPEECH = (sounds(600, 2000),)
INTERACTIONS = (ids_of("user", 9), ids_of("item", 7), features_of("user", 3), features_of("item", 2, 4))
ROW = (
    replace(numbers("numeric", 3), source="numbers"),
    replace(numbers("ranks", 2), source="numbers"),
    replace(codes(3, 20), source="categories"),
    column(pictures(8, 8, 3), "photo"),
    *text("title", 6, 30),
    *text("review", 12, 40),
    column(sounds(400, 1000), "call"),
    column(numbers("cepstrum", 12), "call"),
)
"""Small tensors of one example each, as the data of this package's own kinds gives them."""


def sample_of(spec: TensorSpec, rows: int, random: np.random.Generator) -> np.ndarray:
    """Return random values of a tensor, ``(rows, *spec.shape)``.

    The last third of texts is padding, and so is the last quarter of every second series or sound that
    may be padded. Integers of unknown facts are 0 or 1.
    """
    shape = (rows, *(8 if size is None else size for size in spec.shape))
    values: np.ndarray = random.uniform(0, 1, shape)
    if spec.dtype == "int32":
        values = random.integers(0, smallest(spec), shape)
    if isinstance(spec.facts, Ngrams):
        values[:, : spec.facts.places] %= spec.facts.words
    if isinstance(spec.facts, Vocabulary):
        axis = 1 + int(np.argmax(shape[1:]))  # that of the words, whatever stands beside it
        np.moveaxis(values, axis, -1)[..., -(shape[axis] // 3) :] = 0
    if getattr(spec.facts, "masked", False):
        values[::2, -(shape[1] // 4) :] = np.nan
    return values.astype(spec.dtype)
