"""Masks as picture files: which number stands for which class, and how files hold it.

A value of a mask is a whole number: the grey level, the place in a palette, 0 or 1 of a picture with one
bit, or a colour as ``red * 65536 + green * 256 + blue``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image

MaskMode: TypeAlias = Literal["1", "L", "I;16", "P", "RGB"]
"""Pillow's modes that masks are written in."""

HEIGHT, WIDTH = "height", "width"
"""Columns with the size of each picture in pixels; see ``Examples.keys``."""

PREDICTION = "prediction"
"""Column of the predicted masks: arrays in Python, names of files on a disk."""


@dataclass(frozen=True, kw_only=True)
class MaskForm:
    """How masks hold classes.

    Attributes:
        values: of each class, ascending.
        titles: what users read of each class: its value, its colour or its name.
        ignored: value of pixels that count nowhere, or None.
        mode: of the files.
        palette: of mode ``P``: red, green and blue of each place, one after another.
    """

    values: tuple[int, ...]
    titles: tuple[str, ...]
    ignored: int | None = None
    mode: MaskMode = "L"
    palette: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``form_of`` restores it."""
        return asdict(self)

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Return the class of each pixel from its value, as int16; -1 where the value is no class."""
        known = np.array(self.values)
        places = np.clip(np.searchsorted(known, values), 0, len(known) - 1)
        return np.asarray(np.where(known[places] == values, places, -1), np.int16)

    def mask(self, codes: np.ndarray) -> np.ndarray:
        """Return the mask of classes ``(h, w)``: unsigned values, colours as ``(h, w, 3) uint8``."""
        values = np.array(self.values)[codes]
        if self.mode == "RGB":
            return np.stack([values >> 16, values >> 8 & 255, values & 255], axis=-1).astype(np.uint8)
        return np.asarray(values, np.uint8 if max(self.values) <= 255 else np.uint16)


def form_of(plain: Mapping[str, Any]) -> MaskForm:
    """Return what ``MaskForm.as_json`` was asked for."""
    lists = {name: tuple(plain[name]) for name in ("values", "titles", "palette")}
    return MaskForm(**{**plain, **lists})


def values_of(picture: Image.Image) -> tuple[np.ndarray, MaskMode]:
    """Return the values of an opened picture ``(h, w) int32`` and the mode that holds them.

    Raises:
        ValueError: values are no whole numbers.
    """
    mode = picture.mode
    if mode in ("1", "L", "P"):
        return np.asarray(picture).astype(np.int32), mode  # type: ignore[return-value]
    if mode in ("LA", "La", "PA"):
        return values_of(picture.convert("L" if mode != "PA" else "RGB"))
    if mode.startswith("I") or mode == "F":
        deep = np.asarray(picture)
        whole = np.rint(deep).astype(np.int32)
        if not np.array_equal(whole, deep) or whole.min(initial=0) < 0 or whole.max(initial=0) > 65535:
            raise ValueError("values are no whole numbers from 0 to 65535")
        return whole, "I;16" if whole.max(initial=0) > 255 else "L"
    colours = np.asarray(picture.convert("RGB")).astype(np.int32)
    if (colours == colours[..., :1]).all():
        return colours[..., 0], "L"
    return (colours[..., 0] << 16) + (colours[..., 1] << 8) + colours[..., 2], "RGB"


def title_of(value: int, mode: MaskMode) -> str:
    """Return what users read of a value: a number, or a colour such as ``#ff0000``."""
    return f"#{value:06x}" if mode == "RGB" else str(value)


def picture_of(mask: np.ndarray, form: MaskForm) -> Image.Image:
    """Return a mask as a picture of the form's mode; see ``MaskForm.mask``."""
    from PIL import Image

    if form.mode == "1":
        return Image.fromarray(mask.astype(bool))
    picture = Image.fromarray(mask)
    if form.mode == "P":
        picture.putpalette(list(form.palette))
    return picture


def write_masks(table: pd.DataFrame, folder: Path, description: Mapping[str, Any]) -> pd.DataFrame:
    """Write the masks of a table as PNG files, named after the pictures.

    Args:
        table: predictions, with masks in the column ``prediction`` and the pictures' names in ``file``.
        folder: where they go.
        description: of the task.

    Returns:
        the table with the names of the files, relative to the folder, in place of the masks.
    """
    form = form_of(description["form"])
    named = table["file"] if "file" in table else table.iloc[:, 0]
    names = []
    for name, mask in zip(named.astype(str), table[PREDICTION], strict=True):
        place = _free(folder, name)
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        picture_of(mask, form).save(folder / place)
        names.append(place)
    return table.assign(**{PREDICTION: names})


def _free(folder: Path, name: str) -> str:
    """A name below the folder that no file has: pictures of other folders may share theirs."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("..", ".", "/")]
    path = PurePosixPath(*parts[-3:] if PurePosixPath(name).is_absolute() else parts or ("mask",))
    stem, count = path.with_suffix(""), 1
    found = f"{stem}.png"
    while (folder / found).exists():
        count += 1
        found = f"{stem}_{count}.png"
    return found


def shares_of(codes: np.ndarray, count: int) -> np.ndarray:
    """Return the share of each of so many classes among the known pixels ``(count,) float64``."""
    counts = np.bincount(codes[codes >= 0].ravel(), minlength=count).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0))


def listed_classes(titles: Sequence[str], shares: Sequence[float]) -> str:
    """Return ``0 (22%), 255 (78%)``."""
    return ", ".join(f"{title} ({100 * share:.2g}%)" for title, share in zip(titles, shares, strict=True))
