"""Time series: tables to forecast, and whole series to classify or to regress on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError, DataError
from automl.core.names import free_name
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.core.windows import Windows
from automl.data import forecasting
from automl.data.array_facts import facts_of_array
from automl.data.bids import ASKED, CERTAIN, NO, Bid
from automl.data.choice import refuse_choice
from automl.data.flags import Flags
from automl.data.forecast_table import (
    Panels,
    Roles,
    find_roles,
    long_enough,
    open_again,
    open_table,
    plain_roles,
    read_panels,
    restore_roles,
    times_told,
)
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions, WindowFacts
from automl.data.preprocessing.series import safe, standardise, statistics, with_kernels
from automl.data.season_search import find_season
from automl.data.source import TABLES, Source
from automl.data.tables import Table, plain_styles, written_as
from automl.data.targets import array_label_type
from automl.data.time_axis import FirstTimes, restore_axis
from automl.data.time_index import holds_dates, id_of_index, time_of_index
from automl.data.whole_series import notes_on_gaps, pad, read_whole, resolve, resolve_again, without_padding
from automl.tasks.catalog import TASKS

# a fifth of 40 series is a few of each class; networks on so few cost little
WHOLE = Handling(examples_per_epoch=200_000, folds_below=1_000)
"""How whole series are handled."""


class Series:
    """The modality; see ``Modality`` for the meaning of each method."""

    name = "series"
    reads: tuple[str, ...] = ("lookback",)

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for ``.ts`` files, for whatever is to be forecast, and for arrays of series."""
        if source.kind == "ts" or options.forecasts:
            return Bid(strength=ASKED)
        array = facts_of_array(source)
        if array is None or array.looks_like_pixels or array.holds_texts:
            return Bid(strength=NO)
        return Bid(strength=CERTAIN if array.is_list or array.axes == 3 else NO)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table to forecast when horizon or task say so, whole series otherwise."""
        if options.forecasts or (options.task is None and source.kind in TABLES):
            return _read_forecast(source, options)
        return _read_whole(source, options)

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another file.

        Of a forecast: with targets every window inside the file, without them the one window at the end
        of each series. A file that overlaps the training data or goes on directly behind it gets the
        training data's last rows as context; rows without targets at its end are those asked for.
        """
        if schema["form"] == "forecast":
            return _forecast_again(source, schema, targets=targets)
        return _whole_again(source, schema, targets=targets)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """The series."""
        sequence = Promised(kind="sequence")
        return (sequence,) if dataset.windows is not None else (sequence, Promised(kind="kernels"))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Standardise each channel with mean and deviation of the training part's raw rows.

        Of whole series there are features by fixed kernels, too.
        """
        series = dataset.examples.inputs["series"]
        if dataset.windows is None:
            mean, std = statistics(series[rows])
            masked = dataset.schema["masked"]
            plain = standardise(mean, std, steps=series.shape[1], targets=0, masked=masked)
            return with_kernels(plain, series[rows], seed) if dataset.wants("kernels") else plain
        runs = _training_runs(dataset, rows)
        k = dataset.windows.targets
        mean, std = statistics(np.concatenate([inputs for inputs, _ in runs]))
        mean[:k], std[:k] = statistics(np.concatenate([targets for _, targets in runs]))
        return standardise(mean, std, steps=dataset.windows.lookback, targets=k, masked=False)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """For forecasts: mean and deviation of each target, season, horizon and the scale of MASE.

        Of several series deviation and scale are told for each, too. The scale is the mean absolute error
        of the seasonal naive forecast, one season back, within the training part (Hyndman and Koehler,
        2006); of the last value where that is 0.
        """
        if dataset.windows is None:
            return {}
        season = dataset.windows.season
        runs = [targets for _, targets in _training_runs(dataset, rows)]
        mean, std = statistics(np.concatenate(runs))
        return {
            "mean": mean.tolist(),
            "std": safe(std, mean).tolist(),
            "season": season,
            "naive_mae": _scale(runs, season).tolist(),
            "horizon": dataset.windows.horizon,
            "scales": _scales(dataset, rows, season),
        }


SERIES = Series()


def _read_forecast(source: Source, options: ReadOptions) -> Dataset:
    if options.task is not None and not TASKS[options.task].forecasts:
        raise ConfigError(
            f"Expected the task forecasting with a horizon, got {options.task!r}. Leave out one of them."
        )
    table = open_table(source, header=options.header)
    if options.id_column is None:
        options = replace(options, id_column=id_of_index(source, table))
    if options.time_column is None:
        options = replace(options, time_column=time_of_index(source, table))
    roles, dropped = find_roles(table, options)
    found = read_panels(table, roles)
    panels = [panel for panel in found.panels if len(panel.values)] or found.panels
    season, told = _season(found.axis.season, panels, roles.targets)
    length = int(np.median([len(panel.values) for panel in panels]))
    horizon = _positive(options.horizon, "horizon") or forecasting.default_horizon(season, length)
    lookback = _positive(options.lookback, "look-back") or forecasting.default_lookback(
        season, horizon, length
    )
    need = f"look-back {lookback} + horizon {horizon}"
    kept, short = long_enough(panels, lookback + horizon, table.where, need)
    stride = forecasting.thinning(kept, lookback, horizon)
    windows = forecasting.cut(kept, lookback, horizon, roles.targets, stride)
    thin = (f"Windows start every {stride} steps, to keep epochs short.",) if stride > 1 else ()
    # many windows of which few are ever named: each by its first step alone
    names = cast("np.ndarray", FirstTimes(found.axis, windows.origins, windows.names))
    keys = {f"{_time_key(roles)} from": names, **_series_key(roles, windows, table)}
    return Dataset(
        examples=_examples(windows, keys, several=roles.series is not None),
        schema={
            "form": "forecast",
            **plain_roles(roles),
            "styles": plain_styles(table),
            "header": options.header,
            "lookback": lookback,
            "horizon": horizon,
            "stride": stride,
            "axis": found.axis.plain(),
            "tail": forecasting.tails(panels, lookback),
        },
        task="forecasting",
        target_names=roles.channels[: roles.targets],
        notes=(*found.notes, *dropped, *told, *short, *thin),
        columns=roles.channels,
        kinds={
            name: "series" if place < roles.targets else "covariates"
            for place, name in enumerate(roles.channels)
        },
        windows=WindowFacts(
            lookback=lookback,
            horizon=horizon,
            season=season,
            origins=windows.origins,
            targets=roles.targets,
            words=f"{lookback} steps of input, {horizon} steps forecast",
            times=times_told(roles, found.axis, panels),
        ),
    )


def _season(known: int, panels: list[forecasting.Panel], targets: int) -> tuple[int, tuple[str, ...]]:
    """Return the season that the times tell, or else the values; and what was guessed."""
    if known > 1:
        return known, ()
    season = find_season([panel.values[:, :targets] for panel in panels])
    text = f"The times tell no season; the values repeat every {season} steps, which is taken for one."
    return season, (text,) if season > 1 else ()


def _forecast_again(
    source: Source, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    if "axis" not in schema:
        raise DataError(
            "The job was made by an older version, whose times mean something else. Search again."
        )
    roles, axis, tail = restore_roles(schema), restore_axis(schema["axis"]), schema["tail"]
    lookback, horizon = schema["lookback"], schema["horizon"]
    source = written_as(source, schema.get("styles"), roles.channels)
    table = open_again(source, roles, header=schema["header"], targets=targets)
    found = read_panels(table, roles, axis, known=tail)
    panels, context = _with_context(found, tail, targets=targets)
    steps = lookback + horizon if targets else lookback
    need = f"look-back {lookback}" + (f" + horizon {horizon}" if targets else "")
    panels, short = long_enough(panels, steps, table.where, need)
    windows = (
        forecasting.cut(panels, lookback, horizon, roles.targets)
        if targets
        else forecasting.last_windows(panels, lookback)
    )
    typed = roles.time is not None and holds_dates(source, table.frame[roles.time])
    times = forecasting.forecast_times(found.axis, windows, horizon, typed=typed)
    keys = {_time_key(roles): times, **_series_key(roles, windows, table)}
    asked = () if targets else _of_rows_asked_for(panels, horizon)
    examples = _examples(windows, keys, several=roles.series is not None)
    return examples, (*found.notes, *context, *short, *asked)


def _with_context(
    found: Panels, tail: Mapping[str, Any], *, targets: bool
) -> tuple[list[forecasting.Panel], tuple[str, ...]]:
    """Panels with the last rows of training before them, where they follow those.

    Rows without a time column say nothing of where they stand: only a table of nothing but rows asked for
    goes on from training.
    """
    measured = [panel for panel in found.panels if len(panel.values)]
    if found.axis.kind == "rows" and measured:
        return found.panels, ()
    if targets and not measured:
        return found.panels, ()
    panels, lengthened = forecasting.continued(measured if targets else found.panels, tail)
    text = f"Last training rows serve as context for {lengthened} series that follow them."
    return panels, (text,) if lengthened else ()


def _time_key(roles: Roles) -> str:
    return free_name("time", [str(roles.series)])


def _series_key(roles: Roles, windows: forecasting.Cut, table: Table) -> dict[str, np.ndarray]:
    """The series of each window, where there are several."""
    if roles.series is None:
        return {}
    return {roles.series: _as_given(windows.names, table.frame[roles.series])}


def _as_given(names: np.ndarray, column: pd.Series[Any]) -> np.ndarray:
    """Series as the table has them: numbers stay numbers."""
    if not pd.api.types.is_integer_dtype(column.dtype):
        return names
    if all(names):
        return np.array([int(name) for name in names])
    return np.array([int(name) if name else None for name in names], object)


def _of_rows_asked_for(panels: list[forecasting.Panel], horizon: int) -> tuple[str, ...]:
    """What a user who gave rows without targets should know: the model forecasts so many steps."""
    beyond = [panel.wanted - panel.end - horizon + 1 for panel in panels]
    late = [steps for steps in beyond if steps > 0]
    if not late:
        return ()
    text = (
        f"The model forecasts {horizon} steps past the last observation: {len(late)} of {len(panels)}"
        f" series ask for up to {max(late)} steps more, which are not forecast."
    )
    return (Note(text, len(late) / len(panels)),)


def _examples(windows: forecasting.Cut, keys: Mapping[str, np.ndarray], *, several: bool) -> Examples:
    return Examples(
        groups=windows.names if several else None,
        inputs={"series": cast("np.ndarray", windows.inputs)},
        targets=None if windows.targets is None else {TARGET: cast("np.ndarray", windows.targets)},
        keys=keys,
    )


def _positive(value: int | None, name: str) -> int | None:
    if value is not None and value < 1:
        raise ConfigError(f"Expected a {name} of at least 1 step, got {value}.")
    return value


def _training_runs(dataset: Dataset, rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    if dataset.windows is None:
        return []
    part = dataset.examples.take(np.sort(rows))
    inputs, targets = cast(Windows, part.inputs["series"]), cast(Windows, (part.targets or {})[TARGET])
    origins = dataset.windows.origins[np.sort(rows)]
    return forecasting.training_rows(inputs, targets, origins, dataset.schema["stride"])


def _scales(dataset: Dataset, rows: np.ndarray, season: int) -> dict[str, list[list[float]]]:
    """Deviation and scale of each target by series; nothing of a single one."""
    names = dataset.examples.groups
    if names is None:
        return {}
    found = {}
    for name, places in pd.Series(np.sort(rows)).groupby(names[np.sort(rows)]):
        runs = [targets for _, targets in _training_runs(dataset, places.to_numpy())]
        mean, std = statistics(np.concatenate(runs))
        found[str(name)] = [safe(std, mean).tolist(), _scale(runs, season).tolist()]
    return found


def _scale(runs: list[np.ndarray], season: int) -> np.ndarray:
    seasonal, last = _naive_error(runs, season), _naive_error(runs, 1)
    return np.where(seasonal > 0, seasonal, last)


def _naive_error(runs: list[np.ndarray], season: int) -> np.ndarray:
    """Mean absolute difference to the value a season before ``(k,)``; 0 where no run is long enough."""
    errors = [np.abs(run[season:].astype(np.float64) - run[:-season]) for run in runs if len(run) > season]
    return np.concatenate(errors).mean(axis=0) if errors else np.zeros(runs[0].shape[1])


def _read_whole(source: Source, options: ReadOptions) -> Dataset:
    refuse_choice(options, "whole series")
    found = read_whole(source, options.target)
    labels = resolve(found, options.task)
    series = [found.series[row] for row in labels.rows]
    longest = max(len(values) for values in series)
    padded = pad(series, longest)
    names = options.target or ("target",)
    if labels.targets.ndim == 2 and labels.targets.shape[1] != len(names):
        names = tuple(f"{names[0]}{place}" for place in range(labels.targets.shape[1]))
    dims = padded.shape[2]
    schema = {
        "form": "whole",
        "length": longest,
        "dims": dims,
        "masked": bool(np.isnan(padded).any()),
        "task": labels.task,
        "label_type": "str" if source.kind == "ts" else array_label_type(found.labels, labels.task),
        "target": list(options.target),
        "flags": asdict(labels.flags) if labels.flags else None,
    }
    return Dataset(
        examples=Examples(
            inputs={"series": padded}, targets={TARGET: labels.targets}, keys={"row": labels.rows}
        ),
        schema=schema,
        task=labels.task,
        target_names=names,
        notes=(*labels.notes, *notes_on_gaps(series)),
        columns=tuple(f"dimension{place}" for place in range(dims)),
        handling=WHOLE,
    )


def _whole_again(
    source: Source, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    found = read_whole(source, schema["target"] if targets else ())
    rows = np.arange(len(found.series))
    values: dict[str, np.ndarray] | None = None
    notes: tuple[str, ...] = ()
    if targets:
        flags = Flags(**schema["flags"]) if schema.get("flags") else None
        labels = resolve_again(found, schema["task"], flags)
        rows, values, notes = labels.rows, {TARGET: labels.targets}, labels.notes
    series = [found.series[row] for row in rows]
    _check_dimensions(series, schema["dims"], found.where)
    longer = sum(len(item) > schema["length"] for item in series)
    if longer:
        text = f"{longer} series are longer than {schema['length']} steps: truncated."
        notes = (*notes, Note(text, longer / len(series)))
    padded = pad(series, schema["length"])
    notes = (*notes, *notes_on_gaps(series))
    if not schema["masked"] and np.isnan(padded).any():
        padded = without_padding(padded)
        notes = (*notes, f"Series shorter than {schema['length']} steps are padded with their last value.")
    return Examples(inputs={"series": padded}, targets=values, keys={"row": rows}, rows=rows), notes


def _check_dimensions(series: list[np.ndarray], dims: int, where: str) -> None:
    if not series:
        raise DataError(f"{where}: expected at least one series with a label, found none.")
    if series[0].shape[1] != dims:
        raise DataError(f"{where}: expected series of {dims} dimensions, got {series[0].shape[1]}.")
