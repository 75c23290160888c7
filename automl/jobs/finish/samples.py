"""A few raw examples with the model's answer: signature and input example of the registered model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from automl.core.windows import Windows
from automl.jobs.answers import Form, answer
from automl.jobs.assembly import Prepared
from automl.jobs.intake.intake import Intake

if TYPE_CHECKING:
    import keras
    import numpy as np
    import pandas as pd

ROWS = 3


def raw_sample(intake: Intake, prepared: Prepared, core: keras.Model) -> tuple[Any, Any]:
    """Return raw examples as a user has them, and the predictions for them.

    Tables, texts and forecasts give a DataFrame of the source's own columns; anything else gives the
    raw arrays by input name.

    Returns:
        the examples, and a DataFrame with the columns that ``predict`` gives.
    """
    import numpy as np

    rows = np.arange(min(ROWS, len(prepared.validation)))
    outputs = core.predict(
        {k: v[rows] for k, v in prepared.split.validation.items() if k in core.input}, verbose=0
    )
    task = prepared.task
    form = Form(task=task, label_type=intake.dataset.schema.get("label_type", "str"))
    examples = prepared.validation.take(rows)
    prediction = answer(form, examples, task.predictions(np.asarray(outputs)))
    return _raw(intake, prepared, rows), prediction


def untyped_columns(intake: Intake, example: Any) -> frozenset[str]:
    """Return the columns of an example of which the cells are best handed on as they come.

    Those of whole numbers, as MLflow takes no 64-bit integers for a ``double``, and cuts 38.5 for a
    ``long``; and those of times, which come as texts from a file and as times from a frame.
    """
    import numpy as np

    from automl.data.forecast_table import channels_of

    schema, inputs = intake.dataset.schema, intake.dataset.examples.inputs
    columns = [item for item in schema.get("columns", ()) if isinstance(item, Mapping)]
    times = {schema.get("time"), *(item["name"] for item in columns if item["kind"] == "date")}
    numbers = {item["name"]: inputs[item["input"]] for item in columns if item["kind"] == "numeric"}
    for place, name in enumerate(channels_of(schema)):
        numbers[name] = np.asarray(cast(Windows, inputs["series"]).base[:, place])
    names = times | {name for name, values in numbers.items() if _are_whole(values)}
    return frozenset(name for name in getattr(example, "columns", ()) if name in names)


def _are_whole(values: np.ndarray) -> bool:
    import numpy as np

    measured = values[np.isfinite(values)]
    return bool((measured == np.floor(measured)).all())


def _raw(intake: Intake, prepared: Prepared, rows: Any) -> Any:
    from automl.data.forecast_table import channels_of
    from automl.data.tables import first_rows

    tables = ("table", "parquet", "frame", "sklearn")
    if intake.source.kind in tables and intake.modality.name in ("tabular", "text"):
        frame = first_rows(intake.source, ROWS, header=intake.dataset.schema.get("header", True))
        return typed_example(frame, intake.dataset.schema)
    if intake.source.kind in tables and channels_of(intake.dataset.schema):
        return _end_of_series(intake)
    return {name: array[rows] for name, array in prepared.validation.inputs.items()}


def typed_example(frame: pd.DataFrame, schema: Mapping[str, Any]) -> pd.DataFrame:
    """Return the columns that the model reads, numbers as float64, texts as objects, dates as they came.

    Args:
        frame: rows of a table.
        schema: of a table or of texts.
    """
    import pandas as pd

    kinds = {
        item if isinstance(item, str) else item["name"]: "" if isinstance(item, str) else item["kind"]
        for item in schema["columns"]
    }
    flags = {item["name"] for item in schema["columns"] if _is_boolean(item)}
    names = [name for name in frame.columns if name in kinds or name == schema.get("id_column")]
    columns = {name: _plain(frame[name], numeric=kinds.get(name) == "numeric") for name in names}
    for name in flags & set(columns):
        cells = pd.Series(columns[name], dtype=object).astype(str).str.lower()
        columns[name] = (cells == "true").to_numpy(bool)
    return pd.DataFrame(columns, index=frame.index)


def _is_boolean(column: Any) -> bool:
    """Whether a column of a file holds what pandas makes booleans of."""
    return isinstance(column, Mapping) and str(column.get("yes", "")).lower() == "true"


def _plain(column: pd.Series[Any], *, numeric: bool) -> Any:
    """Of one of the types that MLflow knows."""
    import pandas as pd

    from automl.data.tables import as_number, as_text

    if numeric and not pd.api.types.is_bool_dtype(column.dtype):
        return as_number(column)[0]
    if getattr(column.dtype, "kind", "O") in "iufbM" and not isinstance(column.dtype, pd.ArrowDtype):
        return column
    return column if pd.api.types.infer_dtype(column, skipna=True) == "boolean" else as_text(column)


def _end_of_series(intake: Intake) -> pd.DataFrame:
    """As many rows of one series as a forecast looks back on."""
    import pandas as pd

    from automl.data.forecast_table import open_table

    schema = intake.dataset.schema
    frame = open_table(intake.source, header=schema.get("header", True)).frame
    series = schema["series"]
    if series is not None:
        frame = frame[(frame[series] == frame[series].iloc[-1]).to_numpy(bool)]
    names = [*filter(None, (schema["time"], series)), *schema["channels"]]
    tail = frame.tail(schema["lookback"])
    numeric = set(schema["channels"])
    return pd.DataFrame({name: _plain(tail[name], numeric=name in numeric) for name in names})
