"""Mask files: what values they hold, which of these are classes, and masks on the canvas of a job.

Files are opened twice, for their values and then for the canvas, which is known only when all sizes are:
so no mask of a camera's size stays in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from automl.core.errors import DataError
from automl.core.letterbox import nearest
from automl.core.names import first_names
from automl.core.phases import Phases
from automl.data.image_heads import UNREADABLE, sides_as_seen
from automl.data.many_files import in_parallel
from automl.tasks.mask_files import MaskForm, MaskMode, listed_classes, title_of, values_of

MOST_CLASSES = 200
"""More different values than these are no classes: ADE20K has 150."""

VOID = 255
"""What pixels without a class are called beside classes that are counted from 0 or 1, as in Pascal VOC."""

UNNAMED = frozenset({"void", "unlabelled", "unlabeled", "ignore", "ignored", "unknown"})
"""Names of what counts nowhere."""

CLASS_FILES = ("classes.txt", "labels.txt")
"""Files with a name for each value from 0 on, a line each."""

LOSSY = (".jpg", ".jpeg")

_GROUPS: Mapping[MaskMode, str] = {
    "1": "bits",
    "L": "levels",
    "I;16": "levels",
    "P": "levels",
    "RGB": "colours",
}


@dataclass(frozen=True, kw_only=True)
class MaskFacts:
    """What a mask file holds.

    Attributes:
        counts: pixels of each value.
        mode: what holds the values.
        palette: of mode ``P``.
        fault: what is wrong with it or with its picture, empty where nothing is.
    """

    counts: Mapping[int, int]
    mode: MaskMode = "L"
    palette: tuple[int, ...] = ()
    fault: str = ""


def look_at_masks(pairs: Iterable[tuple[Path, Path]], phases: Phases | None = None) -> list[MaskFacts]:
    """Look at pictures and masks; a mask of another size than its picture is a fault.

    Args:
        pairs: picture and mask.
        phases: is told how many are looked at, or None.
    """
    items = list(pairs)
    with (phases or Phases()).phase("looking at masks", len(items), unit="masks") as phase:
        return in_parallel(_facts, items, phase)


def masks_on_canvas(
    paths: Sequence[Path], canvas: tuple[int, int], form: MaskForm, phases: Phases | None = None
) -> np.ndarray:
    """Return the classes of pixels on a canvas ``(n, *canvas) int16``, -1 where there is none.

    Raises:
        OSError, ValueError: a file has changed since it was looked at.
    """

    def read(path: Path) -> np.ndarray:
        return nearest(form.codes(_opened(path)[0]), canvas, -1)

    with (phases or Phases()).phase("decoding masks", len(paths), unit="masks") as phase:
        return np.stack(in_parallel(read, paths, phase))


def agree_on_classes(
    facts: Sequence[MaskFacts], paths: Sequence[Path], root: Path | None, where: str
) -> tuple[MaskForm, tuple[str, ...]]:
    """Find the classes of all masks, and what counts nowhere.

    Args:
        facts: of each mask, none with a fault.
        paths: of the masks.
        root: folder in which, or above which, names of classes may lie; or None.
        where: what messages call the source.

    Raises:
        DataError: one value, too many of them, or modes that cannot be compared.
    """
    mode = _common_mode(facts, paths, where)
    counts: Counter[int] = Counter()
    for item in facts:
        counts.update(item.counts)
    _refuse_no_classes(counts, facts, paths, where)
    names = _names(root, counts) if mode != "RGB" else ()
    ignored = _ignored(counts, names, mode)
    values = tuple(sorted(value for value in counts if value != ignored))
    if len(values) < 2:
        raise DataError(
            f"{where}: masks hold one class ({title_of(values[0], mode)}) beside the ignored value "
            f"{ignored}: nothing to learn."
        )
    titles = tuple(names[value] if names else title_of(value, mode) for value in values)
    palette = next((item.palette for item in facts if item.palette), ())
    form = MaskForm(values=values, titles=titles, ignored=ignored, mode=mode, palette=palette)
    return form, _told(form, counts)


def unknown_values(facts: Sequence[MaskFacts], form: MaskForm) -> tuple[list[int], float]:
    """Return values that are neither classes nor ignored, and their share of the pixels."""
    counts: Counter[int] = Counter()
    for item in facts:
        counts.update(item.counts)
    odd = sorted(value for value in counts if value not in form.values and value != form.ignored)
    return odd, sum(counts[value] for value in odd) / max(1, counts.total())


def _facts(pair: tuple[Path, Path]) -> MaskFacts:
    picture, mask = pair
    try:
        values, mode, palette = _opened(mask)
    except UNREADABLE as error:
        return MaskFacts(counts={}, fault=f"{_short(mask)}: {error}")
    try:
        size = sides_as_seen(picture)
    except UNREADABLE as error:
        return MaskFacts(counts={}, fault=f"{_short(picture)}: {error}")
    found, times = np.unique(values, return_counts=True)
    shape = (values.shape[0], values.shape[1])
    fault = "" if shape == size else f"{_short(mask)} has {_by(shape)} pixels and its picture {_by(size)}"
    counts = dict(zip(found.tolist(), times.tolist(), strict=True))
    return MaskFacts(counts=counts, mode=mode, palette=palette, fault=fault)


def _opened(path: Path) -> tuple[np.ndarray, MaskMode, tuple[int, ...]]:
    with Image.open(path) as opened:
        turned = ImageOps.exif_transpose(opened)
        values, mode = values_of(turned)
        palette = tuple(turned.getpalette() or ()) if mode == "P" else ()
    return values, mode, palette


def _common_mode(facts: Sequence[MaskFacts], paths: Sequence[Path], where: str) -> MaskMode:
    modes = Counter(item.mode for item in facts)
    groups: dict[str, Path] = {}
    for item, path in zip(facts, paths, strict=True):
        groups.setdefault(_GROUPS[item.mode], path)
    # a mask of one colour looks like one of levels
    if len(groups) > 1 and not (set(groups) == {"colours", "levels"} and _black_or_white(facts)):
        shown = ", ".join(f"{group} ({_short(path)})" for group, path in groups.items())
        raise DataError(
            f"{where}: masks hold classes in different ways: {shown}. Save all of them "
            "alike, as PNG with one grey level for each class."
        )
    if "RGB" in modes:
        return "RGB"
    if "I;16" in modes:
        return "I;16"
    return max(modes, key=lambda mode: modes[mode])


def _black_or_white(facts: Sequence[MaskFacts]) -> bool:
    """Whether all masks of levels are black or white: in colours these are pictures without colour."""
    return all(set(item.counts) <= {0, 255} for item in facts if item.mode != "RGB")


def _refuse_no_classes(
    counts: Mapping[int, int], facts: Sequence[MaskFacts], paths: Sequence[Path], where: str
) -> None:
    if len(counts) < 2:
        raise DataError(
            f"{where}: every pixel of all {len(facts)} masks has the value {next(iter(counts), 0)}: "
            "nothing to learn. Are these the masks?"
        )
    most = max(range(len(facts)), key=lambda at: len(facts[at].counts))
    lossy = len(counts) > 2 and any(path.suffix.lower() in LOSSY for path in paths)
    if len(counts) > MOST_CLASSES or lossy:
        why = "JPEG changes values" if lossy else "a smoothed edge is no class"
        raise DataError(
            f"{where}: masks hold {len(counts)} different values ({_short(paths[most])} alone "
            f"{len(facts[most].counts)}), expected one for each class, at most {MOST_CLASSES}: {why}. Save "
            "masks as PNG, resized without smoothing."
        )


def _names(root: Path | None, counts: Mapping[int, int]) -> tuple[str, ...]:
    """Names of the values from 0 on, from a file in a folder or above it; empty where there is none.

    Beside two classes or more the value of pixels without a class needs no name.
    """
    if root is None:
        return ()
    classes = [value for value in counts if value != VOID]
    highest = max(classes if len(classes) > 1 else counts)
    for folder in (root, root.absolute().parent):
        for name in CLASS_FILES:
            try:
                lines = (folder / name).read_text(encoding="utf-8").split("\n")
            except (OSError, UnicodeDecodeError):
                continue
            names = tuple(line.strip() for line in lines if line.strip())
            nameless = VOID in counts and len(names) <= VOID
            void = {name.lower() for value, name in enumerate(names) if value in counts} & UNNAMED
            if len(names) > highest and len(set(names)) == len(names) and not (nameless and void):
                return names
    return ()


def _ignored(counts: Mapping[int, int], names: Sequence[str], mode: MaskMode) -> int | None:
    if mode in ("1", "RGB"):
        return None
    for value, name in enumerate(names):
        if name.lower() in UNNAMED and value in counts:
            return value
    if names and len(names) <= VOID and VOID in counts:
        return VOID
    others = sorted(value for value in counts if value != VOID)
    counted = len(others) >= 2 and others[0] in (0, 1) and others == list(range(others[0], others[-1] + 1))
    return VOID if VOID in counts and counted else None


def _told(form: MaskForm, counts: Mapping[int, int]) -> tuple[str, ...]:
    total = sum(counts[value] for value in form.values)
    shares = [counts[value] / total for value in form.values]
    notes = [f"Masks hold {len(form.values)} classes: {listed_classes(form.titles, shares)}."]
    if form.ignored is not None:
        share = counts[form.ignored] / sum(counts.values())
        notes.append(
            f"Pixels of the value {form.ignored} ({100 * share:.2g}%) have no class: they count neither in "
            "training nor in scores."
        )
    if len(form.values) == 2:
        notes.append(f"dice is that of the rarer class, {form.titles[int(np.argmin(shares))]}.")
    return tuple(notes)


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _short(path: Path) -> str:
    return "/".join(path.parts[-2:])


def listed_faults(faults: Sequence[str]) -> str:
    """Return the first faults as a message has them."""
    return first_names(list(faults), 2)
