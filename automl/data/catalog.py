"""All modalities and all kinds of columns, by name."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.core.extensions import KIND_GROUP
from automl.data.kinds.kind import Kind
from automl.data.modality import Modality

MODALITIES: Catalog[Modality] = Catalog(
    "modality",
    {
        "language": "automl.data.modalities.language:LANGUAGE",
        "speech": "automl.data.modalities.speech:SPEECH",
        "interactions": "automl.data.modalities.interactions:INTERACTIONS",
        "tabular": "automl.data.modalities.tabular:TABULAR",
        "audio": "automl.data.modalities.audio:AUDIO",
        "video": "automl.data.modalities.video:VIDEO",
        "scene": "automl.data.modalities.scene:SCENE",
        "image": "automl.data.modalities.image:IMAGE",
        "pairs": "automl.data.modalities.pairs:PAIRS",
        "text": "automl.data.modalities.text:TEXT",
        "series": "automl.data.modalities.series:SERIES",
        "mixed": "automl.data.modalities.mixed:MIXED",
    },
)

KINDS: Catalog[Kind] = Catalog(
    "kind of column",
    {
        "number": "automl.data.kinds.number:NUMBER",
        "date": "automl.data.kinds.date:DATE",
        "category": "automl.data.kinds.category:CATEGORY",
        "text": "automl.data.kinds.text:TEXT",
        "picture": "automl.data.kinds.picture:PICTURE",
        "sound": "automl.data.kinds.sound:SOUND",
        "video": "automl.data.kinds.video:CLIP",
    },
    group=KIND_GROUP,
    expected=Kind,
)
"""Of equal bids for a column the first kind's wins."""
