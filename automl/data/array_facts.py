"""What the inputs among arrays look like: by this modalities bid for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.data.npz import read_npz
from automl.data.source import Source


@dataclass(frozen=True, kw_only=True)
class ArrayFacts:
    """Facts on the array of inputs.

    Attributes:
        axes: how many it has.
        is_list: whether it is a list of texts or of arrays, one per example.
        holds_texts: whether these are texts.
        looks_like_pixels: whether it has 4 axes, or 3 and a type in which pixels are stored.
    """

    axes: int
    is_list: bool
    holds_texts: bool
    looks_like_pixels: bool


def facts_of_array(source: Source) -> ArrayFacts | None:
    """Return what the inputs of arrays look like, found once per source; None for other ones and frames."""
    # every modality asks, and a list is copied to be looked at
    facts: ArrayFacts | None = source.kept.get("array facts", lambda: _facts(source))
    return facts


def _facts(source: Source) -> ArrayFacts | None:
    if source.kind not in ("npz", "arrays"):
        return None
    inputs = _inputs(source)
    if hasattr(inputs, "columns"):
        return None
    array = np.asarray(inputs)
    is_list = array.ndim == 1 and array.dtype.kind in "OU"
    return ArrayFacts(
        axes=array.ndim,
        is_list=is_list,
        holds_texts=is_list and isinstance(array[0], str),
        looks_like_pixels=array.ndim >= 4 or (array.ndim == 3 and array.dtype.kind == "u"),
    )


def _inputs(source: Source) -> Any:
    if source.kind == "npz":
        return max(read_npz(source).values(), key=lambda item: item.ndim)
    return source.content[0] if isinstance(source.content, tuple) else source.content
