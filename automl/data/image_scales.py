"""What the pixels of a job mean: one scale for all of its pictures, agreed on in training.

Pixels keep the values that they are stored with: 0..255 of 8 bits, 0..65535 of 16 bits, any others as they
are. The exported model takes them so, and its first layers bring them to zero mean and unit variance. Other
pictures are brought to that scale where their type says how, and never by what values they happen to have:
one picture has one meaning, whatever comes along with it. Where the scale is in doubt they are refused, or
a note tells what was assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note

Depth: TypeAlias = Literal["1-bit", "8-bit", "16-bit", "whole", "float"]
"""How pixels are stored; ``whole`` are other integers, of which the type alone says nothing."""

TOPS: Mapping[str, float] = {"1-bit": 1.0, "8-bit": 255.0, "16-bit": 65535.0}
"""Value of white where the type says it."""

SLACK = 0.1
"""Share of the range by which floats may leave it: resizing with sharp filters overshoots."""

FEW = 0.01
"""Share of pixels that may lie far outside of what training had."""

DARK = 2.0
"""Pixels that end here are nearly black on a scale of 0..255, and usual on one of 0..1."""

BLOCK = 256
"""Pictures looked at at a time."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of a job's pictures.

    Attributes:
        depth: how its pixels are stored.
        low: lowest value in training.
        high: highest value in training.
    """

    depth: Depth
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``Scale(**data)`` restores it."""
        return asdict(self)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type in which pictures are held: 8 bits as they are, all others as float32."""
        return np.dtype(np.uint8 if self.depth == "8-bit" else np.float32)

    @property
    def ends(self) -> tuple[float, float] | None:
        """Values of black and white, or None where they are not known.

        Of floats the values of training tell: 0..1, -1..1, 0..255 and 0..65535 are in use. Of these, and of
        16 bits, half of the range must have been used, as many devices fill 12 of them.
        """
        if self.depth in ("1-bit", "8-bit"):
            return 0.0, TOPS[self.depth]
        if self.depth == "whole":
            return None
        if self.depth == "16-bit":
            return (0.0, 65535.0) if self.high > 65535 / 2 else None
        known = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 65535.0))
        return next((ends for ends in known if self._fills(*ends)), None)

    def _fills(self, first: float, last: float) -> bool:
        """Whether values lie within, but for what sharp filters add, and make use of half of it."""
        slack = SLACK * (last - first)
        return first - slack <= self.low and last / 2 < self.high <= last + slack

    @property
    def text(self) -> str:
        """For messages: ``16-bit pixels from 300 to 620``."""
        if self.depth == "8-bit":
            return "8 bits (0 to 255)"
        if np.isinf(self.high):
            return f"{_kind(self.depth)} pixels"
        return f"{_kind(self.depth)} pixels from {self.low:g} to {self.high:g}"


BYTES = Scale(depth="8-bit", low=0.0, high=255.0)
WORDS = Scale(depth="16-bit", low=0.0, high=65535.0)


def nominal(depth: Depth) -> Scale:
    """Return the scale that a type alone tells: what lies within is known when pictures are decoded."""
    return {"8-bit": BYTES, "16-bit": WORDS}.get(depth, Scale(depth=depth, low=0.0, high=np.inf))


def agree(pixels: np.ndarray, depth: Depth, where: str) -> tuple[Scale, tuple[str, ...]]:
    """Agree on the scale of a job, and say what it is.

    Args:
        pixels: ``(n, height, width, channels)``, all pictures of the training data.
        depth: how they were stored.
        where: what messages call their source.

    Raises:
        DataError: they differ by less than float32 can tell.
    """
    low, high = _ends(pixels)
    scale = Scale(depth=depth, low=low, high=high)
    if 0 < high - low < 1e-5 * max(abs(low), abs(high)):
        raise DataError(
            f"{where}: pixels are near {low:g} and differ only by {high - low:g}, too little for 32-bit "
            "numbers. Subtract a constant from all of them."
        )
    if depth == "8-bit":
        return scale, ()
    return scale, (f"All images are on one scale, that of their values: {scale.text}.",)


def agree_on_array(pixels: np.ndarray, where: str) -> tuple[np.ndarray, Scale, tuple[str, ...]]:
    """Agree on the scale of a job that learns from an array.

    Integers of another type than uint8 and uint16 are taken for 8 or 16 bits where they fit.

    Args:
        pixels: ``(n, height, width, channels)`` of any numbers.
        where: what messages call the array.

    Returns:
        the pixels of ``Scale.dtype``, their scale, and notes.

    Raises:
        DataError: they differ by less than float32 can tell.
    """
    depth, (low, high) = depth_of(pixels.dtype), _ends(pixels)
    if depth == "1-bit":
        depth = "float"
    if depth == "whole" and low >= 0 and 1 < high <= TOPS["16-bit"]:
        depth = "8-bit" if high <= TOPS["8-bit"] else "16-bit"
    scale, notes = agree(pixels, depth, where)
    if depth == "8-bit" and pixels.dtype != np.uint8:
        notes = (f"Pixels of {pixels.dtype} from {low:g} to {high:g} are taken as 8 bits (0 to 255).",)
    return pixels.astype(scale.dtype, copy=False), scale, notes


def bring(pixels: np.ndarray, depth: Depth, scale: Scale) -> np.ndarray:
    """Bring pixels of a known depth to a job's scale, as their type says; of ``scale.dtype``.

    Raises:
        ValueError: it does not say how.
    """
    if depth == scale.depth or (depth == "16-bit" and scale.depth == "whole"):
        return pixels.astype(scale.dtype, copy=False)
    ends, top = scale.ends, TOPS.get(depth)
    if not can_bring(depth, scale) or ends is None or top is None:
        raise ValueError(f"{_kind(depth)} pixels, which cannot be converted to {scale.text}")
    values = pixels.astype(np.float32) * np.float32((ends[1] - ends[0]) / top) + np.float32(ends[0])
    return (np.rint(values) if scale.dtype == np.uint8 else values).astype(scale.dtype)


def can_bring(depth: Depth, scale: Scale) -> bool:
    """Whether pixels of a depth can be brought to a scale, or are on it."""
    by_type = scale.ends is not None and depth in TOPS
    return depth == scale.depth or by_type or (depth == "16-bit" and scale.depth == "whole")


def bring_array(pixels: np.ndarray, scale: Scale, where: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Bring pixels of an array to a job's scale, by the array's type.

    Bytes, and booleans, are brought by what their type calls white, and so are 16 bits for a model of
    0..1. Any other numbers are taken to be on the job's scale, and checked.

    Args:
        pixels: ``(n, height, width, channels)`` of any numbers.
        scale: of the job.
        where: what messages call their source.

    Returns:
        the pixels, and notes.

    Raises:
        DataError: they cannot be on that scale, or it is in doubt.
    """
    depth = depth_of(pixels.dtype)
    if depth == scale.depth == "8-bit":
        return pixels, ()
    if depth != scale.depth and _told_by_type(depth, scale):
        try:
            brought = bring(pixels, depth, scale)
        except ValueError as error:
            raise DataError(f"{where}: {error}. Pass them on the scale of training.") from None
        return brought, (f"{where}: {_kind(depth)} pixels (0 to {TOPS[depth]:g}) were {_to(scale)}.",)
    notes = check(pixels, depth, scale, where)
    if depth != scale.depth and not notes:
        said = f"{where}: {pixels.dtype} pixels are taken to be on the scale of training, {scale.text}."
        notes = (Note(said, 1.0 if depth == "16-bit" else 0.0),)
    whole = scale.dtype == np.uint8 and pixels.dtype.kind != "f"
    return pixels.astype(np.uint8 if whole else np.float32), notes


def check(pixels: np.ndarray, depth: Depth, scale: Scale, where: str) -> tuple[str, ...]:
    """Compare values that are taken as they are with the scale of training; return notes.

    Raises:
        DataError: they cannot be on it.
    """
    low, high = _ends(pixels)
    said = f"{where}: pixels go from {low:g} to {high:g}; the model was trained on {scale.text}"
    ends = scale.ends
    if ends is not None and ends[1] == 1 and scale.depth == "float" and depth in ("whole", "16-bit"):
        raise DataError(
            f"{said}. Divide these whole numbers by the value of white, or pass bytes as uint8 (0..255)."
        )
    _refuse_outside(pixels, depth, scale, said)
    white = ends[1] if ends else scale.high
    dark = white >= 100 and high <= DARK and (depth != scale.depth or depth == "float")
    if dark and depth != scale.depth and low >= -DARK and _has_fractions(pixels):
        raise DataError(f"{said}. Is their scale 0..1 or -1..1? Convert them to that of training first.")
    if dark:
        return (Note(f"{said}. They are taken to be nearly black; multiply them if white is 1.", 1.0),)
    if scale.low < -SLACK * scale.high and low >= 0:
        return (Note(f"{said}. They are taken as they are; is black 0 here?", 1.0),)
    if depth != scale.depth and high < 0.02 * white:
        return (Note(f"{said}. They are taken as they are, that is, as very dark.", 1.0),)
    return _notes_outside(pixels, scale, said)


def depth_of(dtype: np.dtype[Any]) -> Depth:
    """Return how an array stores pixels."""
    if dtype.kind == "b":
        return "1-bit"
    if dtype.kind == "f":
        return "float"
    named: dict[str, Depth] = {"uint8": "8-bit", "uint16": "16-bit"}
    return named.get(dtype.name, "whole")


def _told_by_type(depth: Depth, scale: Scale) -> bool:
    """Whether an array's type says what white is, where the job knows that, too."""
    if depth == "1-bit":
        return True
    if depth == "8-bit":
        return scale.ends is not None or scale.depth in TOPS
    return depth == "16-bit" and scale.depth == "float" and scale.ends is not None and scale.ends[1] == 1


def _kind(depth: Depth) -> str:
    return {"whole": "whole-number", "float": "decimal"}.get(depth, depth)


def _to(scale: Scale) -> str:
    ends = scale.ends or (scale.low, scale.high)
    return f"converted to {ends[0]:g}..{ends[1]:g}, the scale of training"


def _refuse_outside(pixels: np.ndarray, depth: Depth, scale: Scale, said: str) -> None:
    """Refuse what is beyond black or white, or where these are not known far beyond training."""
    if scale.depth in ("8-bit", "16-bit"):
        first, last = 0.0, TOPS[scale.depth]
    else:
        first, last = scale.ends or (2 * scale.low - scale.high, 2 * scale.high - scale.low)
    slack = SLACK * (last - first) if depth == "float" else 0.0
    allowed = 0.0 if scale.depth in ("8-bit", "16-bit") and depth != "float" else FEW
    outside = _share_outside(pixels, first - slack, last + slack)
    if outside > allowed:
        raise DataError(f"{said}. {outside:.0%} of the pixels cannot be on that scale. Convert them first.")


def _notes_outside(pixels: np.ndarray, scale: Scale, said: str) -> tuple[str, ...]:
    span = scale.high - scale.low
    outside = _share_outside(pixels, scale.low - span, scale.high + span)
    return (Note(f"{said}. {outside:.1%} of them are far outside of that.", outside),) if outside else ()


def _ends(pixels: np.ndarray) -> tuple[float, float]:
    return float(pixels.min()), float(pixels.max())


def _share_outside(pixels: np.ndarray, first: float, last: float) -> float:
    parts = (pixels[start : start + BLOCK] for start in range(0, len(pixels), BLOCK))
    return sum(int(((part < first) | (part > last)).sum()) for part in parts) / pixels.size


def _has_fractions(pixels: np.ndarray) -> bool:
    if pixels.dtype.kind != "f":
        return False
    parts = (pixels[start : start + BLOCK] for start in range(0, len(pixels), BLOCK))
    return any(bool((part != np.rint(part)).any()) for part in parts)
