"""All kinds of targets, by name; columns are of the first that recognises them."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.data.target_kinds.kind import TargetKind

_PLACE = "automl.data.target_kinds"

TARGET_KINDS: Catalog[TargetKind] = Catalog(
    "kind of target",
    {
        "flags": f"{_PLACE}.flags:KIND",
        "amount": f"{_PLACE}.amount:KIND",
        "label": f"{_PLACE}.label:KIND",
        "steps": f"{_PLACE}.steps:KIND",
    },
)
