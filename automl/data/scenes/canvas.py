"""Pictures of any size on a canvas of one: as large as fits, at the top left, proportions kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np

from automl.core.boxes import fitted_sides
from automl.core.errors import DataError
from automl.core.phases import Phases
from automl.data.cache import Draft
from automl.data.decoded import key_of_files
from automl.data.image_heads import (
    MEMORY_LIMIT,
    READING,
    UNREADABLE,
    Form,
    choose_depth,
    notes_of_heads,
    read_heads,
    sides_as_seen,
)
from automl.data.image_scales import agree, nominal
from automl.data.images import read_picture
from automl.data.kinds.kind import Place
from automl.data.look import Look
from automl.data.many_files import in_parallel, judged

LONGEST = 320
"""Longer side of a canvas in pixels, unless something else is asked for: small detectors train on it in
minutes on a CPU, and things of a tenth of the side still cover several cells."""

MULTIPLE = 16
"""Sides are multiples of it, so that maps of all strides fit on each other."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Pictures on canvases.

    Attributes:
        pixels: ``(n, height, width, channels)`` of the readable ones, in their order.
        sides: their own width and height in pixels ``(n, 2) int64``.
        kept: positions of the readable ones ``(n,) int64``.
        look: form of the canvas, and scale of the pixels.
        notes: what a user should know.
    """

    pixels: np.ndarray
    sides: np.ndarray
    kept: np.ndarray
    look: Look
    notes: tuple[str, ...]


def learn(paths: Sequence[Path], place: Place) -> Drawn:
    """Draw the pictures of the training data, on a canvas that suits them.

    Raises:
        DataError: none is readable, more than 5 % are not, or the canvas asked for takes too much memory.
    """
    heads = read_heads(paths, place.cache, place.phases)
    sides = _sides_of(paths, place)
    known = sides[(sides > 0).all(axis=1)]
    if not len(known):
        raise DataError(
            f"{place.where}: none of the {len(paths)} images is readable, the first is {paths[0]}."
        )
    channels = 1 if heads.grey.all() else 3
    height, width = _canvas(known, place.image_size, channels)
    depth = choose_depth(heads)
    form = Form(height=height, width=width, channels=channels)
    drawn = _drawn(paths, sides, Look(form=form, scale=nominal(depth)), place)
    scale, told = agree(drawn.pixels, depth, place.where)
    asked = "as requested" if place.image_size else "set image_size to change the longer side"
    said = f"{len(drawn.kept)} images were read as {form.text}, proportions kept; {asked}."
    notes = (*drawn.notes, *notes_of_heads(heads, nominal(depth)), *told, said)
    return replace(drawn, look=Look(form=form, scale=scale), notes=notes)


def draw(paths: Sequence[Path], look: Look, place: Place) -> Drawn:
    """Draw other pictures on the canvas of training.

    Raises:
        DataError: more than 5 % are unreadable.
    """
    return _drawn(paths, _sides_of(paths, place), look, place)


def _canvas(sides: np.ndarray, longest: int | None, channels: int) -> tuple[int, int]:
    """Height and width: of the proportions that most pictures have, their longer side as asked for."""
    longer = longest or int(min(LONGEST, np.median(sides.max(axis=1))))
    ratio = float(np.median(sides[:, 1] / sides[:, 0]))
    sizes = (longer * min(1.0, ratio), longer * min(1.0, 1 / ratio))
    height, width = (max(MULTIPLE, MULTIPLE * round(side / MULTIPLE)) for side in sizes)
    if len(sides) * height * width * channels * 4 > MEMORY_LIMIT:
        most = int(longer * (MEMORY_LIMIT / (len(sides) * height * width * channels * 4)) ** 0.5)
        if longest is not None:
            raise DataError(
                f"{len(sides)} images of {height} x {width} pixels take more than 4 GiB as float32:"
                f" expected an image size up to about {most}."
            )
        return _canvas(sides, max(MULTIPLE, most - MULTIPLE), channels)
    return height, width


def _sides_of(paths: Sequence[Path], place: Place) -> np.ndarray:
    """Width and height of each picture as it is to be seen ``(n, 2)``, 0 of unreadable ones."""
    with (place.phases or Phases()).phase("measuring images", len(paths), unit="images") as phase:
        return np.array(in_parallel(_size, paths, phase), np.int64).reshape(-1, 2)


def _size(path: Path) -> tuple[int, int]:
    try:
        return sides_as_seen(path)[::-1]
    except UNREADABLE:
        return 0, 0


def _drawn(paths: Sequence[Path], sides: np.ndarray, look: Look, place: Place) -> Drawn:
    form = look.form
    shape = (len(paths), form.height, form.width, form.channels)

    def fill(pixels: np.ndarray) -> list[str]:
        advice = "fewer or smaller image files"
        with place.phases.phase("decoding images", len(paths), unit="images", advice=advice) as phase:
            places = range(len(paths))
            return in_parallel(lambda at: _fill(pixels[at], paths[at], sides[at], look), places, phase)

    if place.cache is None:
        pixels = np.zeros(shape, look.scale.dtype)
        faults = fill(pixels)
    else:

        def build(draft: Draft) -> None:
            found = fill(draft.empty("pixels", shape, look.scale.dtype))
            draft.put("faults", np.array(found))

        key = key_of_files(paths, "canvas", READING, *astuple(form), look.scale.depth, look.scale.ends)
        arrays = place.cache.entry(key, build).arrays
        pixels, faults = arrays["pixels"], arrays["faults"].tolist()
    kept = np.flatnonzero([not fault for fault in faults])
    notes = judged(
        faults,
        len(paths),
        f"images of {place.where}",
        doing="are left out",
        done="were left out with their boxes",
    )
    whole = len(kept) == len(paths)
    return Drawn(
        pixels=pixels if whole else pixels[kept], sides=sides[kept], kept=kept, look=look, notes=notes
    )


def _fill(canvas: np.ndarray, path: Path, sides: np.ndarray, look: Look) -> str:
    """Draw one picture; what is wrong with it, or nothing."""
    wide, high = (int(side) for side in sides)
    form = look.form
    try:
        if not wide:
            raise OSError("not an image, or cut off")
        height, width = fitted_sides(high, wide, (form.height, form.width), np)
        inner = Form(height=int(height), width=int(width), channels=form.channels)
        canvas[: inner.height, : inner.width] = read_picture(path, inner, look.scale)
    except UNREADABLE as error:
        canvas[...] = 0
        return f"{path.name}: {error}"
    return ""
