"""The modality ``image``: class folders, tables of paths, npz files and arrays of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.errors import DataError
from automl.core.specs import TaskKind
from automl.data import image_arrays, image_files, image_targets
from automl.data.image_files import Listing
from automl.data.images import Form, choose_form, choose_size, decode
from automl.data.label_types import array_label_type
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions

if TYPE_CHECKING:
    from automl.data.image_arrays import Arrays
    from automl.data.image_targets import Targets
    from automl.data.source import Source


@dataclass(frozen=True)
class ImageModality:
    """Pictures, all brought to one size when they are read.

    Raw examples are one input ``image`` ``(n, height, width, channels)``: uint8 0..255 from files and uint8
    arrays, float32 on the array's own scale otherwise.
    """

    name: str = "image"
    tasks: Sequence[TaskKind] = ("binary", "multiclass", "multilabel", "regression")

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read pictures with their labels.

        Raises:
            DataError: no pictures, more than 5 % of them unreadable, one class, an unknown column, a shape
                that is no picture's, labels that do not fit the task.
        """
        if _in_memory(source):
            return _dataset_of_arrays(image_arrays.read_arrays(source, labelled=True), options)
        return _dataset_of_files(image_files.list_files(source, options), options, source)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other pictures to the form of ``schema``.

        For prediction a flat folder and a single picture will do as well. Unreadable pictures are skipped
        with a note in any case: there is nothing to predict on.
        """
        if _in_memory(source):
            arrays = image_arrays.read_arrays(source, labelled=targets)
            return _examples_of_arrays(arrays, schema, targets=targets)
        listing = image_files.list_again(source, schema, targets=targets)
        return _examples_of_files(listing, schema, source)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit resizing and normalisation on the training part; nothing in them is random."""
        from automl.data.preprocessing.image import fit_images

        return fit_images(dataset.examples.inputs["image"], rows)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing: labels are all that a task needs."""
        return {}


IMAGE = ImageModality()


def _in_memory(source: Source) -> bool:
    return source.kind in ("npz", "arrays", "sklearn")


def _dataset_of_files(listing: Listing, options: ReadOptions, source: Source) -> Dataset:
    found = image_targets.read_targets(
        listing.labels or (), listing.names, options.task, listing.where, classes=listing.classes
    )
    listing, dropped = _drop_unlabelled(listing, found)
    form = choose_form(listing.paths, options.image_size, source.cache, source.phases)
    pixels, kept, skipped = _decode(listing, form, source)
    schema = {**listing.schema, **_form_facts(form), "task": found.task, "names": list(listing.names)}
    _refuse_one_class(found.values[kept], found.task, listing.where)
    return Dataset(
        examples=Examples(inputs={"image": pixels}, targets=found.values[kept], **listing.companions(kept)),
        schema={**schema, "integers": True, "highest": 255.0},
        task=found.task,
        target_names=listing.names,
        notes=(*listing.notes, *dropped, *skipped, _size_note(listing, form, options)),
        columns=("image",),
        kinds={"image": f"pictures of {form.text}"},
    )


def _examples_of_files(
    listing: Listing, schema: Mapping[str, Any], source: Source
) -> tuple[Examples, tuple[str, ...]]:
    values: np.ndarray | None = None
    dropped: tuple[str, ...] = ()
    if listing.labels is not None:
        found = image_targets.match_targets(listing.labels, listing.names, schema["task"], listing.where)
        listing, dropped = _drop_unlabelled(listing, found)
        values = found.values
    pixels, kept, skipped = _decode(listing, _form(schema), source)
    pixels, scaled = _rescale(pixels, schema, listing.where)
    examples = Examples(
        inputs={"image": pixels},
        targets=None if values is None else values[kept],
        **listing.companions(kept),
    )
    return examples, (*listing.notes, *dropped, *skipped, *scaled)


def _drop_unlabelled(listing: Listing, found: Targets) -> tuple[Listing, tuple[str, ...]]:
    missing = int((~found.present).sum())
    if not missing:
        return listing, ()
    if missing == len(listing.paths):
        raise DataError(f"{listing.where}: no row has a value of the target {listing.names[0]!r}.")
    return listing.take(np.flatnonzero(found.present)), (
        f"{missing} rows without a value of the target were dropped.",
    )


def _decode(listing: Listing, form: Form, source: Source) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    pictures = decode(listing.paths, form, listing.where, source.cache, source.phases)
    return pictures.pixels, pictures.kept, pictures.notes


def _size_note(listing: Listing, form: Form, options: ReadOptions) -> str:
    asked = "as asked for" if options.image_size else "set image_size for another size"
    return f"{len(listing.paths)} pictures were read as {form.text} ({asked})."


def _refuse_one_class(values: np.ndarray, task: TaskKind, where: str) -> None:
    if task in ("binary", "multiclass") and len(set(values)) < 2:
        raise DataError(
            f"{where}: after skipping unreadable pictures only the class {values[0]!r} is left."
        )


def _dataset_of_arrays(arrays: Arrays, options: ReadOptions) -> Dataset:
    columns, names = _label_columns(arrays)
    found = image_targets.read_targets(columns, names, options.task, arrays.where)
    count, height, width, channels = arrays.pixels.shape
    height, width = choose_size([(height, width)] * count, options.image_size, channels)
    form = Form(height=height, width=width, channels=channels)
    pixels = _resize(arrays.pixels, form)
    dropped = int((~found.present).sum())
    notes = (f"{dropped} rows without a label were dropped.",) if dropped else ()
    rows = np.flatnonzero(found.present)
    return Dataset(
        examples=Examples(inputs={"image": pixels[rows]}, targets=found.values, keys={"row": rows}),
        schema={
            **_form_facts(form),
            "task": found.task,
            "label_type": array_label_type(arrays.labels, found.task),
            "names": list(names),
            "integers": pixels.dtype == np.uint8,
            "highest": 255.0 if pixels.dtype == np.uint8 else float(pixels.max()),
        },
        task=found.task,
        target_names=names,
        notes=(*arrays.notes, *notes, f"{count} pictures were read as {form.text}."),
        columns=("image",),
        kinds={"image": f"pictures of {form.text}"},
    )


def _examples_of_arrays(
    arrays: Arrays, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    form = _form(schema)
    pixels = _match_channels(arrays.pixels, form.channels)
    pixels, notes = _rescale(_resize(pixels, form), schema, arrays.where)
    rows = np.arange(len(pixels))
    if not targets:
        return Examples(inputs={"image": pixels}, keys={"row": rows}, rows=rows), (*arrays.notes, *notes)
    columns, _ = _label_columns(arrays)
    if len(columns) != len(schema["names"]):
        raise DataError(f"{arrays.where}: expected {len(schema['names'])} targets, got {len(columns)}.")
    found = image_targets.match_targets(columns, schema["names"], schema["task"], arrays.where)
    rows = np.flatnonzero(found.present)
    if len(rows) < len(pixels):
        notes = (*notes, f"{len(pixels) - len(rows)} rows without a label were dropped.")
    examples = Examples(inputs={"image": pixels[rows]}, targets=found.values, keys={"row": rows}, rows=rows)
    return examples, (*arrays.notes, *notes)


def _label_columns(arrays: Arrays) -> tuple[list[np.ndarray], tuple[str, ...]]:
    labels = np.asarray(arrays.labels)
    if labels.ndim == 1:
        return [image_targets.as_cells(labels)], ("label",)
    names = tuple(f"label{position}" for position in range(labels.shape[1]))
    return [image_targets.as_cells(column) for column in labels.T], names


def _resize(pixels: np.ndarray, form: Form) -> np.ndarray:
    """As the exported model does it; the type of the values is kept."""
    if pixels.shape[1:3] == (form.height, form.width):
        return pixels
    import keras

    parts = [
        np.asarray(
            keras.ops.image.resize(
                part.astype(np.float32),
                (form.height, form.width),
                antialias=True,
                data_format="channels_last",
            )
        )
        for part in np.array_split(pixels, -(-len(pixels) // 256))
    ]
    resized = np.concatenate(parts)
    return np.rint(resized).astype(np.uint8) if pixels.dtype == np.uint8 else resized


def _match_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """Grey to RGB by repetition; RGB to grey by the weights of ITU-R BT.601, as Pillow does it."""
    if pixels.shape[-1] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=-1)
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)[:, None]
    return np.rint(grey).astype(np.uint8) if pixels.dtype == np.uint8 else grey


def _rescale(
    pixels: np.ndarray, schema: Mapping[str, Any], where: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Bring values to the scale of training where they are evidently on another one."""
    if schema["integers"] and pixels.dtype != np.uint8 and pixels.max(initial=0.0) <= 1.0:
        return pixels * np.float32(255), (f"{where}: pixels of 0..1 were brought to 0..255.",)
    if not schema["integers"] and pixels.dtype == np.uint8:
        highest = schema["highest"]
        note = f"{where}: pixels of 0..255 were brought to 0..{highest:g}, as in training."
        return pixels.astype(np.float32) * np.float32(highest / 255), (note,)
    return pixels, ()


def _form_facts(form: Form) -> dict[str, int]:
    return {"height": form.height, "width": form.width, "channels": form.channels}


def _form(schema: Mapping[str, Any]) -> Form:
    return Form(height=schema["height"], width=schema["width"], channels=schema["channels"])
