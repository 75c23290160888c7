"""Pictures with masks as a data set: both on one canvas, so that a mask lies on its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    masks = _mask_paths(listing)
    facts = look_at_masks(zip(listing.paths, masks, strict=True), source.phases)
    sound, told = _sound(facts, listing)
    listing, masks, facts = listing.take(sound), [masks[at] for at in sound], [facts[at] for at in sound]
    form, notes = agree_on_classes(facts, masks, _root(source), listing.where)
    place = replace(place_of(source, options.image_size), where=listing.where)
    pictures, look, seen = learn_pictures(listing.paths, place, choose=canvas_of)
    canvas = (look.form.height, look.form.width)
    targets = masks_on_canvas([masks[at] for at in pictures.kept], canvas, form, source.phases)
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
        notes=(*listing.notes, *told, *notes, *seen),
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
    masks = _mask_paths(listing)
    facts = look_at_masks(zip(listing.paths, masks, strict=True), source.phases)
    sound, told = _sound(facts, listing)
    listing, masks, facts = listing.take(sound), [masks[at] for at in sound], [facts[at] for at in sound]
    pictures, seen = read_pictures(listing.paths, look, place)
    canvas = (look.form.height, look.form.width)
    targets = masks_on_canvas([masks[at] for at in pictures.kept], canvas, form, source.phases)
    beside = _companions(listing, pictures)
    examples = Examples(inputs={"image": pictures.pixels}, targets={TARGET: targets}, **beside)
    return examples, (*notes, *told, *_odd(facts, form), *seen)


def canvas_of(heads: Heads, side: int | None) -> Form:
    """Choose the canvas of a job; see ``choose_canvas``."""
    return choose_canvas(heads, side, longest=LONGEST_SIDE, beside=PIXEL_BYTES)


def _mask_paths(listing: Listing) -> list[Path]:
    labels = listing.labels
    if labels is None:
        raise DataError(f"{listing.where}: expected masks of the images, found none.")
    return [Path(path) for path in labels.iloc[:, 0]]


def _sound(facts: Sequence[MaskFacts], listing: Listing) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Positions of the pairs that can be used, and a note on the others."""
    faults = [item.fault for item in facts if item.fault]
    sound = np.flatnonzero([not item.fault for item in facts])
    if not faults:
        return sound, ()
    share = len(faults) / len(facts)
    said = f"{len(faults)} of {len(facts)} masks of {listing.where} cannot be used: {listed_faults(faults)}"
    if share > SHARE_OF_BROKEN or not len(sound):
        raise DataError(
            f"{said}. At most 5 % are left out: repair or remove these files; a mask has the "
            "size of its picture."
        )
    return sound, (Note(f"{said}; they were left out.", share),)


def _odd(facts: Sequence[MaskFacts], form: MaskForm) -> tuple[Note, ...]:
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


def _root(source: Source) -> Path | None:
    if source.path is None:
        return None
    return source.path if source.path.is_dir() else source.path.parent
