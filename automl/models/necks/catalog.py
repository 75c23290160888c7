"""All necks by name; of those with the same ends the first is taken for a family that names none."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.core.extensions import NECK_GROUP
from automl.models.necks.neck import Neck

_PLACE = "automl.models.necks"

NECKS: Catalog[Neck] = Catalog(
    "neck",
    {
        "map_summary": f"{_PLACE}.maps:SUMMARY",
        "dense": f"{_PLACE}.dense:DENSE",
        "step_pool": f"{_PLACE}.steps:POOL",
        "word_pool": f"{_PLACE}.words:POOL",
        "word_pool_dropped": f"{_PLACE}.words:DROPPED",
        "branch_pool_dropped": f"{_PLACE}.words:BRANCHES",
        "patch_summary": f"{_PLACE}.patches:SUMMARY",
        "step_summary": f"{_PLACE}.sounds:SUMMARY",
        "clip_summary": f"{_PLACE}.clips:SUMMARY",
    },
    group=NECK_GROUP,
    expected=Neck,
)
