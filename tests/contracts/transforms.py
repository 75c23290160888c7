"""One sample of each batch transform; one more is added to ``SAMPLES`` and gets every test.

``Mirror`` is no part of the package: it shows that a transform of somebody else carries along what lies in
a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from automl.tasks.declaration import CLASS_MAP, ITEM_SET
from automl.training.batches.transforms.all_items import AllItems
from automl.training.batches.transforms.cutmix import CutMix
from automl.training.batches.transforms.framing import Framing
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.scenes import Lighting, Rescale, Symmetry
from automl.training.batches.transforms.space import space_of
from automl.training.batches.transforms.speed import Speed
from automl.training.batches.transforms.time_shift import TimeShift
from automl.training.batches.transforms.transform import Batch, BatchTransform, Draws, Fetch, Kinds

ROWS = 40
RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.normal(size=(ROWS, 6, 8, 3)).astype(np.float32)
CLASSES = np.eye(3, dtype=np.float32)[RANDOM.integers(0, 3, ROWS)]


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """Swap left and right of some pictures, and of the boxes and masks in them.

    Attributes:
        mirror: share of the pictures.
    """

    mirror: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("mirror",)

    @property
    def active(self) -> bool:
        return self.mirror > 0

    def check(self, data: Batch) -> None:
        """Take all data: what is no picture, box or mask stays as it is."""

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        return {"swapped": random.uniform(size=rows.shape) < self.mirror}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        def swapped(kind: str, value: Any) -> Any:
            change = _SWAPS.get(kind)
            if change is None:
                return value
            ops = space_of(value)
            chosen = ops.reshape(draws["swapped"], (-1, *(1,) * (len(value.shape) - 1)))
            return ops.where(chosen, change(value), value)

        def all_of(tensors: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
            return {name: swapped(kinds.get(name, ""), value) for name, value in tensors.items()}

        return replace(
            batch,
            inputs=all_of(batch.inputs, batch.kinds.inputs),
            targets=all_of(batch.targets, batch.kinds.targets),
        )


def _mirrored_boxes(boxes: Any) -> Any:
    """Of boxes ``(b, k, 4)``: ``y, x, y, x`` of two corners, as shares of the sides."""
    top, left, bottom, right = (boxes[..., at] for at in range(4))
    return space_of(boxes).stack([top, 1 - right, bottom, 1 - left], axis=-1)


def _mirrored(picture: Any) -> Any:
    return space_of(picture).flip(picture, axis=2)


_SWAPS = {"image": _mirrored, "mask": _mirrored, "boxes": _mirrored_boxes}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A transform, another one that differs in its dials, and data that it can change."""

    transform: BatchTransform
    other: BatchTransform
    data: Batch


def boxes_and_masks() -> Batch:
    corners = np.sort(RANDOM.uniform(size=(ROWS, 2, 2, 2)), axis=2).reshape(ROWS, 2, 4)
    targets = {
        "where": corners.astype(np.float32),
        "parts": (PICTURES[..., :1] > 0).astype(np.int32),
        "what": CLASSES,
    }
    kinds = Kinds(inputs={"image": "image"}, targets={"where": "boxes", "parts": "mask", "what": "classes"})
    return Batch(inputs={"image": PICTURES}, targets=targets, kinds=kinds)


def segmented() -> Batch:
    """Pictures with a class for each pixel; in some places there is none."""
    classes = np.where(PICTURES[..., 0] > 0, 1, -1).astype(np.int32)
    kinds = Kinds(inputs={"image": "image"}, targets={"parts": CLASS_MAP, "what": "label"})
    return Batch(inputs={"image": PICTURES}, targets={"parts": classes, "what": CLASSES}, kinds=kinds)


CLASSIFIED = Batch(
    inputs={"image": PICTURES}, targets={"target": CLASSES}, kinds=Kinds(inputs={"image": "image"})
)

HEARD = Batch(
    inputs={"sound": RANDOM.normal(size=(ROWS, 30)).astype(np.float32)},
    targets={"target": CLASSES},
    kinds=Kinds(inputs={"sound": "sound"}),
)

SHOWN = Batch(
    inputs={"video": RANDOM.normal(size=(ROWS, 9, 2, 3, 1)).astype(np.float32)},
    targets={"target": CLASSES},
    kinds=Kinds(inputs={"video": "video"}),
)


def scenes() -> Batch:
    """Pictures with two boxes, or one, as detection encodes them."""
    low = RANDOM.uniform(0, 0.5, size=(ROWS, 2, 2))
    high = low + RANDOM.uniform(0.2, 0.5, size=(ROWS, 2, 2))
    label = np.where(RANDOM.uniform(size=(ROWS, 2, 1)) < 0.3, -1, RANDOM.integers(0, 3, (ROWS, 2, 1)))
    boxes = np.concatenate([low, high, label, np.zeros((ROWS, 2, 1))], axis=-1).astype(np.float32)
    kinds = Kinds(inputs={"image": "image"}, targets={"target": "boxes"})
    return Batch(inputs={"image": PICTURES}, targets={"target": boxes}, kinds=kinds)


def masked_scenes() -> Batch:
    """The same with a class for each pixel."""
    boxes, masks = scenes(), segmented()
    kinds = Kinds(inputs={"image": "image"}, targets={"where": "boxes", "parts": CLASS_MAP})
    targets = {"where": boxes.targets["target"], "parts": masks.targets["parts"]}
    return Batch(inputs={"image": PICTURES}, targets=targets, kinds=kinds)


def dealt() -> Batch:
    """Users with numbers of items that are given, and all of them, those held out below 0."""
    numbers = RANDOM.permuted(np.tile(np.arange(1, 9, dtype=np.int32), (ROWS, 1)), axis=1)
    targets = np.where(np.arange(8) < 5, numbers, -numbers)[:, :7].astype(np.int32)
    given = np.pad(numbers[:, :5], ((0, 0), (0, 5)))[:, :, None]
    kinds = Kinds(inputs={"history": "history"}, targets={"target": ITEM_SET})
    return Batch(inputs={"history": given}, targets={"target": targets}, kinds=kinds)


SAMPLES: dict[str, Sample] = {
    "symmetry": Sample(
        transform=Symmetry(symmetry="turned"), other=Symmetry(symmetry="turned"), data=masked_scenes()
    ),
    "rescale": Sample(transform=Rescale(rescale=0.4), other=Rescale(rescale=0.1), data=masked_scenes()),
    "lighting": Sample(transform=Lighting(lighting=0.4), other=Lighting(lighting=0.1), data=segmented()),
    "speed": Sample(transform=Speed(speed=0.3), other=Speed(speed=0.1), data=HEARD),
    "time_shift": Sample(transform=TimeShift(time_shift=0.5), other=TimeShift(time_shift=0.1), data=HEARD),
    "speed of videos": Sample(transform=Speed(speed=0.9), other=Speed(speed=0.4), data=SHOWN),
    "time shift of videos": Sample(
        transform=TimeShift(time_shift=0.5), other=TimeShift(time_shift=0.2), data=SHOWN
    ),
    "mixup": Sample(transform=Mixup(mixup=0.4), other=Mixup(mixup=0.1), data=CLASSIFIED),
    "cutmix": Sample(transform=CutMix(cutmix=1.0), other=CutMix(cutmix=0.3), data=CLASSIFIED),
    "framing": Sample(
        transform=Framing(mirrored=0.5, framing=0.4),
        other=Framing(mirrored=0.2, upended=0.1, framing=0.1),
        data=masked_scenes(),
    ),
    "all items": Sample(transform=AllItems(all_items=True), other=AllItems(all_items=True), data=dealt()),
    "mirror": Sample(transform=Mirror(mirror=0.5), other=Mirror(mirror=0.1), data=boxes_and_masks()),
}
