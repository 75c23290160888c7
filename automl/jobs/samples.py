"""A few raw examples with the model's answer: signature and input example of the registered model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from automl.jobs.assembly import Prepared
from automl.jobs.intake import Intake

if TYPE_CHECKING:
    import keras

ROWS = 3


def raw_sample(intake: Intake, prepared: Prepared, core: keras.Model) -> tuple[Any, Any]:
    """Return raw examples as a user has them, and the predictions for them.

    Tables, texts and forecasts give a DataFrame of the source's own columns; anything else gives the
    raw arrays by input name.

    Returns:
        the examples, and a DataFrame with the columns that ``predict`` gives.
    """
    import numpy as np
    import pandas as pd

    rows = np.arange(min(ROWS, len(prepared.validation)))
    outputs = core.predict(
        {k: v[rows] for k, v in prepared.split.validation.items() if k in core.input}, verbose=0
    )
    task = prepared.task
    prediction = pd.DataFrame(task.decode(task.predictions(np.asarray(outputs))))
    return _raw(intake, prepared, rows), prediction


def _raw(intake: Intake, prepared: Prepared, rows: Any) -> Any:
    from automl.data.tables import first_rows

    tables = ("table", "parquet", "frame", "sklearn")
    if intake.source.kind in tables and intake.modality.name in ("tabular", "text"):
        frame = first_rows(intake.source, ROWS, header=intake.dataset.schema.get("header", True))
        return frame.drop(columns=list(intake.dataset.target_names), errors="ignore")
    return {name: array[rows] for name, array in prepared.validation.inputs.items()}
