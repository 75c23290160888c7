"""Pictures with boxes and with masks: two targets of the same examples, each with a task of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.core.targets import ragged
from automl.data.image_files import PICTURE_FILES
from automl.data.masks.files import agree_on_classes
from automl.data.masks.pairs import COLUMN, MASKED, masks_below
from automl.data.masks.reading import MASKS, SoundMasks, odd_values, root_of, sound_masks
from automl.data.scenes.scene import Scenes
from automl.tasks.catalog import task_of
from automl.tasks.declaration import BOXES, CLASS_MAP, SEVERAL, TargetFacts
from automl.tasks.mask_files import MaskForm, form_of

if TYPE_CHECKING:
    from automl.data.image_heads import Form
    from automl.data.images import Pictures
    from automl.data.source import Source

BOX_TARGET, MASK_TARGET = "boxes", COLUMN
"""Names of the targets."""


def has_masks(source: Source) -> bool:
    """Whether at least half of the pictures of a folder have masks."""
    masks = masks_below(source)
    if not masks:
        return False
    of_masks = {*masks.values()}
    pictures = sum(PICTURE_FILES.has(file) and file not in of_masks for file in source.files)
    return len(masks) >= MASKED * pictures


@dataclass(frozen=True, kw_only=True)
class Masked:
    """Scenes with masks.

    Attributes:
        scenes: those that have both.
        masks: of these, in their order.
        form: what masks hold.
        notes: what a user should know of them.
    """

    scenes: Scenes
    masks: SoundMasks
    form: MaskForm
    notes: tuple[str, ...]

    def targets(
        self, boxes: list[np.ndarray], pictures: Pictures, canvas: Form, source: Source
    ) -> dict[str, np.ndarray]:
        """Return the raw targets of the readable pictures.

        Args:
            boxes: of each in pixels of the canvas.
            pictures: those that were read.
            canvas: of the job.
            source: is told how far this is.
        """
        classes = self.masks.on_canvas(pictures.kept, canvas, self.form, source)
        return {BOX_TARGET: ragged(boxes), MASK_TARGET: classes}

    @property
    def tasks(self) -> dict[str, TaskKind]:
        """The task of each target."""
        kinds = {BOX_TARGET: BOXES, MASK_TARGET: CLASS_MAP}
        return {name: task_of(TargetFacts(kind=kind)) for name, kind in kinds.items()}

    @property
    def schema(self) -> dict[str, Any]:
        """What is needed to read and to answer others of the kind (JSON)."""
        types = {"tasks": self.tasks, "types": dict.fromkeys(self.tasks)}
        return {
            "task": task_of(TargetFacts(kind=SEVERAL)),
            "parts": self.tasks,
            "label_type": types,
            MASKS: self.form.as_json(),
        }


def learn_masks(scenes: Scenes, source: Source) -> Masked:
    """Find the masks of scenes for training, and the classes that they hold.

    Raises:
        DataError: none of them has one, more than 5 % of those cannot be used, or they hold no classes.
    """
    kept, masks, left_out = _with_masks(scenes, source)
    form, notes = agree_on_classes(masks.facts, masks.paths, root_of(source), scenes.where)
    return Masked(scenes=kept, masks=masks, form=form, notes=(*left_out, *masks.notes, *notes))


def find_masks(scenes: Scenes, source: Source, schema: Mapping[str, Any]) -> Masked:
    """Find the masks of other scenes, with the classes of training.

    Raises:
        DataError: none of them has one, or more than 5 % of those cannot be used.
    """
    kept, masks, left_out = _with_masks(scenes, source)
    form = form_of(schema[MASKS])
    notes = (*left_out, *masks.notes, *odd_values(masks.facts, form))
    return Masked(scenes=kept, masks=masks, form=form, notes=notes)


def _with_masks(scenes: Scenes, source: Source) -> tuple[Scenes, SoundMasks, tuple[Note, ...]]:
    known = {_same(picture): mask for picture, mask in masks_below(source).items()}
    both = [item for item in scenes.scenes if _same(item.path) in known]
    lacking, every = len(scenes.scenes) - len(both), len(scenes.scenes)
    if not both:
        raise DataError(
            f"{scenes.where}: none of {every} images with boxes has a mask. Expected boxes and masks of "
            "the same images: a folder such as masks/ beside images/, with files of the same names."
        )
    masks = sound_masks([(item.path, known[_same(item.path)]) for item in both], scenes.where, source)
    said = f"{lacking} of {every} images with boxes have no mask and were left out."
    notes = (Note(said, lacking / every),) if lacking else ()
    return replace(scenes, scenes=tuple(both[at] for at in masks.kept)), masks, notes


def _same(path: Path) -> str:
    """Annotations may name a picture by way of other folders."""
    return os.path.abspath(path)
