"""Decoding of picture files: each once, in parallel, into one array of one size, which a cache may keep."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from automl.core.errors import DataError
from automl.core.phases import Phase, Phases
from automl.data.cache import ArrayCache, Draft, key_of
from automl.data.source import PICTURE_SUFFIXES

GREY_MODES = frozenset({"1", "L", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
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
"""Side in pixels that pictures are reduced to unless asked otherwise: a small convolutional network trains
on 64 x 64 in minutes on a CPU, and costs grow with the square of the side."""

MEMORY_LIMIT = 4 << 30
"""Bytes that all pictures of a job may take as float32, the form in which they are trained on."""

DECODING = 1
"""Version of how files become pixels; pixels kept under another one are not taken up."""

SHARE_OF_BROKEN = 0.05
"""Share of unreadable files above which a source is refused."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form that all pictures of a job are brought to: sides in pixels; 1 (grey) or 3 (RGB) channels."""

    height: int
    width: int
    channels: int

    @property
    def text(self) -> str:
        """For messages: ``32 x 32 pixels, RGB``."""
        return f"{self.height} x {self.width} pixels, {'RGB' if self.channels == 3 else 'grey'}"


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Decoded pictures.

    Attributes:
        pixels: ``(n, height, width, channels) uint8``, of the readable files in their order.
        kept: positions of the readable files among those asked for ``(n,) int64``.
        notes: how many were skipped, with the first of them.
    """

    pixels: np.ndarray
    kept: np.ndarray
    notes: tuple[str, ...]


def is_picture(path: Path) -> bool:
    """Whether the file's name says that it is a picture; hidden files are none."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def choose_form(
    paths: Sequence[Path],
    side: int | None,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Form:
    """Choose the form of a job from the heads of its files.

    Grey when every picture is grey, else RGB. With ``side`` the form is a square of that side. Without, it
    is the size that all pictures share when neither side is above 64 pixels, else a square whose side is
    the median of the pictures' shorter sides, at most 64, and less where the pictures would take more than
    4 GiB as float32.

    Args:
        paths: the files; unreadable ones have no say.
        side: side length asked for, in pixels.
        cache: remembers the answer for the same files, or None.
        phases: is told how many heads are read, or None.

    Raises:
        DataError: no file is readable, or the size asked for takes too much memory.
        TimeUpError: the deadline of the phases has passed.
    """
    phases = phases or Phases()
    if cache is None:
        return _form_of_heads(paths, side, phases)

    def build(draft: Draft) -> None:
        draft.put("form", np.array(astuple(_form_of_heads(paths, side, phases))))

    height, width, channels = cache.entry(_key(paths, "form", side), build).arrays["form"].tolist()
    return Form(height=height, width=width, channels=channels)


def _form_of_heads(paths: Sequence[Path], side: int | None, phases: Phases) -> Form:
    with phases.phase("looking at the sizes of pictures", len(paths), unit="pictures") as phase:
        heads = [head for head in _parallel(_head, paths, phase) if head is not None]
    if not heads:
        raise DataError(
            f"None of the {len(paths)} picture files is readable, the first is {paths[0]}. "
            f"Expected pictures in one of the formats {', '.join(PICTURE_SUFFIXES)}."
        )
    channels = 1 if all(grey for _, _, grey in heads) else 3
    height, width = choose_size([head[:2] for head in heads], side, channels)
    return Form(height=height, width=width, channels=channels)


def choose_size(sizes: Sequence[tuple[int, int]], side: int | None, channels: int) -> tuple[int, int]:
    """Choose height and width by the rule of ``choose_form`` from ``(height, width)`` of each picture."""
    affordable = int((MEMORY_LIMIT / (4 * channels * len(sizes))) ** 0.5)
    if side is not None:
        if not 1 <= side <= affordable:
            raise DataError(
                f"{len(sizes)} pictures of {side} x {side} pixels do not fit: expected an image size "
                f"between 1 and {affordable} (4 GiB as float32). Choose a smaller image size."
            )
        return side, side
    largest = min(LARGEST_SIDE, affordable)
    common = sizes[0] if len(set(sizes)) == 1 else None
    if common is not None and max(common) <= largest:
        return common
    square = max(1, min(largest, int(np.median([min(size) for size in sizes]))))
    return square, square


def decode(
    paths: Sequence[Path],
    form: Form,
    where: str,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Pictures:
    """Decode files in parallel threads.

    The first frame of an animation is taken, the orientation that a camera noted is honoured, transparent
    parts become white, 16-bit grey is reduced to 8 bits, and the size is changed bilinearly, over the whole
    area of each new pixel when shrinking; the sides' ratio is not kept.

    Args:
        paths: the files.
        form: what they are brought to.
        where: what the message calls their source.
        cache: keeps the pixels, decoded straight into a mapped file and read-only then; taken up again
            for the same names, sizes and times of change of the files. Without one they lie in memory.
        phases: is told how many are decoded, or None.

    Raises:
        DataError: more than 5 % are unreadable.
        TimeUpError: the deadline of the phases has passed.
    """
    phases = phases or Phases()
    shape = (len(paths), form.height, form.width, form.channels)
    if cache is None:
        pixels = np.empty(shape, np.uint8)
        faults = _fill(pixels, paths, form, phases)
    else:

        def build(draft: Draft) -> None:
            found = _fill(draft.empty("pixels", shape, np.uint8), paths, form, phases)
            _judge(found, where)
            draft.put("faults", np.array(found))

        arrays = cache.entry(_key(paths, *astuple(form)), build).arrays
        pixels, faults = arrays["pixels"], arrays["faults"].tolist()
    notes = _judge(faults, where)
    kept = np.flatnonzero([not fault for fault in faults])
    return Pictures(pixels=pixels if not notes else pixels[kept], kept=kept, notes=notes)


def _fill(pixels: np.ndarray, paths: Sequence[Path], form: Form, phases: Phases) -> list[str]:
    """Decode each file into its place; what is wrong with each, empty where nothing is."""

    def fill(position: int) -> str:
        try:
            pixels[position] = read_picture(paths[position], form)
        except UNREADABLE as error:
            return f"{paths[position].name}: {str(error) or type(error).__name__}"
        return ""

    advice = "fewer or smaller picture files"
    with phases.phase("decoding pictures", len(paths), unit="pictures", advice=advice) as phase:
        return _parallel(fill, range(len(paths)), phase)


def _key(paths: Sequence[Path], *options: object) -> str:
    return key_of("pictures", DECODING, [_stamp(path) for path in paths], *options)


def _stamp(path: Path) -> tuple[str, int, int]:
    """What changes when the file does: name, size, time of change; of a missing one the name alone.

    The whole name, since parts of one data set may hold files of the same names, sizes and times.
    """
    name = os.path.abspath(path)
    try:
        facts = path.stat()
    except OSError:
        return name, -1, -1
    return name, facts.st_size, facts.st_mtime_ns


def read_picture(path: Path, form: Form) -> np.ndarray:
    """Decode one file to ``(height, width, channels) uint8``; raises one of ``UNREADABLE`` if it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened)
            plain = _plain(picture).convert("L" if form.channels == 1 else "RGB")
    resized = plain.resize((form.width, form.height), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.uint8).reshape(form.height, form.width, form.channels)


def _plain(picture: Image.Image) -> Image.Image:
    """Without transparency and with 8 bits per channel."""
    if picture.mode.startswith("I"):
        values = np.asarray(picture, np.float64)
        return Image.fromarray(
            np.clip(values / (257 if values.max() > 255 else 1), 0, 255).astype(np.uint8)
        )
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    return picture.convert("RGB") if picture.mode == "P" else picture


def _head(path: Path) -> tuple[int, int, bool] | None:
    """Height, width and whether it is grey, from the head of the file; None when it is unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                return picture.height, picture.width, _is_grey(picture)
    except UNREADABLE:
        return None


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode == "P":
        colours = np.reshape(picture.getpalette() or [0, 0, 0], (-1, 3))
        return bool((colours == colours[:, :1]).all())
    return picture.mode in GREY_MODES or picture.mode in ("LA", "La")


def _judge(found: Sequence[str], where: str) -> tuple[str, ...]:
    """From what is wrong with each file, empty where nothing is, to a note."""
    faults = [fault for fault in found if fault]
    if not faults:
        return ()
    said = f"{len(faults)} of {len(found)} pictures of {where} are unreadable, the first is {faults[0]}"
    if len(faults) > SHARE_OF_BROKEN * len(found):
        raise DataError(f"{said}. At most 5 % are skipped: mend or remove the files ({_suffixes(faults)}).")
    return (f"{said}; they were skipped.",)


def _suffixes(faults: list[str]) -> str:
    counts = Counter(Path(fault.split(": ")[0]).suffix for fault in faults)
    return ", ".join(f"{count} {suffix}" for suffix, count in counts.most_common(3))


def _parallel(work: Callable[..., Answer], items: Iterable[object], phase: Phase) -> list[Answer]:
    def step(item: object) -> Answer:
        phase.check()
        answer = work(item)
        phase.advance()
        return answer

    with ThreadPoolExecutor(min(16, os.cpu_count() or 1)) as pool:
        return list(pool.map(step, items))
