"""All batch transforms, in the order in which they act."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.training.batches.transforms.transform import BatchTransform

_PLACE = "automl.training.batches.transforms"

TRANSFORMS: Catalog[type[BatchTransform]] = Catalog(
    "transform",
    {
        "mixup": f"{_PLACE}.mixup:Mixup",
        "cutmix": f"{_PLACE}.cutmix:CutMix",
    },
)
