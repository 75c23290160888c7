"""The modality ``image``: class folders, masks, tables of paths, npz files and arrays of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.data import image_arrays, image_files, image_targets
from automl.data.array_facts import facts_of_array
from automl.data.bids import CERTAIN, NO, Bid
from automl.data.choice import refuse_choice
from automl.data.columns import place_of
from automl.data.flags import Flags
from automl.data.image_files import Listing
from automl.data.image_heads import LARGEST_SIDE, Form, choose_form, choose_size
from automl.data.image_scales import (
    agree_on_array,
    bring_array,
)
from automl.data.images import fit_arrays, match_channels
from automl.data.kinds.picture import PICTURE
from automl.data.look import Look, learn_pictures, look_of, note_of_look, read_pictures
from automl.data.masks.pairs import list_labelled, list_masked_again
from automl.data.masks.reading import MASKS, dataset_of_masks, examples_of_masks
from automl.data.mirroring import MIRRORED, look_at_mirror_images
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions
from automl.data.source import TABLES
from automl.data.table_facts import facts_of_table
from automl.data.targets import array_label_type, label_type
from automl.pretrained.wish import pretrained_from
from automl.tasks.catalog import TASKS
from automl.tasks.mask_files import HEIGHT, WIDTH

if TYPE_CHECKING:
    import pandas as pd

    from automl.data.image_arrays import Arrays
    from automl.data.image_targets import Targets
    from automl.data.source import Source


PICTURES_OF_SKLEARN = "digits"

FOLDS_BELOW = 5_000
"""Of fewer pictures none is left out of training: networks of folds are averaged."""

LEAST_SIDE = 6
"""Of pictures with fewer pixels in a row or a column no patches are taken."""

SEEN, MOST_PASSES = 100_000, 60
"""Pictures that a trial sees at least, and passes that it makes for it: changed at random, few are seen
often before a network has learned them by heart."""

PRETRAINED = "pretrained"
"""Place in a schema of the network whose features are made."""

PRETRAINED_SIDE = 128
"""Side in pixels that images are reduced to at most where a pretrained network sees them: it knows what
things look like at twice the size that small networks are trained on here."""

PIXEL_SECONDS = 2e-6
"""Of one core, for a pixel in a pass of training: default networks take 1 to 2 ms for 32 x 32."""


@dataclass(frozen=True)
class ImageModality:
    """Pictures, all brought to one size when they are read.

    Raw examples are one input ``image`` ``(n, height, width, channels)``: uint8 of 8-bit pictures, else
    float32 of the values that pictures are stored with; see ``image_scales``.
    """

    name: str = "image"
    reads: tuple[str, ...] = ("image_size",)

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for folders, arrays of pixels, and tables by a column of paths, but for joint tasks."""
        if source.kind == "folder" or (source.kind == "sklearn" and source.name == PICTURES_OF_SKLEARN):
            return Bid(strength=CERTAIN)
        array = facts_of_array(source)
        if array is not None:
            return Bid(strength=CERTAIN if array.looks_like_pixels else NO)
        facts = facts_of_table(source, options)
        if facts is None or facts.joins:
            return Bid(strength=NO)
        return Bid(strength=facts.share((PICTURE.name,), most=1))

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read pictures with their labels.

        Raises:
            DataError: no pictures, more than 5 % of them unreadable, one class, an unknown column, a shape
                that is no picture's, labels that do not fit the task.
        """
        if source.kind not in TABLES:
            refuse_choice(options, "images")
        if _in_memory(source):
            return _dataset_of_arrays(image_arrays.read_arrays(source, labelled=True), options)
        listing = list_labelled(source, options)
        if listing.masks:
            return dataset_of_masks(listing, options, source)
        return _dataset_of_files(listing, options, source)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other pictures to the form of ``schema``.

        For prediction a flat folder and a single picture will do as well. Unreadable pictures are skipped
        with a note in any case: there is nothing to predict on.
        """
        if MASKS in schema and not _in_memory(source):
            return examples_of_masks(list_masked_again(source, schema, targets=targets), schema, source)
        if _in_memory(source):
            if targets and MASKS in schema:
                raise DataError(f"{source.name}: masks are read from files; expected a folder or a table.")
            arrays = image_arrays.read_arrays(source, labelled=targets)
            return _examples_of_arrays(arrays, schema, targets=targets)
        listing = image_files.list_again(source, schema, targets=targets)
        return _examples_of_files(listing, schema, source)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Pictures, features by patches where these have room, and those of a pretrained network."""
        kinds = ("image", *_made_beside(dataset))
        return tuple(Promised(kind=kind, source="image") for kind in kinds)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit resizing and normalisation on the training part, and what makes features of pictures."""
        from automl.data.preprocessing.image import fit_images, with_embedding, with_patches

        pixels = dataset.examples.inputs["image"]
        look = look_of(dataset.schema)
        fitted = fit_images(pixels, rows, look.scale, letterbox=look.form.letterbox)
        made = [kind for kind in _made_beside(dataset) if dataset.wants(kind)]
        mirrored = MIRRORED in dataset.traits
        if "patches" in made:
            fitted = with_patches(fitted, pixels, rows, seed, mirrored=mirrored)
        if "embedding" in made:
            network = pretrained_from(dataset.schema[PRETRAINED])
            fitted = with_embedding(fitted, network, pixels, rows, seed, mirrored=mirrored)
        return fitted

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """What masks hold; of labels nothing beyond them is needed."""
        return {MASKS: dataset.schema[MASKS]} if MASKS in dataset.schema else {}


IMAGE = ImageModality()


def _made_beside(dataset: Dataset) -> tuple[str, ...]:
    """Kinds of the tensors that can be made of pictures beside them."""
    known = {"patches": _has_room(dataset), "embedding": PRETRAINED in dataset.schema}
    return tuple(kind for kind, there in known.items() if there)


def _pretrained_part(options: ReadOptions) -> dict[str, Any]:
    """The part of a schema that names a pretrained network."""
    return {} if options.pretrained is None else {PRETRAINED: options.pretrained.as_json()}


def _largest_side(options: ReadOptions) -> int:
    """Side in pixels that images are reduced to at most unless asked otherwise."""
    return LARGEST_SIDE if options.pretrained is None else PRETRAINED_SIDE


def _has_room(dataset: Dataset) -> bool:
    """Whether pictures are large enough for patches."""
    return bool(min(dataset.examples.inputs["image"].shape[1:3]) >= LEAST_SIDE)


def _handling(form: Form) -> Handling:
    """How pictures of a size are handled."""
    return replace(
        PICTURE.handling,
        folds_below=FOLDS_BELOW,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=PIXEL_SECONDS * form.height * form.width,
    )


def _meaning_of_sides(pixels: np.ndarray, values: np.ndarray, task: TaskKind) -> tuple[Note, ...]:
    """A note where left and right have a meaning, so that pictures are not mirrored in training."""
    if not TASKS[task].classifies or values.ndim != 1:
        return ()
    found = look_at_mirror_images(pixels, values)
    if found.keeps_classes:
        return ()
    return (
        Note(
            f"Left and right have a meaning: a linear model tells the class of {found.right:.0%} of images "
            f"and of {found.mirrored:.0%} of mirrored ones. Images are not mirrored in training "
            "(--set flip=horizontal)."
        ),
    )


def _in_memory(source: Source) -> bool:
    return source.kind in ("npz", "arrays", "sklearn")


def _dataset_of_files(listing: Listing, options: ReadOptions, source: Source) -> Dataset:
    labels, typed = _labels(listing), source.kind != "table"
    found = image_targets.read_targets(labels, options.task, listing.where, classes=listing.classes)
    listing, dropped = _drop_unlabelled(listing, found)
    place = replace(place_of(source, options.image_size), where=listing.where)
    choose = partial(choose_form, largest=_largest_side(options))
    pictures, look, told = learn_pictures(listing.paths, place, choose=choose)
    values = found.values[pictures.kept]
    _refuse_one_class(values, found.task, listing.where)
    mirrored = _meaning_of_sides(pictures.pixels, values, found.task)
    return Dataset(
        examples=Examples(
            inputs={"image": pictures.pixels}, targets={TARGET: values}, **listing.companions(pictures.kept)
        ),
        schema={
            **listing.schema,
            **look.as_json(),
            **({} if listing.classes else {"label_type": label_type(labels, found.task, typed=typed)}),
            "task": found.task,
            "names": list(listing.names),
            "flags": asdict(found.flags) if found.flags else None,
            **_pretrained_part(options),
        },
        task=found.task,
        target_names=listing.names,
        notes=(*listing.notes, *found.notes, *dropped, *told, *mirrored),
        columns=("image",),
        kinds={"image": f"images: {look.form.text}"},
        handling=_handling(look.form),
        traits=() if mirrored else (MIRRORED,),
    )


def _examples_of_files(
    listing: Listing, schema: Mapping[str, Any], source: Source
) -> tuple[Examples, tuple[str, ...]]:
    values: np.ndarray | None = None
    notes = listing.notes
    if listing.labels is not None:
        found = image_targets.match_targets(
            listing.labels, schema["task"], listing.where, classes=listing.classes, flags=_flags(schema)
        )
        listing, dropped = _drop_unlabelled(listing, found)
        values, notes = found.values, (*notes, *dropped)
    place = replace(place_of(source), where=listing.where)
    pictures, told = read_pictures(listing.paths, look_of(schema), place)
    notes = (*notes, *told)
    examples = Examples(
        inputs={"image": pictures.pixels},
        targets=None if values is None else {TARGET: values[pictures.kept]},
        **listing.companions(pictures.kept),
    )
    return examples, notes


def _labels(listing: Listing) -> pd.DataFrame:
    if listing.labels is None:
        raise DataError(f"{listing.where}: expected labels of the images, found none.")
    return listing.labels


def _drop_unlabelled(listing: Listing, found: Targets) -> tuple[Listing, tuple[str, ...]]:
    missing, count = int((~found.present).sum()), len(listing.paths)
    if not missing:
        return listing, ()
    if missing == count:
        raise DataError(f"{listing.where}: no row has a value of the target {listing.names[0]!r}.")
    said = f"{missing} of {count} rows have no value of the target and were dropped."
    return listing.take(np.flatnonzero(found.present)), (Note(said, missing / count),)


def _refuse_one_class(values: np.ndarray, task: TaskKind, where: str) -> None:
    if TASKS[task].classifies and len(set(values)) < 2:
        raise DataError(f"{where}: after skipping unreadable images only the class {values[0]!r} is left.")


def _dataset_of_arrays(arrays: Arrays, options: ReadOptions) -> Dataset:
    labels = image_targets.as_columns(np.asarray(arrays.labels))
    found = image_targets.read_targets(labels, options.task, arrays.where)
    names = tuple(str(name) for name in labels.columns)
    count, height, width, channels = arrays.pixels.shape
    height, width = choose_size(
        [(height, width)] * count, options.image_size, channels, _largest_side(options)
    )
    form = Form(height=height, width=width, channels=channels)
    scaled, scale, told = agree_on_array(arrays.pixels, arrays.where)
    look = Look(form=form, scale=scale)
    rows = np.flatnonzero(found.present)
    pixels = fit_arrays(scaled, form)[rows]
    mirrored = _meaning_of_sides(pixels, found.values, found.task)
    return Dataset(
        examples=Examples(
            inputs={"image": pixels},
            targets={TARGET: found.values},
            keys={"row": rows},
        ),
        schema={
            **look.as_json(),
            "task": found.task,
            "label_type": array_label_type(arrays.labels, found.task),
            "names": list(names),
            "flags": asdict(found.flags) if found.flags else None,
            **_pretrained_part(options),
        },
        task=found.task,
        target_names=names,
        notes=(
            *(*arrays.notes, *found.notes, *_unlabelled(found)),
            *(*told, note_of_look(count, look, options.image_size), *mirrored),
        ),
        columns=("image",),
        kinds={"image": f"images: {form.text}"},
        handling=_handling(form),
        traits=() if mirrored else (MIRRORED,),
    )


def _examples_of_arrays(
    arrays: Arrays, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    look = look_of(schema)
    form = look.form
    pixels, notes = bring_array(arrays.pixels, look.scale, arrays.where)
    pixels = fit_arrays(match_channels(pixels, form.channels), form)
    notes = (*arrays.notes, *notes)
    rows = np.arange(len(pixels))
    if not targets:
        sides = dict(zip((HEIGHT, WIDTH), arrays.pixels.shape[1:3], strict=True)) if form.letterbox else {}
        keys = {"row": rows, **{name: np.full(len(rows), side) for name, side in sides.items()}}
        return Examples(inputs={"image": pixels}, keys=keys, rows=rows), notes
    labels = np.asarray(arrays.labels)
    count = 1 if labels.ndim == 1 else labels.shape[1]
    if count != len(schema["names"]):
        raise DataError(f"{arrays.where}: expected {len(schema['names'])} targets, got {count}.")
    columns = image_targets.as_columns(labels, schema["names"])
    found = image_targets.match_targets(columns, schema["task"], arrays.where, flags=_flags(schema))
    rows = np.flatnonzero(found.present)
    examples = Examples(
        inputs={"image": pixels[rows]}, targets={TARGET: found.values}, keys={"row": rows}, rows=rows
    )
    return examples, (*notes, *_unlabelled(found))


def _unlabelled(found: Targets) -> tuple[str, ...]:
    missing, count = int((~found.present).sum()), len(found.present)
    said = f"{missing} of {count} rows have no label and were dropped."
    return (Note(said, missing / count),) if missing else ()


def _flags(schema: Mapping[str, Any]) -> Flags | None:
    return Flags(**schema["flags"]) if schema.get("flags") else None
