"""Decoding of picture files: each once, in parallel, into one array of one size, which a cache may keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from automl.core.letterbox import fitted, to_canvas, to_size
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.decoded import MISSING, SKIPPED, Decoding, why
from automl.data.image_heads import READING, UNREADABLE, Form, depth_of_picture
from automl.data.image_scales import BYTES, Scale, bring
from automl.data.image_words import holds_words, read_words, stored_as


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Decoded pictures.

    Attributes:
        pixels: ``(n, height, width, channels)`` of the readable files in their order, or with gaps of all
            files, zeros where there is none: uint8 on a scale of 8 bits, else float32.
        kept: positions of the readable files among those asked for ``(n,) int64``.
        notes: how many could not be read, with the first of them.
        sizes: height and width of the readable files, as they are looked at ``(k, 2) int64``.
    """

    pixels: np.ndarray
    kept: np.ndarray
    notes: tuple[str, ...]
    sizes: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))


def decode(
    paths: Sequence[Path | None],
    form: Form,
    where: str,
    *,
    scale: Scale = BYTES,
    gaps: bool = False,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Pictures:
    """Decode files in parallel threads.

    The first frame of an animation is taken, the orientation that a camera noted is honoured, transparent
    parts become white, and the size is changed bilinearly, over the whole area of each new pixel when
    shrinking; the sides' ratio is kept where the form says so.

    Args:
        paths: the files; None for a gap.
        form: what they are brought to.
        where: what the message calls their source.
        scale: what their pixels mean, the same for all.
        gaps: whether what cannot be read stays, as zeros.
        cache: keeps the pixels, decoded straight into a mapped file and read-only then; taken up again
            for the same names, sizes and times of change of the files. Without one they lie in memory.
        phases: is told how many are decoded, or None.

    Raises:
        DataError: more than 5 % are unreadable.
        TimeUpError: the deadline of the phases has passed.
    """
    decoding = Decoding(
        words="images",
        shape=(form.height, form.width, form.channels),
        dtype=scale.dtype,
        read=lambda path: read_picture(path, form, scale),
        unreadable=UNREADABLE,
        key=("pictures", READING, *astuple(form), scale.depth, scale.ends),
        broken=MISSING if gaps else SKIPPED,
        reason=_reason,
        hint=_suffixes,
        files="or smaller image files",
    )
    found = decoding.rows(paths, where, cache, phases or Phases())
    kept = np.flatnonzero(
        [path is not None and not fault for path, fault in zip(paths, found.faults, strict=True)]
    )
    whole = gaps or len(kept) == len(paths)
    return Pictures(pixels=found.rows if whole else found.rows[kept], kept=kept, notes=found.notes)


def read_picture(path: Path, form: Form, scale: Scale | None = None) -> np.ndarray:
    """Decode one file to ``(height, width, channels)`` on a scale, or with its own values by default.

    Raises one of ``UNREADABLE`` when it cannot.
    """
    with Image.open(path) as opened:
        depth, stored = depth_of_picture(opened), stored_as(opened)
        if holds_words(stored):
            values = read_words(path, stored)
        elif depth != "8-bit":
            values = _deep(ImageOps.exif_transpose(opened))
        else:
            mode = "L" if form.channels == 1 else "RGB"
            values = np.asarray(_plain(ImageOps.exif_transpose(opened)).convert(mode))
    pixels = _resized(match_channels(values.reshape(*values.shape[:2], -1), form.channels), form)
    return pixels if scale is None else bring(pixels, depth, scale)


def fit_arrays(pixels: np.ndarray, form: Form) -> np.ndarray:
    """Bring pictures in memory ``(n, h, w, c)`` to a form, as the exported model does; types are kept."""
    if pixels.shape[1:3] == (form.height, form.width):
        return pixels
    whole, bring_to = pixels.dtype == np.uint8, to_canvas if form.letterbox else to_size
    parts = [
        bring_to(part.astype(np.float32), (form.height, form.width), np, whole=whole)
        for part in np.array_split(pixels, -(-len(pixels) // 256))
    ]
    return np.asarray(np.concatenate(parts), pixels.dtype if whole else np.float32)


def match_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """Grey to RGB by repetition; RGB to grey by the weights of ITU-R BT.601, as Pillow does it."""
    if pixels.shape[-1] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=-1)
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)[:, None]
    return np.rint(grey).astype(np.uint8) if pixels.dtype == np.uint8 else grey


def _resized(pixels: np.ndarray, form: Form) -> np.ndarray:
    if form.letterbox:
        height, width = fitted(pixels.shape[0], pixels.shape[1], (form.height, form.width))
        small = _resized(pixels, replace(form, height=height, width=width, letterbox=False))
        return np.pad(small, ((0, form.height - height), (0, form.width - width), (0, 0)))
    size, filtering = (form.width, form.height), Image.Resampling.BILINEAR
    if pixels.dtype == np.uint8:
        picture = Image.fromarray(pixels[..., 0] if form.channels == 1 else pixels)
        return np.asarray(picture.resize(size, filtering)).reshape(form.height, form.width, -1)
    parts = [
        np.asarray(Image.fromarray(part).resize(size, filtering)) for part in np.moveaxis(pixels, -1, 0)
    ]
    return np.stack(parts, axis=-1)


def _deep(picture: Image.Image) -> np.ndarray:
    """Grey of more than 8 bits, as floats of the same values."""
    values = np.asarray(picture).astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("NaN or infinite pixels")
    return values


def _plain(picture: Image.Image) -> Image.Image:
    """Without transparency and palette."""
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    return picture.convert("RGB") if picture.mode == "P" else picture


def _reason(error: Exception) -> str:
    if isinstance(error, IsADirectoryError):
        return "a folder and no file; an empty cell names the folder of its table"
    return why(error)


def _suffixes(faults: Sequence[str]) -> str:
    counts = Counter(Path(fault.split(": ")[0]).suffix for fault in faults)
    common = ", ".join(f"{count} {suffix or 'without ending'}" for suffix, count in counts.most_common(3))
    return f" ({common})"
