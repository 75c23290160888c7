"""Pictures with masks as a data set: both on one canvas, so that a mask lies on its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.data.columns import place_of
from automl.data.image_canvas import choose_canvas
from automl.data.image_heads import Form, Heads
from automl.data.images import Pictures
from automl.data.look import learn_pictures, look_of, read_pictures
from automl.data.many_files import SHARE_OF_BROKEN
from automl.data.masks.files import (
    MaskFacts,
    agree_on_classes,
    listed_faults,
    look_at_masks,
    masks_on_canvas,
    unknown_values,
)
from automl.data.masks.outlines import OUTLINED
from automl.data.modality import Dataset, Examples, Handling
from automl.tasks.catalog import task_of
from automl.tasks.declaration import CLASS_MAP, TargetFacts
from automl.tasks.mask_files import HEIGHT, WIDTH, MaskForm, form_of

if TYPE_CHECKING:
    from automl.data.image_files import Listing
    from automl.data.modality import ReadOptions
    from automl.data.source import Source

MASKS = "masks"
"""Under which a schema holds the form of the masks."""

LONGEST_SIDE = 256
"""Longest side in pixels that pictures have unless asked otherwise; costs grow with its square."""

PIXEL_BYTES = 12
"""Of a pixel of a mask, in the forms that it is held in while a job runs."""

PIXEL_SECONDS = 5e-6
"""Of one core, for a pixel in a pass of training: a default network takes about so long."""

SEEN, MOST_PASSES = 4_000, 200
"""Pictures that a trial sees at least, and passes that it makes for it; every pixel has its class."""


def dataset_of_masks(listing: Listing, options: ReadOptions, source: Source) -> Dataset:
    """Read pictures and masks for training.

    Args:
        listing: pictures, with paths of masks as labels.
        options: the side that is asked for.
        source: what they were listed from.

    Raises:
        DataError: no pair can be read, more than 5 % cannot, or masks hold no classes.
    """
    masks = sound_masks(list(zip(listing.paths, _mask_paths(listing), strict=True)), listing.where, source)
    listing = listing.take(masks.kept)
    form, notes = agree_on_classes(masks.facts, masks.paths, _names_in(listing, source), listing.where)
    place = replace(place_of(source, options.image_size), where=listing.where)
    pictures, look, seen = learn_pictures(listing.paths, place, choose=canvas_of)
    targets = masks.on_canvas(pictures.kept, look.form, form, source)
    beside = _companions(listing, pictures)
    return Dataset(
        examples=Examples(inputs={"image": pictures.pixels}, targets={TARGET: targets}, **beside),
        schema={
            **listing.schema,
            **look.as_json(),
            "task": task_of(TargetFacts(kind=CLASS_MAP)),
            "names": list(listing.names),
            "flags": None,
            MASKS: form.as_json(),
        },
        task=task_of(TargetFacts(kind=CLASS_MAP)),
        target_names=listing.names,
        notes=(*listing.notes, *masks.notes, *notes, *seen),
        columns=("image",),
        kinds={"image": f"images: {look.form.text}"},
        handling=_handling(look.form),
    )


def examples_of_masks(
    listing: Listing, schema: Mapping[str, Any], source: Source
) -> tuple[Examples, tuple[str, ...]]:
    """Read other pictures, and their masks where the listing has them, to the form of training."""
    form, look = form_of(schema["masks"]), look_of(schema)
    place = replace(place_of(source), where=listing.where)
    notes = listing.notes
    if listing.labels is None:
        pictures, seen = read_pictures(listing.paths, look, place)
        beside = _companions(listing, pictures)
        return Examples(inputs={"image": pictures.pixels}, **beside), (*notes, *seen)
    masks = sound_masks(list(zip(listing.paths, _mask_paths(listing), strict=True)), listing.where, source)
    listing = listing.take(masks.kept)
    pictures, seen = read_pictures(listing.paths, look, place)
    targets = masks.on_canvas(pictures.kept, look.form, form, source)
    beside = _companions(listing, pictures)
    examples = Examples(inputs={"image": pictures.pixels}, targets={TARGET: targets}, **beside)
    return examples, (*notes, *masks.notes, *odd_values(masks.facts, form), *seen)


@dataclass(frozen=True, kw_only=True)
class SoundMasks:
    """Masks that can be used.

    Attributes:
        kept: positions of their pairs among those that were asked for ``(n,) int64``.
        paths: of the masks.
        facts: what each holds.
        notes: what is wrong with the others.
    """

    kept: np.ndarray
    paths: Sequence[Path]
    facts: Sequence[MaskFacts]
    notes: tuple[Note, ...]

    def on_canvas(self, rows: np.ndarray, canvas: Form, form: MaskForm, source: Source) -> np.ndarray:
        """Return classes of pixels ``(rows, height, width) int16``; see ``masks_on_canvas``.

        Args:
            rows: positions of the masks among these.
            canvas: of the job.
            form: what stands for which class.
            source: is told how far this is.
        """
        paths = [self.paths[row] for row in rows]
        return masks_on_canvas(paths, (canvas.height, canvas.width), form, source.phases)


def sound_masks(pairs: Sequence[tuple[Path, Path]], where: str, source: Source) -> SoundMasks:
    """Look at the masks of pictures and leave out those that cannot be used.

    Args:
        pairs: picture and mask.
        where: what messages call their source.
        source: is told how far this is.

    Raises:
        DataError: more than 5 % cannot be used.
    """
    facts = look_at_masks(pairs, source.phases)
    faults = [item.fault for item in facts if item.fault]
    kept = [at for at, item in enumerate(facts) if not item.fault]
    notes: tuple[Note, ...] = ()
    if faults:
        share = len(faults) / len(facts)
        said = f"{len(faults)} of {len(facts)} masks of {where} cannot be used: {listed_faults(faults)}"
        if share > SHARE_OF_BROKEN or not kept:
            raise DataError(
                f"{said}. At most 5 % are left out: repair or remove these files; a mask has the "
                "size of its picture."
            )
        notes = (Note(f"{said}; they were left out.", share),)
    return SoundMasks(
        kept=np.array(kept, np.int64),
        paths=[pairs[at][1] for at in kept],
        facts=[facts[at] for at in kept],
        notes=notes,
    )


def canvas_of(heads: Heads, side: int | None) -> Form:
    """Choose the canvas of a job; see ``choose_canvas``."""
    return choose_canvas(heads, side, longest=LONGEST_SIDE, beside=PIXEL_BYTES)


def _names_in(listing: Listing, source: Source) -> Path | None:
    """The folder in which, or above which, names of classes may lie: beside masks that were drawn."""
    return _mask_paths(listing)[0].parent if OUTLINED in listing.schema else root_of(source)


def _mask_paths(listing: Listing) -> list[Path]:
    labels = listing.labels
    if labels is None:
        raise DataError(f"{listing.where}: expected masks of the images, found none.")
    return [Path(path) for path in labels.iloc[:, 0]]


def odd_values(facts: Sequence[MaskFacts], form: MaskForm) -> tuple[Note, ...]:
    """Tell of values that training did not have."""
    odd, share = unknown_values(facts, form)
    if not odd:
        return ()
    shown = ", ".join(map(str, odd[:5])) + (", ..." if len(odd) > 5 else "")
    text = f"Masks hold values that training did not have ({shown}); these pixels are not scored."
    return (Note(text, share),)


def _companions(listing: Listing, pictures: Pictures) -> dict[str, Any]:
    """What goes beside inputs and targets, with the size of each picture among the keys."""
    companions = listing.companions(pictures.kept)
    keys = {**companions["keys"], HEIGHT: pictures.sizes[:, 0], WIDTH: pictures.sizes[:, 1]}
    return {**companions, "keys": keys}


def _handling(form: Form) -> Handling:
    return Handling(
        examples_per_epoch=50_000,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=PIXEL_SECONDS * form.height * form.width,
    )


def root_of(source: Source) -> Path | None:
    """Return the folder in which, or above which, names of classes may lie."""
    if source.path is None:
        return None
    return source.path if source.path.is_dir() else source.path.parent
