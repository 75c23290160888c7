"""Heads of picture files: sizes, colours and depths, from which the form of a job is chosen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.decoded import heads_of
from automl.data.image_scales import Depth, Scale, can_bring
from automl.data.image_words import holds_words, stored_as
from automl.data.source import PICTURE_SUFFIXES

GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders raise for files that are cut off, garbled or absurdly large."""

LARGEST_SIDE = 64
"""Side in pixels that images are reduced to unless asked otherwise: a small convolutional network trains
on 64 x 64 in minutes on a CPU, and costs grow with the square of the side."""

MEMORY_LIMIT = 4 << 30
"""Bytes that all images of a job may take as float32, the form in which they are trained on."""

READING = 5
"""Version of how files become facts and pixels; what was kept under another one is not taken up."""

DEPTHS: tuple[Depth, ...] = ("8-bit", "16-bit", "whole", "float")


_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)
"""The tag by which cameras say how a picture is to be turned, and the values that swap its sides."""

_END = 1 << 16
"""Bytes at the end of a file in which such a note is looked for."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form that all images of a job are brought to: sides in pixels; 1 (grey) or 3 (RGB) channels.

    With ``letterbox`` images keep their proportions; see ``core.letterbox``.
    """

    height: int
    width: int
    channels: int
    letterbox: bool = False

    @property
    def text(self) -> str:
        """For messages: ``32 x 32 pixels, RGB``."""
        return f"{self.height} x {self.width} pixels, {'RGB' if self.channels == 3 else 'grey'}"


@dataclass(frozen=True, kw_only=True)
class Heads:
    """What the heads of the readable files say.

    Attributes:
        paths: all files, unreadable ones too.
        sizes: height and width, as they are looked at ``(n, 2) int64``.
        grey: whether each is grey ``(n,) bool``.
        depths: place of each one's depth in ``DEPTHS`` ``(n,) int64``.
        cut: whether each has 16 bits, of which only the upper 8 can be read, as of CMYK ``(n,) bool``.
        frames: whether each has more than one frame ``(n,) bool``.
        each: sizes of all files, 0 of unreadable ones ``(paths, 2) int64``.
    """

    paths: Sequence[Path]
    sizes: np.ndarray
    grey: np.ndarray
    depths: np.ndarray
    cut: np.ndarray
    frames: np.ndarray
    each: np.ndarray


def read_heads(
    paths: Sequence[Path], cache: ArrayCache | None = None, phases: Phases | None = None
) -> Heads:
    """Read the heads of files; unreadable ones have no say.

    Args:
        paths: the files.
        cache: remembers the answer for the same files, or None.
        phases: is told how many heads are read, or None.

    Raises:
        TimeUpError: the deadline of the phases has passed.
    """
    facts = heads_of(
        paths,
        _head,
        words="images",
        form=(6, np.int64),
        key=("pictures", READING),
        cache=cache,
        phases=phases or Phases(),
    )
    return _heads(paths, facts)


def choose_form(heads: Heads, side: int | None, *, largest: int = LARGEST_SIDE) -> Form:
    """Choose the form of a job.

    Grey when every picture is grey, else RGB. With ``side`` the form is a square of that side. Without, it
    is the size that all images share when neither side is above ``largest``, else a square whose side is
    the median of the pictures' shorter sides, at most ``largest``, and less where the images would take
    more than 4 GiB as float32.

    Args:
        heads: of the training files.
        side: side length asked for, in pixels.
        largest: side that is enough unless asked otherwise, in pixels.

    Raises:
        DataError: no file is readable, or the size asked for takes too much memory.
    """
    channels = choose_channels(heads)
    height, width = choose_size([(row[0], row[1]) for row in heads.sizes.tolist()], side, channels, largest)
    return Form(height=height, width=width, channels=channels)


def choose_channels(heads: Heads) -> int:
    """Return 1 when every picture is grey, else 3.

    Raises:
        DataError: no file is readable.
    """
    if not len(heads.sizes):
        raise DataError(
            f"None of the {len(heads.paths)} image files is readable, the first is {heads.paths[0]}. "
            f"Expected images in one of the formats {', '.join(PICTURE_SUFFIXES)}."
        )
    return 1 if heads.grey.all() else 3


def choose_size(
    sizes: Sequence[tuple[int, int]], side: int | None, channels: int, largest: int = LARGEST_SIDE
) -> tuple[int, int]:
    """Choose height and width by the rule of ``choose_form`` from ``(height, width)`` of each picture."""
    affordable = int((MEMORY_LIMIT / (4 * channels * len(sizes))) ** 0.5)
    if side is not None:
        if not 1 <= side <= affordable:
            raise DataError(
                f"{len(sizes)} images of {side} x {side} pixels do not fit: expected an image size "
                f"between 1 and {affordable} (4 GiB as float32). Choose a smaller image size."
            )
        return side, side
    largest = min(largest, affordable)
    common = sizes[0] if len(set(sizes)) == 1 else None
    if common is not None and max(common) <= largest:
        return common
    square = max(1, min(largest, int(np.median([min(size) for size in sizes]))))
    return square, square


def choose_depth(heads: Heads) -> Depth:
    """Choose the depth of a job: that of most files; 8 and 16 bits go together, as 16."""
    counts = dict(zip(DEPTHS, np.bincount(heads.depths, minlength=len(DEPTHS)).tolist(), strict=True))
    together = counts["8-bit"] + counts["16-bit"] if counts["16-bit"] else 0
    return max(DEPTHS, key=lambda depth: together if depth == "16-bit" else counts[depth])


def notes_of_heads(heads: Heads, scale: Scale) -> tuple[str, ...]:
    """What a user should know of files that are brought to a job's scale."""
    count, notes = max(1, len(heads.depths)), []
    for place, depth in enumerate(DEPTHS):
        others = int((heads.depths == place).sum())
        if others and depth != scale.depth and can_bring(depth, scale):
            notes.append(_note(others, count, f"are {depth}, and were converted to {scale.text}"))
    if heads.cut.any():
        advice = "where their contrast is low, stretch it first, or save them as grey"
        notes.append(_note(heads.cut.sum(), count, f"have colours of 16 bits, cut to 8; {advice}"))
    if heads.frames.any():
        animated = any(path.suffix.lower() == ".gif" for path in heads.paths)
        hint = " (--modality video reads animated GIFs whole)" if animated else ""
        said = f"have several frames or pages; the first one is read{hint}"
        notes.append(_note(heads.frames.sum(), count, said))
    return tuple(notes)


def depth_of_picture(picture: Image.Image) -> Depth:
    """Return how a picture that is not yet loaded stores its pixels."""
    if picture.mode == "F":
        return "float"
    if holds_words(stored_as(picture)):
        return "16-bit"
    # Pillow brings any highest value of a PGM file to 65535
    if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format in ("PNG", "PPM")):
        return "16-bit"
    return "whole" if picture.mode == "I" else "8-bit"


def sides_as_seen(path: Path) -> tuple[int, int]:
    """Return height and width of a picture in pixels, turned as its camera noted.

    Raises one of ``UNREADABLE`` when it cannot be read.
    """
    with Image.open(path) as picture:
        return _as_seen(picture, path)


def _note(some: int, count: int, said: str) -> Note:
    return Note(f"{some} of {count} images {said}.", some / count)


def _heads(paths: Sequence[Path], facts: np.ndarray) -> Heads:
    known = np.asarray(facts[facts[:, 0] > 0])
    return Heads(
        paths=paths,
        sizes=known[:, :2],
        grey=known[:, 2] > 0,
        depths=known[:, 3],
        cut=known[:, 4] > 0,
        frames=known[:, 5] > 0,
        each=facts[:, :2],
    )


def _head(path: Path) -> tuple[int, int, bool, int, bool, bool]:
    try:
        with Image.open(path) as picture:
            stored = stored_as(picture)
            grey = _is_grey(picture) or stored.startswith("LA;16")
            depth = depth_of_picture(picture)
            cut = depth == "8-bit" and ";16" in stored
            frames = bool(getattr(picture, "is_animated", False))
            return *_as_seen(picture, path), grey, DEPTHS.index(depth), cut, frames
    except UNREADABLE:
        return 0, 0, False, 0, False, False


def _as_seen(picture: Image.Image, path: Path) -> tuple[int, int]:
    """Height and width, turned as the camera noted."""
    # to find a note behind the pixels of a PNG, Pillow decodes it
    silent = picture.format == "PNG" and "exif" not in picture.info and b"eXIf" not in _end_of(path)
    turned = not silent and picture.getexif().get(_ORIENTATION) in _TURNED
    return (picture.width, picture.height) if turned else (picture.height, picture.width)


def _end_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END))
        return stream.read()


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode == "P":
        colours = np.reshape(picture.getpalette() or [0, 0, 0], (-1, 3))
        return bool((colours == colours[:, :1]).all())
    return picture.mode in GREY_MODES
