"""A gallery: whom or what a model can name, as one vector each. No pictures are in it.

Legend: n examples, g names, d length of a vector.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl.core.archives import arrays_in
from automl.core.errors import ConfigError, DataError
from automl.core.files import write_whole

UNKNOWN = "unknown"
"""The answer where nobody in the gallery is alike enough."""

_PARTS = ("names", "counts", "vectors", "threshold", "model")


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Whom or what examples show.

    Attributes:
        names: of each, or ``unknown`` ``(n,)`` object array.
        scores: cosine with the nearest one ``(n,)``.
        nearest: its name in any case ``(n,)`` object array.
    """

    names: np.ndarray
    scores: np.ndarray
    nearest: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Names with their vectors.

    Attributes:
        names: of each.
        counts: how many examples each vector is made of.
        vectors: mean of the vectors of these examples, of length 1 ``(g, d) float32``.
        threshold: score that the nearest one has to exceed to be named.
        model: digest of the model that made the vectors: another one's mean nothing to it.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    vectors: np.ndarray
    threshold: float
    model: str

    def recognise(self, vectors: np.ndarray) -> Recognised:
        """Name examples by their vectors ``(n, d)``, of length 1."""
        alike = np.asarray(vectors, np.float32) @ self.vectors.T
        places = alike.argmax(axis=1)
        scores = alike[np.arange(len(alike)), places]
        nearest = np.array(self.names, object)[places]
        return Recognised(
            names=np.where(scores > self.threshold, nearest, UNKNOWN).astype(object),
            scores=scores,
            nearest=nearest,
        )

    def save(self, path: Path) -> None:
        """Write the gallery, whole."""
        file = io.BytesIO()
        np.savez(
            file,
            names=np.array(self.names, str),
            counts=np.array(self.counts, np.int64),
            vectors=self.vectors,
            threshold=np.float64(self.threshold),
            model=np.array(self.model),
        )
        write_whole(path, file.getvalue())


def make_gallery(names: Sequence[str], vectors: np.ndarray, *, threshold: float, model: str) -> Gallery:
    """Make a gallery of examples.

    Args:
        names: of each example, n of them.
        vectors: ``(n, d)``, of length 1.
        threshold: see ``Gallery``.
        model: see ``Gallery``.

    Raises:
        DataError: one is called ``unknown``.
    """
    found, places, counts = np.unique(np.asarray(names, str), return_inverse=True, return_counts=True)
    if UNKNOWN in found:
        raise DataError(
            f"A name in the gallery is {UNKNOWN!r}, which is the answer for everyone else. Rename it, or"
            " leave it out."
        )
    sums = np.zeros((len(found), vectors.shape[1]), np.float64)
    np.add.at(sums, places.reshape(-1), vectors)
    made = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return Gallery(
        names=tuple(str(name) for name in found),
        counts=tuple(int(count) for count in counts),
        vectors=made.astype(np.float32),
        threshold=float(threshold),
        model=model,
    )


def load_gallery(path: Path, model: str) -> Gallery:
    """Read a gallery.

    Args:
        path: of the file.
        model: digest of the model that is to use it.

    Raises:
        ConfigError: there is none, it is damaged, or another model has made it.
    """
    if not path.exists():
        raise ConfigError(f"There is no gallery {path}. Make one with `automl enroll`.")
    with arrays_in(path, called="a gallery", advice="Make one with `automl enroll`.") as file:
        names, counts, vectors, threshold, made_by = (file[part] for part in _PARTS)
        gallery = Gallery(
            names=tuple(str(name) for name in names),
            counts=tuple(int(count) for count in counts),
            vectors=np.asarray(vectors, np.float32),
            threshold=float(threshold),
            model=str(made_by),
        )
        if gallery.vectors.shape[:1] != (len(gallery.names),):
            raise ValueError("names and vectors differ in number")
    if gallery.model != model:
        raise ConfigError(
            f"The gallery {path} was made by another model than that of this job; their vectors cannot be"
            " compared. Enroll again, or remove the file."
        )
    return gallery
