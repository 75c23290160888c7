"""All batch transforms, in the order in which they act."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.training.batches.transforms.transform import BatchTransform

_PLACE = "automl.training.batches.transforms"

TRANSFORMS: Catalog[type[BatchTransform]] = Catalog(
    "transform",
    {
        "symmetry": f"{_PLACE}.scenes:Symmetry",
        "rescale": f"{_PLACE}.scenes:Rescale",
        "lighting": f"{_PLACE}.scenes:Lighting",
        "speed": f"{_PLACE}.speed:Speed",
        "time_shift": f"{_PLACE}.time_shift:TimeShift",
        "mixup": f"{_PLACE}.mixup:Mixup",
        "cutmix": f"{_PLACE}.cutmix:CutMix",
        "all_items": f"{_PLACE}.all_items:AllItems",
        "framing": f"{_PLACE}.framing:Framing",
    },
)
