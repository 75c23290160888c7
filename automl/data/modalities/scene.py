"""The modality ``scene``: pictures in which boxes say what is where, and masks, if any, what pixels show.

Raw examples are one input ``image`` ``(n, height, width, channels)``: pictures on a canvas, as large as
fits, at the top left, proportions kept. Boxes are in pixels of that canvas, which the keys ``height`` and
``width`` of each picture bring back to those of its file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.boxes import LABEL, SCORE
from automl.core.errors import ConfigError, DataError
from automl.core.letterbox import fitted
from automl.core.notes import Note
from automl.core.targets import TARGET, ragged
from automl.core.tensors import Promised
from automl.data import image_files
from automl.data.bids import ANNOTATED, ASKED, NO, Bid
from automl.data.choice import refuse_choice
from automl.data.columns import place_of
from automl.data.image_arrays import read_arrays
from automl.data.image_canvas import choose_canvas
from automl.data.image_heads import Form, Heads
from automl.data.image_scales import bring_array
from automl.data.images import Pictures, fit_arrays, match_channels
from automl.data.kinds.kind import Place
from automl.data.kinds.picture import PICTURE
from automl.data.look import learn_pictures, look_of, read_pictures
from automl.data.masks.pairs import masks_below
from automl.data.masks.reading import MASKS, PIXEL_BYTES
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions
from automl.data.parts import TEST, VALIDATION
from automl.data.scenes.faults import mended, new_tally
from automl.data.scenes.layouts import layout_of, read_scenes, read_scenes_again
from automl.data.scenes.masked import BOX_TARGET, Masked, find_masks, has_masks, learn_masks
from automl.data.scenes.scene import Scenes
from automl.data.source import TABLES
from automl.metrics.detection import check_library
from automl.tasks.catalog import TASKS, task_of
from automl.tasks.declaration import BOXES, CLASS_MAP, TargetFacts, TaskDeclaration

if TYPE_CHECKING:
    from automl.data.source import Source

OF_BOXES, OF_MASKS = TargetFacts(kind=BOXES), TargetFacts(kind=CLASS_MAP)

SEEN, MOST_PASSES = 30_000, 150
"""Pictures that a trial sees at least, and passes that it makes for it at most."""

PIXEL_SECONDS, MASKED_SECONDS = 5e-7, 1.5e-6
"""Of one core, for a pixel in a pass of training of the default network; of one that tells the class of
each pixel as well."""

MOST_LABELS = 12
"""Labels that a user is told the counts of."""

LONGEST = 320
"""Longer side of a canvas in pixels, unless something else is asked for: small detectors train on it in
minutes on a CPU, and things of a tenth of the side still cover several cells."""

MULTIPLE = 16
"""Sides of a canvas are multiples of it, so that maps of all strides fit on each other."""


@dataclass(frozen=True)
class SceneModality:
    """Pictures with boxes, all brought to one canvas when they are read."""

    name: str = "scene"
    reads: tuple[str, ...] = ("image_size",)

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for folders and tables with boxes."""
        if options.task is not None:
            return Bid(strength=ASKED if _can(TASKS[options.task], source, options) else NO)
        layout = layout_of(source, options)
        if layout and has_masks(source):
            said = (
                f"Read as boxes and masks of the same images, since {source.name} is {layout} with masks; "
                f"--task {task_of(OF_BOXES)} or --task {task_of(OF_MASKS)} takes one of both."
            )
            return Bid(strength=ANNOTATED, reason=said)
        said = f"Read as boxes in images, since {source.name} is {layout}; --modality reads it otherwise."
        return Bid(strength=ANNOTATED, reason=said) if layout else Bid(strength=NO)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read pictures with their boxes, and with masks where they have some.

        Raises:
            DataError: no boxes, no picture that is there, more than 5 % of them unreadable; no masks where
                these are asked for.
            ConfigError: options that do not fit boxes.
            MissingDependencyError: the library that scores boxes is not installed.
        """
        check_library()
        _refuse_others(options)
        scenes, kept = read_scenes(source, options)
        scenes, left_out = _without_test(scenes)
        scenes, missing = _there(scenes)
        masked = learn_masks(scenes, source) if _asks_for_masks(source, options) else None
        scenes = masked.scenes if masked else scenes
        place = replace(place_of(source, options.image_size), where=scenes.where)
        paths = [item.path for item in scenes.scenes]
        pictures, look, seen = learn_pictures(paths, place, choose=_canvas_for(masked))
        labels = _labels(scenes)
        boxes, told = _boxes(scenes, pictures, look.form, labels)
        if not any(map(len, boxes)):
            raise DataError(f"{scenes.where}: no box is left to learn from. {' '.join(told)}")
        own = masked.schema if masked else {"task": options.task or task_of(OF_BOXES)}
        schema = {"labels": list(labels), **look.as_json(), **kept, **own}
        counts = _counts(labels, boxes)
        return Dataset(
            examples=_examples(scenes, pictures, _targets(masked, boxes, pictures, look.form, source)),
            schema=schema,
            task=schema["task"],
            target_names=tuple(masked.tasks) if masked else (BOX_TARGET,),
            target_tasks=masked.tasks if masked else {},
            notes=(
                *(*scenes.notes, *left_out, *missing, *(masked.notes if masked else ())),
                *(*seen, *told, counts),
            ),
            columns=("image",),
            kinds={"image": f"images: {look.form.text}"},
            handling=_handling(look.form, MASKED_SECONDS if masked else PIXEL_SECONDS),
            validates=_validates(scenes, pictures),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other pictures to the canvas of ``schema``.

        With ``targets`` of a divided data set the test part alone is read, where there is one. For
        prediction any folder, table of paths, single picture or array will do.
        """
        place = place_of(source)
        if not targets:
            return _without_boxes(source, schema, place)
        scenes = read_scenes_again(source, schema)
        scenes, notes = _test_alone(scenes)
        scenes, missing = _there(scenes)
        masked = find_masks(scenes, source, schema) if MASKS in schema else None
        scenes, of_masks = (masked.scenes, masked.notes) if masked else (scenes, ())
        look, place = look_of(schema), replace(place, where=scenes.where)
        pictures, seen = read_pictures([item.path for item in scenes.scenes], look, place)
        boxes, told = _boxes(scenes, pictures, look.form, tuple(schema["labels"]))
        truth = _targets(masked, boxes, pictures, look.form, source)
        every = (*scenes.notes, *notes, *missing, *of_masks, *seen, *told)
        return _examples(scenes, pictures, truth), every

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Pictures, and the size that each one was given in."""
        return (Promised(kind="image", source="image"), Promised(kind="frame", source="image"))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit the statistics of the channels on the training part."""
        from automl.data.preprocessing.image import fit_images

        pixels, look = dataset.examples.inputs["image"], look_of(dataset.schema)
        return fit_images(pixels, rows, look.scale, letterbox=look.form.letterbox, framed=True)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """The labels, the sides of the canvas, and what masks hold."""
        names = ("labels", "height", "width", MASKS)
        return {name: dataset.schema[name] for name in names if name in dataset.schema}


SCENE = SceneModality()


def _refuse_others(options: ReadOptions) -> None:
    refuse_choice(options, "images")
    for name in ("group_column", "time_column", "id_column"):
        if getattr(options, name):
            raise ConfigError(f"{name} names a column of rows; these are boxes in images: leave it out.")


def _can(task: TaskDeclaration, source: Source, options: ReadOptions) -> bool:
    """Whether a source may hold what a task takes."""
    if task.joins:
        return bool(layout_of(source, options)) and bool(masks_below(source))
    return task.targets == BOXES


def _asks_for_masks(source: Source, options: ReadOptions) -> bool:
    return has_masks(source) if options.task is None else TASKS[options.task].joins


def _canvas_for(masked: Masked | None) -> Callable[[Heads, int | None], Form]:
    beside = PIXEL_BYTES if masked else 0
    return partial(choose_canvas, longest=LONGEST, multiple=MULTIPLE, beside=beside)


def _handling(form: Form, pixel_seconds: float) -> Handling:
    return replace(
        PICTURE.handling,
        examples_per_epoch=5_000,
        tensors_kept=False,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=pixel_seconds * form.height * form.width,
    )


def _without_test(scenes: Scenes) -> tuple[Scenes, tuple[str, ...]]:
    """Without the part that nothing may be learned from."""
    kept = tuple(item for item in scenes.scenes if item.part != TEST)
    held = len(scenes.scenes) - len(kept)
    if not kept:
        raise DataError(f"{scenes.where}: all images belong to the test part. Name other data.")
    if not held:
        return scenes, ()
    said = f"{held} images of the test part are left out; `automl evaluate` of the same data scores them."
    return replace(scenes, scenes=kept), (said,)


def _test_alone(scenes: Scenes) -> tuple[Scenes, tuple[str, ...]]:
    kept = tuple(item for item in scenes.scenes if item.part == TEST)
    if not kept or len(kept) == len(scenes.scenes):
        return scenes, ()
    said = f"The test part alone is read, {len(kept)} of {len(scenes.scenes)} images."
    return replace(scenes, scenes=kept), (said,)


def _there(scenes: Scenes) -> tuple[Scenes, tuple[Note, ...]]:
    """The pictures that are there, and notes on all that the annotations lack."""
    kept = tuple(item for item in scenes.scenes if item.path.is_file())
    gone = len(scenes.scenes) - len(kept)
    if not kept:
        raise DataError(
            f"{scenes.where}: none of the {len(scenes.scenes)} annotated images is there, the first is"
            f" {scenes.scenes[0].path}. Paths start from the annotations' folder."
        )
    whole = max(1, len(scenes.scenes))
    notes = [Note(f"{count:,} {said}.", count / whole) for said, count in scenes.counts.items() if count]
    if gone:
        share = gone / whole
        notes.append(Note(f"{gone} of {whole} annotated images are not there and were left out.", share))
    return replace(scenes, scenes=kept), tuple(notes)


def _labels(scenes: Scenes) -> tuple[str, ...]:
    """In the source's own order, or by alphabet; an empty one is none."""
    used = {label for item in scenes.scenes for label in item.labels} - {""}
    return scenes.labels or tuple(sorted(used))


def _boxes(
    scenes: Scenes, pictures: Pictures, form: Form, labels: tuple[str, ...]
) -> tuple[list[np.ndarray], tuple[Note, ...]]:
    """Boxes of the readable pictures in pixels of the canvas, and what was wrong with them."""
    places, tally = {label: place for place, label in enumerate(labels)}, new_tally()
    made, every = [], 0
    for row, (high, wide) in zip(pictures.kept, pictures.sizes.tolist(), strict=True):
        own = scenes.scenes[row]
        every += len(own.labels)
        boxes = mended(own, (wide, high), places, tally)
        height, width = fitted(high, wide, (form.height, form.width))
        boxes[:, 0:SCORE:2] *= width / wide
        boxes[:, 1:SCORE:2] *= height / high
        made.append(boxes)
    return made, tally.notes(every, len(made))


def _targets(
    masked: Masked | None, boxes: list[np.ndarray], pictures: Pictures, form: Form, source: Source
) -> dict[str, np.ndarray]:
    return masked.targets(boxes, pictures, form, source) if masked else {TARGET: ragged(boxes)}


def _examples(scenes: Scenes, pictures: Pictures, targets: dict[str, np.ndarray]) -> Examples:
    names = [scenes.scenes[row].name for row in pictures.kept]
    return Examples(
        inputs={"image": pictures.pixels},
        targets=targets,
        keys=_keys(names, pictures.sizes),
    )


def _keys(names: list[str], sizes: np.ndarray) -> dict[str, np.ndarray]:
    return {"file": np.array(names, dtype=object), "width": sizes[:, 1], "height": sizes[:, 0]}


def _validates(scenes: Scenes, pictures: Pictures) -> np.ndarray | None:
    held = [scenes.scenes[row].part == VALIDATION for row in pictures.kept]
    return np.flatnonzero(held) if any(held) else None


def _counts(labels: tuple[str, ...], boxes: list[np.ndarray]) -> str:
    every = np.concatenate(boxes)[:, LABEL].astype(int)
    counts = np.bincount(every, minlength=len(labels))
    order = np.argsort(-counts, kind="stable")[:MOST_LABELS]
    told = ", ".join(f"{labels[place]} ({counts[place]:,})" for place in order)
    rest = f" and {len(labels) - len(order)} more" if len(labels) > len(order) else ""
    return f"{len(every):,} boxes of {len(labels)} labels: {told}{rest}."


def _without_boxes(
    source: Source, schema: Mapping[str, Any], place: Place
) -> tuple[Examples, tuple[str, ...]]:
    if source.kind in ("npz", "arrays"):
        return _of_arrays(source, schema)
    if source.kind in TABLES:
        path_column = schema.get("columns_of_boxes", {}).get("picture", "")
        asked = {"names": [], "path_column": path_column, "header": schema.get("header", True)}
        listing = image_files.list_again(source, asked, targets=False)
    else:
        listing = image_files.list_again(source, {"names": []}, targets=False)
    # a table has a row for each box, a picture is predicted once; masks of pictures are none
    first = np.sort(np.unique(listing.keys.astype(str), return_index=True)[1])
    of_masks = {*masks_below(source).values()}
    listing = listing.take(np.array([row for row in first if listing.paths[row] not in of_masks], int))
    pictures, seen = read_pictures(listing.paths, look_of(schema), replace(place, where=listing.where))
    names = [str(name) for name in listing.keys[pictures.kept]]
    keys = _keys(names, pictures.sizes)
    return Examples(inputs={"image": pictures.pixels}, keys=keys), (*listing.notes, *seen)


def _of_arrays(source: Source, schema: Mapping[str, Any]) -> tuple[Examples, tuple[str, ...]]:
    """Pictures in memory, all of one size."""
    arrays, look = read_arrays(source, labelled=False), look_of(schema)
    pixels, notes = bring_array(arrays.pixels, look.scale, arrays.where)
    pixels = match_channels(pixels, look.form.channels)
    rows = np.arange(len(pixels))
    keys = {"row": rows, "width": np.full(len(rows), pixels.shape[2])}
    keys["height"] = np.full(len(rows), pixels.shape[1])
    fitted_pixels = fit_arrays(pixels, look.form)
    return Examples(inputs={"image": fitted_pixels}, keys=keys, rows=rows), (*arrays.notes, *notes)
