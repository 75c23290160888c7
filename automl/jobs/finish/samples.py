"""A few raw examples with the model's answer: signature and input example of the registered model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from automl.core.targets import take_rows
from automl.core.windows import Windows
from automl.data.source import TABLES
from automl.jobs.answers import Form, answer
from automl.jobs.assembly import Prepared
from automl.jobs.coverage import Covering
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.intake.intake import Intake

if TYPE_CHECKING:
    import pandas as pd

    from automl.data.kinds.kind import Place

ROWS = 3


def raw_sample(intake: Intake, winner: TrainedWinner, covering: Covering | None) -> tuple[Any, Any]:
    """Return raw examples as a user has them, and the predictions for them.

    Tables, texts and forecasts give a DataFrame of the source's own columns; anything else gives the
    raw arrays by input name.

    Args:
        intake: of the job.
        winner: its model.
        covering: what tells intervals or sets with its predictions; None where none are asked for.

    Returns:
        the examples, and a DataFrame with the columns that ``predict`` gives.
    """
    import numpy as np

    prepared = winner.prepared
    rows = np.arange(min(ROWS, len(prepared.validation)))
    task = prepared.task
    form = Form(task=task, label_type=intake.dataset.schema.get("label_type", "str"))
    examples = prepared.validation.take(rows)
    found = winner.predictions(rows)
    more = None if covering is None else covering.columns(examples, found)
    by = () if covering is None else filter(None, [covering.kept.by])
    return _raw(intake, prepared, rows, by), answer(form, examples, found, more=more)


def untyped_columns(intake: Intake, example: Any) -> frozenset[str]:
    """Return the columns of an example of which the cells are best handed on as they come."""
    import numpy as np

    from automl.data.catalog import KINDS
    from automl.data.columns import columns_of
    from automl.data.forecast_table import channels_of
    from automl.data.kinds.number import are_whole

    schema, inputs = intake.dataset.schema, intake.dataset.examples.inputs
    columns = columns_of(schema)
    names = {item.name for item in columns if KINDS[item.kind].loose(inputs[item.input])}
    for place, name in enumerate(channels_of(schema)):
        if are_whole(np.asarray(cast(Windows, inputs["series"]).base[:, place])):
            names.add(name)
    names.add(str(schema.get("time")))
    return frozenset(name for name in getattr(example, "columns", ()) if name in names)


def _raw(intake: Intake, prepared: Prepared, rows: Any, by: Iterable[str]) -> Any:
    from automl.data.columns import columns_of, place_of
    from automl.data.forecast_table import channels_of
    from automl.data.interactions.dealt import example_of_dealt
    from automl.data.tables import first_rows

    schema = intake.dataset.schema
    pairs = example_of_dealt(schema, ROWS)
    if pairs is not None:
        return pairs
    if intake.source.kind in (*TABLES, "sklearn"):
        if columns_of(schema):
            frame = first_rows(intake.source, ROWS, header=schema.get("header", True))
            by_group = prepared.task.describe().get("by_group")
            needed = (*by, *(schema["protected"]["columns"] if by_group else ()))
            return typed_example(frame, schema, place_of(intake.source), beside=needed)
        if channels_of(schema):
            return _end_of_series(intake)
    return take_rows(prepared.validation.inputs, rows)


def typed_example(
    frame: pd.DataFrame, schema: Mapping[str, Any], place: Place, *, beside: Collection[str] = ()
) -> pd.DataFrame:
    """Return the columns that the model reads, numbers as float64, texts as objects, dates as they came.

    Args:
        frame: rows of a table.
        schema: with ``columns``.
        place: of the table.
        beside: further columns that answers need.
    """
    import pandas as pd

    from automl.data.catalog import KINDS
    from automl.data.columns import columns_of
    from automl.data.kinds.kind import plain

    used = {column.name: column for column in columns_of(schema)}
    cells = {}
    for name in frame.columns:
        column = used.get(name)
        if column is not None:
            cells[name] = KINDS[column.kind].example(frame[name], column, place)
        elif name == schema.get("id_column") or name in beside:
            cells[name] = plain(frame[name])
    return pd.DataFrame(cells, index=frame.index)


def _end_of_series(intake: Intake) -> pd.DataFrame:
    """As many rows of one series as a forecast looks back on."""
    import pandas as pd

    from automl.data.forecast_table import open_table
    from automl.data.kinds.kind import plain
    from automl.data.kinds.number import example_of_numbers

    schema = intake.dataset.schema
    frame = open_table(intake.source, header=schema.get("header", True)).frame
    series = schema["series"]
    if series is not None:
        frame = frame[(frame[series] == frame[series].iloc[-1]).to_numpy(bool)]
    names = [*filter(None, (schema["time"], series)), *schema["channels"]]
    tail = frame.tail(schema["lookback"])
    numeric = set(schema["channels"])
    cells = {
        name: example_of_numbers(tail[name]) if name in numeric else plain(tail[name]) for name in names
    }
    return pd.DataFrame(cells)
