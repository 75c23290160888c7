"""How the pictures of a job look: one form and one scale, found in training and kept for all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl.data.image_heads import Form, Heads, choose_depth, choose_form, notes_of_heads, read_heads
from automl.data.image_scales import Scale, agree, check, nominal
from automl.data.images import Pictures, decode
from automl.data.kinds.kind import Place


@dataclass(frozen=True, kw_only=True)
class Look:
    """What all pictures are brought to.

    Attributes:
        form: size and channels.
        scale: what pixels mean.
    """

    form: Form
    scale: Scale

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``look_of`` restores it."""
        return {**asdict(self.form), "scale": self.scale.as_json()}


def look_of(facts: Mapping[str, Any]) -> Look:
    """Return the look that a schema holds among other facts."""
    form = Form(**{side: facts[side] for side in ("height", "width", "channels")})
    form = replace(form, letterbox=facts.get("letterbox", False))
    return Look(form=form, scale=Scale(**facts["scale"]))


def learn_pictures(
    paths: Sequence[Path | None],
    place: Place,
    *,
    gaps: bool = False,
    choose: Callable[[Heads, int | None], Form] = choose_form,
) -> tuple[Pictures, Look, tuple[str, ...]]:
    """Read the pictures of the training data and find how they look.

    Args:
        paths: the files; None for a gap.
        place: where they are named.
        gaps: as for ``decode``.
        choose: chooses the form, of the files' heads and the side that is asked for.

    Returns:
        the readable ones, their look, and notes.

    Raises:
        DataError: none is readable or too many are not; they do not fit into memory.
    """
    heads = read_heads(_named(paths), place.cache, place.phases)
    form, depth = choose(heads, place.image_size), choose_depth(heads)
    pictures = _decoded(paths, heads, Look(form=form, scale=nominal(depth)), place, gaps=gaps)
    whole = len(pictures.kept) == len(pictures.pixels)
    scale, told = agree(pictures.pixels if whole else pictures.pixels[pictures.kept], depth, place.where)
    look = Look(form=form, scale=scale)
    notes = (*pictures.notes, *notes_of_heads(heads, nominal(depth)), *told)
    return pictures, look, (*notes, note_of_look(len(pictures.kept), look, place.image_size, heads.sizes))


def read_pictures(
    paths: Sequence[Path | None], look: Look, place: Place, *, gaps: bool = False
) -> tuple[Pictures, tuple[str, ...]]:
    """Read other pictures to the look of training; return them, and notes.

    See ``learn_pictures`` for the arguments.

    Raises:
        DataError: too many are unreadable, or they cannot be brought to the scale of training.
    """
    heads, scale = read_heads(_named(paths), place.cache, place.phases), look.scale
    pictures = _decoded(paths, heads, look, place, gaps=gaps)
    notes = (*pictures.notes, *notes_of_heads(heads, scale))
    if scale.depth != "8-bit" and len(pictures.kept):
        notes = (*notes, *check(pictures.pixels, scale.depth, scale, place.where))
    return pictures, notes


def note_of_look(count: int, look: Look, image_size: int | None, sizes: np.ndarray | None = None) -> str:
    """Tell what so many pictures were read as; what other scales are is told when they are agreed on.

    Args:
        count: of the pictures.
        look: what they were read as.
        image_size: that was asked for, or None.
        sizes: height and width of each as it is stored ``(n, 2) int64``, where that is known.
    """
    asked = "as requested" if image_size else "--image-size sets another size"
    bits = f", {look.scale.text}" if look.scale.depth == "8-bit" else ""
    kept = ", proportions kept" if look.form.letterbox else ""
    stored = "" if sizes is None else _stored(sizes, (look.form.height, look.form.width))
    return f"{count} images{stored} were read as {look.form.text}{bits}{kept}; {asked}."


def _stored(sizes: np.ndarray, shown: tuple[int, int]) -> str:
    """`` of 100 x 80 pixels``, or the smallest and the largest; nothing where they are read as they are."""
    known = {(int(height), int(width)) for height, width in sizes}
    ordered = sorted(known, key=lambda size: (size[0] * size[1], size))
    if not ordered or ordered == [shown]:
        return ""
    ends = dict.fromkeys(f"{height} x {width}" for height, width in (ordered[0], ordered[-1]))
    return f" of {' to '.join(ends)} pixels"


def _named(paths: Sequence[Path | None]) -> list[Path]:
    return [path for path in paths if path is not None]


def _decoded(
    paths: Sequence[Path | None], heads: Heads, look: Look, place: Place, *, gaps: bool
) -> Pictures:
    form, scale, phases = look.form, look.scale, place.phases
    pictures = decode(paths, form, place.where, scale=scale, gaps=gaps, cache=place.cache, phases=phases)
    sizes = np.zeros((len(paths), 2), np.int64)
    sizes[[path is not None for path in paths]] = heads.each
    return replace(pictures, sizes=sizes[pictures.kept])
