"""Verification: whether two examples show the same person, animal or thing, also one never seen before.

A model gives each example a vector of length 1; the cosine of two vectors says how alike they are. It
learns them by telling identities of training apart with a margin (Deng et al., 2019; Wang et al., 2018).
Symbols: n examples, d length of a vector, k identities of training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, layers

from automl.core.errors import ConfigError, suggest
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.verification import PairScorer
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.verification import VERIFICATION
from automl.tasks.discriminant import discriminant_vectors
from automl.tasks.gallery import Gallery
from automl.tasks.margins import COSINES, KINDS, Directions, MarginLoss
from automl.tasks.scoring import SingleTarget
from automl.tasks.unit_length import UnitLength

BASELINE_SIDE = 32
"""Pixels in a row or a column of the pictures that are compared pixel by pixel, at most."""

CHANCE_WIDTH = 64
"""Numbers in a random vector."""


@dataclass(frozen=True, kw_only=True)
class VerificationOptions:
    """Searched parameters of head and loss.

    Attributes:
        margin_kind: ``arcface``, ``cosface`` or ``softmax``, see ``MarginLoss``.
        margin: by which the right identity has to win, in radians or as a cosine; none with ``softmax``.
        logit_scale: factor of the cosines in the loss.
        embedding_width: d.
    """

    margin_kind: str = "cosface"
    margin: float = 0.2
    logit_scale: float = 16.0
    embedding_width: int = 128

    def __post_init__(self) -> None:
        if self.margin_kind not in KINDS:
            raise ConfigError(
                f"Unknown margin_kind {self.margin_kind!r}. {suggest(self.margin_kind, KINDS)}"
            )


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Verification:
    """Learn the identities of the training part.

    Args:
        kind: ``verification``.
        targets: names ``(n,)`` object array of str.
        names: name of the target.
        facts: unused.
    """
    found = np.unique(np.asarray(targets[TARGET]).astype(str))
    return Verification(names=names, identities=tuple(str(name) for name in found))


def restore(description: Mapping[str, Any]) -> Verification:
    """Bring a task back from what its ``describe`` gave."""
    return Verification(names=tuple(description["names"]), identities=tuple(description["identities"]))


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Raw outputs are vectors ``(n, d)`` and, for the loss, cosines ``(n, k)``; predictions the vectors.

    Attributes:
        names: name of the target.
        identities: those of the training part, in the order of the cosines.
    """

    names: tuple[str, ...]
    identities: tuple[str, ...]

    kind: ClassVar[TaskKind] = VERIFICATION.name
    declaration: ClassVar[TaskDeclaration] = VERIFICATION
    options: ClassVar[type[Any]] = VerificationOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Names ``(n,)`` to ``(n, 3) int32``: the place among those of training, -1 for others, and 64 bits
        that tell any two names apart.
        """
        found, places = np.unique(np.asarray(targets[TARGET]).astype(str), return_inverse=True)
        known = {name: code for code, name in enumerate(self.identities)}
        codes = np.array([known.get(str(name), -1) for name in found], np.int32)
        marks = b"".join(blake2b(str(name).encode(), digest_size=8).digest() for name in found)
        rows = np.column_stack([codes, np.frombuffer(marks, "<i4").reshape(-1, 2)]).astype(np.int32)
        return {TARGET: rows[places.reshape(-1)]}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(
        self, features: KerasTensor, context: Any, options: VerificationOptions
    ) -> dict[str, KerasTensor]:
        """Features ``(n, f)`` to vectors of length 1, normalised batch by batch ahead of that as in Deng et
        al. (2019), and to their cosines with the identities of training.
        """
        dense = layers.Dense(options.embedding_width, use_bias=False, dtype="float32", name="embedding")
        # few examples make few steps, and Keras' momentum of 0.99 would still remember the first one
        centred = layers.BatchNormalization(momentum=0.9, scale=False, dtype="float32", name="centred")
        vectors = UnitLength(name="vector")(centred(dense(features)))
        return {TARGET: vectors, COSINES: Directions(len(self.identities), name=COSINES)(vectors)}

    def loss(self, options: VerificationOptions) -> MarginLoss:
        """Cross-entropy with a margin."""
        return MarginLoss(options.margin_kind, options.margin, options.logit_scale)

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """The vectors as they are."""
        vectors = outputs[TARGET]
        if isinstance(vectors, np.ndarray):
            return {TARGET: vectors}
        return {TARGET: keras.layers.Identity(dtype="float32", name="vectors")(vectors)}

    def scorer(self) -> SingleTarget:
        """Hears of identities and vectors."""
        return SingleTarget(PairScorer())

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """A column for each number of the vectors."""
        vectors = np.asarray(predictions[TARGET])
        return {f"embedding_{place}": vectors[:, place] for place in range(vectors.shape[1])}

    def recognise(self, predictions: Mapping[str, np.ndarray], gallery: Gallery) -> dict[str, np.ndarray]:
        """Columns ``prediction``, a name or ``unknown``; ``score``; ``nearest``, the name in any case."""
        found = gallery.recognise(np.asarray(predictions[TARGET]))
        return {"prediction": found.names, "score": found.scores, "nearest": found.nearest}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``chance``: random vectors; of pictures also ``pixels``: the pixels, less their mean."""
        count = len(validation[TARGET])
        drawn = np.random.default_rng(0).normal(size=(count, CHANCE_WIDTH))
        rules = {"chance": {TARGET: _unit(drawn)}}
        pictures = [values for values in inputs.values() if values.ndim == 4]
        if pictures:
            made = np.concatenate([_small(values) for values in pictures], axis=1)
            rules["pixels"] = {TARGET: _unit(made - made.mean(axis=1, keepdims=True))}
        return rules

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``fisherfaces``, of pictures: the pixels by which identities of training differ most."""
        names = [name for name, values in inputs.items() if values.ndim == 4]
        if not names:
            return {}
        known, asked = (
            np.concatenate([_small(part[name]) for name in names], axis=1) for part in (train, inputs)
        )
        codes = np.asarray(targets[TARGET])[:, 0]
        return {"fisherfaces": {TARGET: _unit(discriminant_vectors(known, codes, asked))}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {"kind": self.kind, "names": list(self.names), "identities": list(self.identities)}


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _small(pictures: np.ndarray) -> np.ndarray:
    """Pictures ``(n, h, w, c)`` as rows of pixels, each the mean of a block."""
    step = -(-min(pictures.shape[1:3]) // BASELINE_SIDE)
    _, high, wide, channels = pictures.shape
    high, wide = high // step, wide // step
    rows = [
        np.asarray(picture, np.float32)[: high * step, : wide * step]
        .reshape(high, step, wide, step, channels)
        .mean(axis=(1, 3))
        .reshape(-1)
        for picture in pictures
    ]
    return np.asarray(np.nan_to_num(np.stack(rows)))
