"""Which pictures and masks belong together, by the names of folders and files.

Four layouts are known: a folder of pictures beside a folder of masks (``images/ masks/``), masks beside
their pictures with a word at the end of their names (``a.png a_mask.png``), a table of two paths, and COCO
files, from whose outlines masks are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.folders import files_below
from automl.core.names import first_names
from automl.core.notes import Note
from automl.data.class_folders import shown_files
from automl.data.image_files import PICTURE_FILES, Listing, list_again, list_files
from automl.data.kinds.picture import names_pictures
from automl.data.masks.outlines import OUTLINED, list_outlined
from automl.data.parts import part_of_word
from automl.data.source import Source
from automl.tasks.catalog import TASKS
from automl.tasks.declaration import CLASS_MAP

if TYPE_CHECKING:
    from automl.data.modality import ReadOptions

_PICTURES = "image images img imgs input inputs photo photos picture pictures jpegimages frame frames"
_MASKS = "mask masks label labels annotation annotations annot seg segmentation segmentations"
_MASKS += " segmentationclass gt groundtruth ground_truth target targets"

PICTURE_WORDS, MASK_WORDS = frozenset(_PICTURES.split()), frozenset(_MASKS.split())
"""Names of folders of pictures and of masks, in small letters."""

_EMPTY_WORDS = PICTURE_WORDS | MASK_WORDS | {"1stho", "2ndho", "manual1"}
"""Words of file names that only say whether it is a picture or a mask."""

_ENDING = re.compile(
    r"(?P<stem>.+)[-_. ](mask|masks|label|labels|seg|segmentation|gt|annotation|1sthO)", re.IGNORECASE
)
"""How masks are named that lie beside their pictures."""

MASKED = 0.5
"""Share of the pictures of a folder that must have such a mask beside them."""

COLUMN = "mask"
"""What the target is called where no column names it."""


@dataclass(frozen=True, kw_only=True)
class _Paired:
    """Files by a common name."""

    pairs: tuple[tuple[Path, Path], ...]
    pictures: tuple[Path, ...]
    masks: tuple[Path, ...]


def list_labelled(source: Source, options: ReadOptions) -> Listing:
    """List pictures of a folder or a table with their labels, or with paths of their masks.

    Args:
        source: a folder or a table.
        options: the task and the target column that are asked for.

    Raises:
        DataError: there are no labels, or masks are asked for, or folders are named so, and none belongs to
            a picture.
    """
    asked = options.task is not None and TASKS[options.task].targets == CLASS_MAP
    if options.task is not None and not asked:
        return list_files(source, options)
    if source.kind == "folder" and source.path is not None:
        listing = _in_folder(source.path) or (list_outlined(source) if asked else None)
        if listing is None and asked:
            raise DataError(
                f"{source.path}: expected pictures with masks: a folder such as images/ beside one such as "
                "masks/, masks beside their pictures (a.png and a_mask.png), or COCO files with outlines. "
                "A CSV of two paths will do, too: name the column with the masks (--target mask)."
            )
        return listing or list_files(source, options)
    return _in_table(list_files(source, options), source, asked=asked)


def list_masked_again(source: Source, schema: Mapping[str, Any], *, targets: bool) -> Listing:
    """List pictures of another source; with ``targets`` with their masks.

    Without, any folder and a single picture will do; of a folder with masks only the pictures are taken.

    Raises:
        DataError: there are none, or no masks where they are needed.
    """
    path = source.path
    if source.kind == "folder" and path is not None:
        found = _in_folder(path)
        if found is None and targets and OUTLINED in schema:
            found = list_outlined(source, schema[OUTLINED])
        if found is not None:
            return found if targets else replace(found, labels=None)
        if targets:
            raise DataError(
                f"{path}: expected pictures with masks, as in training (images/ beside masks/); found no "
                "masks."
            )
    listing = list_again(source, schema, targets=targets)
    return _with_paths(listing, source) if targets else listing


def masks_below(source: Source) -> Mapping[Path, Path]:
    """Return the mask of each picture in a folder that has one, also in folders of parts such as ``train``.

    Empty where there are none.
    """
    root = source.path
    if source.kind != "folder" or root is None:
        return {}

    def found() -> dict[Path, Path]:
        parts = [item for item in sorted(root.iterdir()) if item.is_dir() and part_of_word(item.name)]
        pairs: dict[Path, Path] = {}
        for folder in (root, *parts):
            with suppress(DataError):  # folders that are named so and have nothing to do with each other
                listing = _in_folder(folder)
                if listing is not None and listing.labels is not None:
                    pairs |= zip(listing.paths, map(Path, listing.labels.iloc[:, 0]), strict=True)
        return pairs

    return cast("Mapping[Path, Path]", source.kept.get("masks of pictures", found))


def _in_folder(root: Path) -> Listing | None:
    folders = {item.name.lower(): item for item in sorted(root.iterdir()) if item.is_dir()}
    pictures = [item for name, item in folders.items() if name in PICTURE_WORDS]
    masks = [item for name, item in folders.items() if name in MASK_WORDS]
    if len(masks) > 1:  # annotations of other kinds lie in folders of such names, too
        masks = [item for item in masks if any(map(PICTURE_FILES.has, files_below(item)))]
    if len(pictures) == 1 and len(masks) == 1:
        return _of_two_folders(root, pictures[0], masks[0])
    return _side_by_side(root)


def _of_two_folders(root: Path, pictures: Path, masks: Path) -> Listing | None:
    of_pictures, of_masks = shown_files(pictures, PICTURE_FILES), shown_files(masks, PICTURE_FILES)
    if not of_pictures or not of_masks:
        return None
    found = _paired(_by_stem(of_pictures, pictures), _by_stem(of_masks, masks))
    if not found.pairs:
        raise DataError(
            f"{root}: {pictures.name}/ and {masks.name}/ have no file name in common, such as a.jpg and "
            f"a.png or a_mask.png: got {of_pictures[0].name}, {of_masks[0].name}. Rename the masks after "
            "their pictures, or give a CSV of two paths."
        )
    return _listing(root, pictures, found)


def _side_by_side(root: Path) -> Listing | None:
    files = shown_files(root, PICTURE_FILES)
    stems = _by_stem(files, root)
    masks = {
        match["stem"]: stems[name]
        for name in stems
        if (match := _ENDING.fullmatch(name)) and match["stem"] in stems
    }
    of_masks = {file for some in masks.values() for file in some}
    rest = {name: some for name, some in stems.items() if not of_masks & set(some)}
    if not masks or len(masks) < MASKED * len(rest):
        return None
    return _listing(root, root, _paired(rest, masks))


def _paired(pictures: Mapping[str, Sequence[Path]], masks: Mapping[str, Sequence[Path]]) -> _Paired:
    """Pair by the same name, else by names that are the same but for words about pictures and masks."""
    left, right = dict(pictures), dict(masks)
    pairs: list[tuple[Path, Path]] = []
    for reduced in (lambda name: name, _reduced):
        ours, theirs = _grouped(left, reduced), _grouped(right, reduced)
        for key in [key for key in ours if key in theirs]:
            (name, *more), (other, *others) = ours[key], theirs[key]
            single = not more and not others and len(left[name]) == 1 and len(right[other]) == 1
            if single:  # which of several masks is meant is not guessed
                pairs.append((left.pop(name)[0], right.pop(other)[0]))
    return _Paired(
        pairs=tuple(sorted(pairs)),
        pictures=tuple(file for some in left.values() for file in some),
        masks=tuple(file for some in right.values() for file in some),
    )


def _grouped(names: Mapping[str, Any], reduced: Any) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(reduced(name), []).append(name)
    return groups


def _reduced(name: str) -> str:
    """A name without words that only say whether it is a picture or a mask: ``img_7`` and ``7_gt``."""
    folder, _, stem = name.rpartition("/")
    words = [word for word in re.split(r"[-_. ]+", stem.lower()) if word]
    kept = [word for word in words if word not in _EMPTY_WORDS]
    return f"{folder.lower()}/{'_'.join(kept or words)}"


def _by_stem(files: Sequence[Path], root: Path) -> dict[str, list[Path]]:
    """Files by their names without endings, relative to a folder."""
    stems: dict[str, list[Path]] = {}
    for file in files:
        stems.setdefault(file.relative_to(root).with_suffix("").as_posix(), []).append(file)
    return stems


def _listing(root: Path, pictures: Path, found: _Paired) -> Listing:
    paths = tuple(picture for picture, _ in found.pairs)
    keys = np.array([path.relative_to(pictures).as_posix() for path in paths], dtype=object)
    masks = [str(mask) for _, mask in found.pairs]
    return Listing(
        paths=paths,
        keys=keys,
        where=str(root),
        labels=pd.DataFrame({COLUMN: masks}, dtype=object),
        masks=True,
        notes=(
            *_unmatched(found.pictures, len(paths), "pictures have no mask of their name"),
            *_unmatched(found.masks, len(paths), "masks have no picture of their name"),
        ),
    )


def _unmatched(files: Sequence[Path], pairs: int, said: str) -> tuple[Note, ...]:
    if not files:
        return ()
    count = len(files) + pairs
    named = first_names([file.name for file in files], 3)
    text = f"{len(files)} of {count} {said} and were left out: {named}."
    return (Note(text, len(files) / count),)


def _in_table(listing: Listing, source: Source, *, asked: bool) -> Listing:
    labels = listing.labels
    if labels is None or labels.shape[1] != 1 or not names_pictures(labels.iloc[:, 0]):
        if not asked:
            return listing
        raise DataError(
            f"{listing.where}: expected one target column of paths of masks, got "
            f"{first_names(listing.names, 5)}."
        )
    return _with_paths(listing, source)


def _with_paths(listing: Listing, source: Source) -> Listing:
    """Paths of masks as they can be opened."""
    from automl.data.image_files import path_of
    from automl.data.tables import as_text

    labels = listing.labels
    if labels is None:
        raise DataError(f"{listing.where}: expected masks beside the pictures, found none.")
    base = source.path.parent if source.path is not None else Path.cwd()
    paths = [str(path_of(base, cell)) if cell else "" for cell in as_text(labels.iloc[:, 0])]
    column = pd.DataFrame({str(labels.columns[0]): paths}, dtype=object, index=labels.index)
    return replace(listing, labels=column, masks=True)
