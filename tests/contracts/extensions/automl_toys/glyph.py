"""A kind of column: small pictures written into the cells, as ``010/111/010``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.core.tensors import Pixels, Promised, TensorSpec
from automl.data.kinds.kind import CERTAIN, NO, Column, Facts, Judged, Kind, Place, Raw
from automl.data.kinds.part import Part
from automl.data.modality import Handling

WRITTEN = r"[01]{2,}(/[01]{2,})+"


def _bid(facts: Facts) -> float:
    return CERTAIN if facts.series.astype(str).str.fullmatch(WRITTEN).all() else NO


def _judge(facts: Facts) -> Judged:
    rows = str(facts.series.iloc[0]).split("/")
    return Judged(facts={"height": len(rows), "width": len(rows[0])})


def _read(series: pd.Series, column: Column, place: Place) -> Raw:
    cells = [[list(map(float, row)) for row in str(cell).split("/")] for cell in series]
    return Raw(column=column, values=np.array(cells, np.float32)[..., None])


def _raw(column: Column) -> tuple[tuple[int | None, ...], str]:
    return (column.facts["height"], column.facts["width"], 1), "float32"


def _fit(part: Part) -> Any:
    import keras

    from automl.data.preprocessing.pieces import Piece, tensor_name

    made = []
    for column in part.columns:
        tensor = keras.layers.Rescaling(2.0, offset=-1.0)(part.inputs[column.input])
        spec = TensorSpec(
            name=tensor_name("image", column.input, alone=part.is_alone),
            kind="image",
            shape=tuple(tensor.shape[1:]),
            facts=Pixels(mean=(127.5,), deviation=(127.5,)),
            source=column.input,
        )
        made.append((spec, tensor))
    return Piece(tensors=made)


GLYPH = Kind(
    name="glyph",
    words="glyphs",
    handling=Handling(examples_per_epoch=50_000),
    bid=_bid,
    judge=_judge,
    learn=_read,
    read=_read,
    raw=_raw,
    promises=lambda column: (Promised(kind="image", source=column.input),),
    fit=_fit,
)
