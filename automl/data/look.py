"""How the pictures of a job look: one form and one scale, found in training and kept for all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automl.data.image_heads import Form, choose_depth, choose_form, notes_of_heads, read_heads
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
    return Look(form=form, scale=Scale(**facts["scale"]))


def learn_pictures(paths: Sequence[Path], place: Place) -> tuple[Pictures, Look, tuple[str, ...]]:
    """Read the pictures of the training data and find how they look.

    Args:
        paths: the files.
        place: where they are named.

    Returns:
        the readable ones, their look, and notes.

    Raises:
        DataError: none is readable or too many are not; they do not fit into memory.
    """
    heads = read_heads(paths, place.cache, place.phases)
    form, depth = choose_form(heads, place.image_size), choose_depth(heads)
    pictures = _decoded(paths, Look(form=form, scale=nominal(depth)), place)
    scale, told = agree(pictures.pixels, depth, place.where)
    look = Look(form=form, scale=scale)
    notes = (*pictures.notes, *notes_of_heads(heads, nominal(depth)), *told)
    return pictures, look, (*notes, note_of_look(len(pictures.kept), look, place.image_size))


def read_pictures(paths: Sequence[Path], look: Look, place: Place) -> tuple[Pictures, tuple[str, ...]]:
    """Read other pictures to the look of training; return the readable ones, and notes.

    Raises:
        DataError: too many are unreadable, or they cannot be brought to the scale of training.
    """
    heads, scale = read_heads(paths, place.cache, place.phases), look.scale
    pictures = _decoded(paths, look, place)
    notes = (*pictures.notes, *notes_of_heads(heads, scale))
    if scale.depth != "8-bit" and len(pictures.pixels):
        notes = (*notes, *check(pictures.pixels, scale.depth, scale, place.where))
    return pictures, notes


def note_of_look(count: int, look: Look, image_size: int | None) -> str:
    """Tell what so many pictures were read as; what other scales are is told when they are agreed on."""
    asked = "as requested" if image_size else "set image_size to change the size"
    bits = f", {look.scale.text}" if look.scale.depth == "8-bit" else ""
    return f"{count} pictures were read as {look.form.text}{bits}; {asked}."


def _decoded(paths: Sequence[Path], look: Look, place: Place) -> Pictures:
    return decode(paths, look.form, place.where, scale=look.scale, cache=place.cache, phases=place.phases)
