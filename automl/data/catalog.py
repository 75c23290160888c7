"""All modalities, by name."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.data.modality import Modality

MODALITIES: Catalog[Modality] = Catalog(
    "modality",
    {
        "tabular": "automl.data.modalities.tabular:TABULAR",
        "image": "automl.data.modalities.image:IMAGE",
        "text": "automl.data.modalities.text:TEXT",
        "series": "automl.data.modalities.series:SERIES",
    },
)
