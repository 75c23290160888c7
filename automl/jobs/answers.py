"""What a model answers, as the user wrote it: labels in their own type, rows named as the user's."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from automl.core.catalog import at_place
from automl.core.errors import ConfigError, DataWarning, understood
from automl.core.names import free_name
from automl.core.notes import warnings_of
from automl.core.targets import count_rows
from automl.data.columns import columns_of, refuse_unreadable
from automl.data.forecast_table import channels_of
from automl.data.kinds.kind import Column
from automl.data.label_types import LabelType, in_own_type
from automl.data.modality import Examples
from automl.data.target_kinds.catalog import kind_of
from automl.jobs.folder import JobFolder
from automl.jobs.missing import refuse_missing
from automl.tasks.catalog import known_classes
from automl.tasks.task import ComparesGroups, PlacesAnswers, TakesForm, Task

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl.data.source import Source

Listener: TypeAlias = "Callable[[tuple[str, ...]], None]"
"""Is told the notes of what was read."""


FileWriter: TypeAlias = "Callable[[pd.DataFrame, Path], pd.DataFrame]"
"""Writes predictions of a table into a folder; returns the table with the files' names in their place."""

LARGE_PART = 32
"""Examples that are predicted at once where predictions are as large as pictures."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """How predictions become a table.

    Attributes:
        task: decodes predictions.
        label_type: the type that labels had, see ``automl.data.label_types``.
        index: index of the frame that was given, or None.
        spelled: whether booleans stay spelled as they were, for a file.
    """

    task: Task
    label_type: LabelType
    index: pd.Index[Any] | None = None
    spelled: bool = False


def answer(
    form: Form,
    examples: Examples,
    predictions: Mapping[str, np.ndarray],
    first: int = 0,
    *,
    more: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return the table of predictions: the columns that name the examples, those of the task, then others.

    A column of the user's keeps its name; ours get an underscore where that name is taken.

    Args:
        form: how.
        examples: what was predicted.
        predictions: of the exported model by name, first axis examples.
        first: position of the first of these examples among all, for the index where the user gave none.
        more: further columns, as long as those of the task.
    """
    import pandas as pd

    task = form.task.of_rows(examples.compared) if isinstance(form.task, ComparesGroups) else form.task
    if isinstance(task, PlacesAnswers):
        predictions = task.placed(predictions, examples.keys)
    decoded = typed(form, _decoded(task, predictions, examples.keys))
    rows = len(next(iter(decoded.values())))
    columns: dict[str, Any] = {name: _repeated(array, rows) for name, array in examples.keys.items()}
    for name, values in (*decoded.items(), *(more or {}).items()):
        columns[free_name(name, columns)] = values
    each = rows // max(1, count_rows(predictions))
    return pd.DataFrame(columns, index=_index(form, examples, first * each, rows))


def parted(task: Task, examples: Examples, rows: int) -> Iterator[tuple[int, Examples]]:
    """Give parts of at most so many examples, each with the position of its first.

    Args:
        task: one whose predictions are as large as pictures gets smaller parts.
        examples: all of them.
        rows: most examples of a part.
    """
    import numpy as np

    most = min(rows, LARGE_PART) if task.declaration.writes else rows
    for first in range(0, len(examples), most):
        some = np.arange(first, min(first + most, len(examples)))
        yield first, examples if most >= len(examples) else examples.take(some)


def file_writer(task: Task) -> FileWriter | None:
    """Return what writes predictions that are no cells of a table, such as masks, as files into a folder,
    and returns the table with their names; None where a table holds all.
    """
    place = task.declaration.writes
    return partial(at_place(place), description=task.describe()) if place else None


def leaderboard_of(files: JobFolder) -> pd.DataFrame:
    """Read the leaderboard of a job.

    Raises:
        ConfigError: there is none yet, or it is damaged.
    """
    import pandas as pd

    path = files.leaderboard
    refuse_missing(path)
    with understood(path, kinds=(ValueError, OSError)):
        frame = pd.read_csv(path, dtype={"trial": "Int64"})
        if not {"trial", "name", "state"} <= set(frame.columns):
            raise KeyError("columns are missing")
    return frame


def by_target(
    frame: pd.DataFrame, classes: Mapping[str, list[str]], types: Mapping[str, LabelType]
) -> pd.DataFrame:
    """Return the probabilities of several targets, by target and class.

    Args:
        frame: predictions, as ``answer`` gives them.
        classes: of each target that is a class.
        types: that the labels of targets had.
    """
    import numpy as np
    import pandas as pd

    found = {}
    for target, names in classes.items():
        own = frame[[f"{target}_probability_{name}" for name in names]]
        found[target] = own.set_axis(list(in_own_type(np.array(names, object), types[target])), axis=1)
    return pd.concat(found, axis=1)


def itemised(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a table with a row per item from one with a list of items, as JSON, in ``prediction``.

    Examples without items have no row.

    Args:
        table: of ``answer``.
        columns: what is said of an item, see ``TaskDeclaration.lists``; of a task that gives no lists none,
            and the table stays.
    """
    import pandas as pd

    if not columns:
        return table
    lists = [json.loads(text) for text in table["prediction"]]
    rows = table.drop(columns="prediction").loc[table.index.repeat([len(items) for items in lists])]
    said = [item for each in lists for item in each]
    items = pd.DataFrame(said, columns=list(columns), index=rows.index)
    return pd.concat([rows, items], axis=1)


def typed(form: Form, decoded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the task with labels in the type that they had."""
    kind = kind_of(form.task.declaration)
    return kind.in_own_type(decoded, form.label_type, spelled=form.spelled)


def refuse_unreadable_cells(source: Source, schema: Mapping[str, Any]) -> None:
    """Refuse a frame with cells that are no numbers or dates where a model reads some.

    Args:
        source: what is to be predicted; anything but a frame passes.
        schema: how the data of the search was read.

    Raises:
        DataError: with column, row and cell of the first of them.
    """
    columns = [Column(name=name, input=name, kind="number") for name in channels_of(schema)]
    columns += columns_of(schema)
    if source.kind == "frame" and columns:
        refuse_unreadable(source, columns, schema.get("styles"))


def index_of(content: Any) -> pd.Index[Any] | None:
    """Return the pandas index of data in memory, alone or as ``(inputs, targets)``, else None."""
    import pandas as pd

    inputs = content[0] if isinstance(content, tuple) and content else content
    index = getattr(inputs, "index", None)
    return index if isinstance(index, pd.Index) else None


def probabilities(
    task: Task, schema: Mapping[str, Any], predict: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    """Return the probability of each class, one column per class; see ``Result.predict_proba``.

    Args:
        task: the fitted task.
        schema: of the data.
        predict: gives the table of predictions.

    Raises:
        ConfigError: the task is no classification.
    """
    import numpy as np

    if classes := task.describe().get("parts") and known_classes(task.describe()):
        return by_target(predict(), classes, schema["label_type"]["types"])
    if not task.declaration.probabilities:
        raise ConfigError(f"The task {task.kind!r} has no probabilities; use predict.")
    frame = predict()
    names = list(task.describe().get("classes", task.describe()["names"]))
    shares = frame.iloc[:, -len(names) :]
    if task.declaration.classifies:
        names = list(in_own_type(np.array(names, object), schema.get("label_type", "str")))
    return shares.set_axis(names, axis=1)


def warn(notes: tuple[str, ...]) -> None:
    """Tell Python's user of what is about more than 1 % of the data."""
    for note in warnings_of(notes):
        warnings.warn(note, DataWarning, stacklevel=_outside())


def _outside() -> int:
    """How many callers up stands the code that called this package."""
    import sys

    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("automl."):
        level, frame = level + 1, frame.f_back
    return level


def _decoded(
    task: Task, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    return task.decode_for(predictions, keys) if isinstance(task, TakesForm) else task.decode(predictions)


def _index(form: Form, examples: Examples, first: int, rows: int) -> Any:
    import pandas as pd

    places = examples.rows
    if form.index is None or places is None or len(places) != rows:
        return pd.RangeIndex(first, first + rows)
    return form.index[places]


def _repeated(array: np.ndarray, rows: int) -> np.ndarray:
    import numpy as np

    if array.ndim == 2:
        return array.reshape(-1)
    return np.repeat(array, rows // max(len(array), 1)) if len(array) != rows else array


def listed(notes: Sequence[str]) -> dict[str, list[str]]:
    """Return notes and those that are warnings, as a report in JSON has them."""
    return {"notes": [str(note) for note in notes], "warnings": [str(n) for n in warnings_of(tuple(notes))]}
