"""All sources of networks that were trained before, by name."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.core.extensions import PRETRAINED_GROUP
from automl.pretrained.source import Source

SOURCES: Catalog[Source] = Catalog(
    "pretrained network",
    {"efficientnet_lite0": "automl.pretrained.efficientnet_lite0:SOURCE"},
    group=PRETRAINED_GROUP,
    expected=Source,
)
