"""Times as people write them: from the cells of a column to instants, in a form that is kept.

One form holds for a whole column. It is found on the training table and stays in the schema, so that a
later file of a few rows cannot be taken for month first where training was day first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.tables import as_number, as_text, is_missing
from automl.data.time_forms import (
    digits_form,
    fitting_forms,
    form_of_numbers,
    iso_form,
    micro,
    nearest_form,
    plain_dates,
    plain_text,
    read_numbers,
)
from automl.data.time_zones import localized, offset_of, offset_text, zone_of, zone_with

_OFFSET = re.compile(r"^(.*(?::\d\d|T\d{4})\S*?(?: [AaPp][Mm])?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$")
_NAMED = re.compile(
    r"(^|[^a-z])(date|datum|fecha|time|timestamp|datetime|zeit|ds|t|ts|epoch|unix|year|jahr|month|monat|week|woche"
    r"|quarter|period)(utc|_?gmt)?([^a-z]|$)",
    re.IGNORECASE,
)
_SHAPE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d\d|(19|20)\d\d[-/ ]?[WwQq]\d"
    r"|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-./ ,]+\d"
    r"|\d{1,2}[-. ]+[^\W\d]{3,9}[-., ]+\d{2}"
)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a column writes times.

    Attributes:
        name: ``number``, ``ISO8601``, a format as in ``strptime``, ``quarter``, ``week``, ``unix s``
            (``ms``, ``us``, ``ns``) or ``excel``.
        zone: zone or offset of the times, empty where none is told.
    """

    name: str
    zone: str = ""

    @property
    def dates(self) -> bool:
        """Whether the times are dates, not numbers."""
        return self.name != "number"


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of the rows of a table.

    Attributes:
        form: how they are written.
        wall: what the clock on the wall shows ``(n,)``, float64: microseconds since 1970, or numbers.
        elapsed: as ``wall``, in UTC where a zone is known.
        notes: on what was guessed.
    """

    form: Form
    wall: np.ndarray
    elapsed: np.ndarray
    notes: tuple[Note, ...] = ()


def find_time_column(
    frame: pd.DataFrame, candidates: Sequence[str], where: str = "The table", ids: np.ndarray | None = None
) -> str | None:
    """Return the column that holds the times, or None.

    Those are the first column whose cells are all dates, else numbers that write dates (20221027), else
    numbers under a name such as ``time`` or ``year`` that never come twice in a series and mostly have one
    step, else Unix times of that kind under any name.

    Args:
        frame: the table.
        candidates: columns that may hold times.
        where: name of the table for messages.
        ids: series of each row ``(n,)``, or None for one series.

    Raises:
        DataError: a column looks like dates and cannot be read.
    """
    texts = [name for name in candidates if not _numeric(frame[name])]
    for name in texts:
        head = as_text(frame[name].iloc[:20])
        if _typed(frame[name]) or (_reads(head) and _reads(as_text(frame[name]))):
            return name
    numbers = [name for name in candidates if name not in texts]
    for name in numbers:
        if _writes_dates(frame[name]):
            return name
    for name in numbers:
        if _NAMED.search(_spaced(name)) and _counts_steps(frame[name], ids):
            return name
    for name in numbers:
        if _counts_seconds(frame[name]) and _counts_steps(frame[name], ids):
            return name
    for name in texts:
        _refuse_dates(frame[name], where)
    return None


def parse_times(column: pd.Series[Any], where: str, known: Form | None = None) -> Times:
    """Parse the time of each row.

    Args:
        column: the cells.
        where: name of the table for messages.
        known: form of the training table, tried first.

    Raises:
        DataError: a cell is empty or unparsable; the message names row and value.
    """
    if _typed(column):
        _refuse_blanks(column, column.isna().to_numpy(bool), where)
        times = _of_typed(column)
    elif _numeric(column):
        times = _of_numbers(column, where, known)
    else:
        times = _of_texts(column, where, known)
    return times if known is None else _in_known_zone(times, known, where)


def sortable_times(column: pd.Series[Any], where: str) -> np.ndarray:
    """Times ``(n,)`` that sort: datetime64[us] in UTC where a zone is known, or float64 numbers."""
    times = parse_times(column, where)
    return times.elapsed.astype("datetime64[us]") if times.form.dates else times.elapsed


def _typed(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column.dtype) or isinstance(column.dtype, pd.PeriodDtype)


def _numeric(column: pd.Series[Any]) -> bool:
    if _typed(column) or pd.api.types.is_bool_dtype(column.dtype):
        return False
    numbers, bad = as_number(column)
    return bad == 0 and bool(np.isfinite(numbers).any())


def _reads(texts: np.ndarray) -> bool:
    """Whether every cell is a date, but for blank ones at the end."""
    filled = np.flatnonzero(texts != "")
    texts = texts[: filled[-1] + 1] if len(filled) else texts
    if "" in texts:
        return False
    return plain_dates(texts) is not None or bool(fitting_forms(_split(pd.unique(texts)).texts))


def _writes_dates(column: pd.Series[Any]) -> bool:
    """Whether numbers write dates, and too many of them for chance: 20221027, 20221028, ..."""
    numbers, _ = as_number(column)
    return len(numbers) >= 10 and len(np.unique(numbers)) > 1 and digits_form(numbers, least=8) is not None


def _counts_seconds(column: pd.Series[Any]) -> bool:
    """Whether different whole numbers may be Unix times."""
    numbers, _ = as_number(column)
    whole = np.isfinite(numbers).all() and bool((numbers == np.rint(numbers)).all())
    different = len(np.unique(numbers)) > 1
    return whole and different and form_of_numbers(numbers, "").startswith("unix")


def _counts_steps(column: pd.Series[Any], ids: np.ndarray | None) -> bool:
    """Whether numbers never come twice in a series and half of their steps or more are alike."""
    numbers, _ = as_number(column)
    rows = pd.DataFrame({"id": "" if ids is None else ids, "time": numbers}).sort_values(["id", "time"])
    if not np.isfinite(numbers).all() or rows.duplicated().sum() > 0.05 * len(rows):
        return False
    steps = rows.groupby("id")["time"].diff().dropna().round(9)
    # months of digits step by 1, with 89 over a year's end
    return bool(len(steps) and steps.value_counts().iloc[0] >= 0.5 * len(steps))


def _spaced(name: str) -> str:
    """``startTime`` as ``start_Time``, so that a word is found in it."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name)


def _refuse_dates(column: pd.Series[Any], where: str) -> None:
    texts = [text for text in pd.unique(as_text(column.iloc[:1000])) if not is_missing(text)]
    shaped = sum(bool(_SHAPE.search(text)) for text in texts)
    named = bool(_NAMED.search(_spaced(str(column.name)))) and any(
        re.search(r"\d\d", text) for text in texts
    )
    if not texts or (shaped < 0.9 * len(texts) and not named):
        return
    try:
        _of_texts(column, where, None)
    except DataError as error:
        raise DataError(
            f"{error} The column looks like times; without them the order of the rows would count. Name"
            " the column of the times (--time-column), or drop this one."
        ) from None


def _of_typed(column: pd.Series[Any]) -> Times:
    if isinstance(column.dtype, pd.PeriodDtype):
        unit = column.dtype.freq.name.partition("-")[0]
        wall = micro(pd.DatetimeIndex(column.dt.to_timestamp()))
        names = {"Q": "quarter", "M": "%Y-%m", "Y": "%Y", "ME": "%Y-%m", "QE": "quarter", "YE": "%Y"}
        return Times(form=Form(name=names.get(unit, "ISO8601")), wall=wall, elapsed=wall)
    index = pd.DatetimeIndex(column)
    if index.tz is None:
        return Times(form=Form(name="ISO8601"), wall=micro(index), elapsed=micro(index))
    form = Form(name="ISO8601", zone=str(index.tz).removeprefix("pytz."))
    return Times(form=form, wall=micro(index.tz_localize(None)), elapsed=_utc(index))


def _utc(index: pd.DatetimeIndex) -> np.ndarray:
    return micro(index.tz_convert("UTC").tz_localize(None))


def _of_numbers(column: pd.Series[Any], where: str, known: Form | None) -> Times:
    numbers, _ = as_number(column)
    _refuse_blanks(column, np.isnan(numbers), where)
    form = Form(name=form_of_numbers(numbers, str(column.name)))
    if known is not None and (known.name.startswith(("unix", "excel", "%Y")) or known.name == "number"):
        form = known
    if form.name == "number":
        note = Note(
            f"Column {column.name!r} holds times as numbers, from {numbers.min():g} to {numbers.max():g}."
        )
        return Times(form=form, wall=numbers, elapsed=numbers, notes=(note,) if known is None else ())
    stamps = read_numbers(numbers, form.name)
    _refuse_blanks(column, np.isnan(stamps), where)
    shown = f"{numbers[0]:.0f} is {pd.Timestamp(int(stamps[0]), unit='us')}"
    notes = (Note(f"Column {column.name!r} holds times as numbers ({_said(form)}): {shown}."),)
    return Times(form=form, wall=stamps, elapsed=stamps, notes=notes if known is None else ())


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Texts without their offsets, and the offsets in microseconds, NaN where a cell has none."""

    texts: np.ndarray
    offsets: np.ndarray


def _of_texts(column: pd.Series[Any], where: str, known: Form | None) -> Times:
    texts = as_text(column)
    plain = plain_dates(texts)
    if plain is not None:
        form = iso_form(texts)
        notes = _told(str(column.name), str(texts[0]), form, {form: plain}, known)
        return Times(form=Form(name=form), wall=plain, elapsed=plain, notes=notes)
    codes, uniques = pd.factorize(texts)
    cells = _split(np.asarray(uniques, object))
    fitting = fitting_forms(cells.texts)
    if known is not None and known.name in fitting:
        fitting = {known.name: fitting[known.name]}
    if not fitting:
        _refuse_texts(column, nearest_form(cells.texts)[codes], where)
    name = next(iter(fitting)) if len(fitting) == 1 else _most_regular(fitting)
    wall = fitting[name][codes]
    offsets = cells.offsets[codes]
    notes = _told(str(column.name), str(uniques[0]), name, fitting, known)
    if np.isnan(offsets).all():
        return Times(form=Form(name=name), wall=wall, elapsed=wall, notes=notes)
    _refuse_blanks(column, np.isnan(offsets), where)
    return _with_offsets(name, wall, offsets, notes)


def _split(uniques: np.ndarray) -> _Cells:
    found = [_OFFSET.match(text) for text in uniques]
    texts = [plain_text(text if hit is None else hit[1]) for text, hit in zip(uniques, found, strict=True)]
    offsets = [np.nan if hit is None else offset_of(hit[2]) for hit in found]
    return _Cells(texts=np.array(texts, object), offsets=np.array(offsets, np.float64))


def _most_regular(fitting: dict[str, np.ndarray]) -> str:
    """The form whose steps differ least from each other, the first of several."""

    def spread(name: str) -> float:
        steps = np.diff(np.unique(fitting[name]))
        return float(steps.std() / steps.mean()) if len(steps) else 0.0

    return min(fitting, key=spread)


def _told(
    column: str, shown: str, name: str, fitting: dict[str, np.ndarray], known: Form | None
) -> tuple[Note, ...]:
    if known is not None and known.name == name:
        return ()
    if known is not None and known.dates:
        return (
            Note(
                f"Column {column!r} writes times differently from training: read as"
                f" {_said(Form(name=name))}."
            ),
        )
    if len(fitting) > 1:
        others = " or ".join(_said(Form(name=other)) for other in fitting if other != name)
        return (
            Note(
                f"Column {column!r}: {shown!r} is read as {_said(Form(name=name))}; it could be {others}."
            ),
        )
    return (
        ()
        if name in ("ISO8601", "%Y-%m")
        else (Note(f"Column {column!r} holds times such as {shown!r}, read as {_said(Form(name=name))}."),)
    )


def _said(form: Form) -> str:
    kind, _, unit = form.name.partition(" ")
    words = {
        "unix": f"Unix times in {unit}",
        "excel": "Excel's serial days",
        "quarter": "quarters",
        "week": "ISO weeks",
    }
    return words.get(kind, form.name)


def _with_offsets(name: str, wall: np.ndarray, offsets: np.ndarray, notes: tuple[Note, ...]) -> Times:
    """Of one offset the zone is that offset; of several, a zone whose clocks change as they do."""
    elapsed = wall - offsets
    different = np.unique(offsets)
    if len(different) == 1:
        zone = "UTC" if different[0] == 0 else offset_text(different[0])
        return Times(form=Form(name=name, zone=zone), wall=wall, elapsed=elapsed, notes=notes)
    zone = zone_with(elapsed, offsets)
    shown = " and ".join(offset_text(offset) for offset in different[:3])
    said = f"offsets as in {zone}" if zone else "UTC"
    note = Note(f"Times have the offsets {shown}, as of a zone whose clocks change: forecasts use {said}.")
    return Times(form=Form(name=name, zone=zone or "UTC"), wall=wall, elapsed=elapsed, notes=(*notes, note))


def _in_known_zone(times: Times, known: Form, where: str) -> Times:
    """Times of a further file in the zone of the training table."""
    if times.form.dates != known.dates:
        wanted, came = ("dates", "numbers") if known.dates else ("numbers", "dates")
        raise DataError(f"{where}: expected times as {wanted}, as in training, got {came}.")
    if times.form.zone == known.zone:
        return replace(times, form=known)
    if not known.zone:
        note = Note(
            f"Times have the zone {times.form.zone}, those of training none: read as local clock times."
        )
        return replace(times, form=known, elapsed=times.wall, notes=(*times.notes, note))
    if not times.form.zone:
        local = pd.DatetimeIndex(times.wall.astype("datetime64[us]"))
        note = Note(f"Times have no zone: read as times in {known.zone}, as in training.")
        instants = localized(local, known.zone)
        return replace(times, form=known, elapsed=_utc(instants), notes=(*times.notes, note))
    instants = pd.DatetimeIndex(times.elapsed.astype("datetime64[us]")).tz_localize("UTC")
    wall = micro(instants.tz_convert(zone_of(known.zone)).tz_localize(None))
    return replace(times, form=known, wall=wall)


def _refuse_blanks(column: pd.Series[Any], wrong: np.ndarray, where: str) -> None:
    if wrong.any():
        _refuse(column, np.flatnonzero(wrong), where)


def _refuse_texts(column: pd.Series[Any], stamps: np.ndarray, where: str) -> None:
    wrong = np.flatnonzero(np.isnan(stamps))
    _refuse(column, wrong if len(wrong) else np.arange(len(stamps)), where)


def _refuse(column: pd.Series[Any], wrong: np.ndarray, where: str) -> None:
    row, texts = int(wrong[0]), as_text(column)
    raise DataError(
        f"{where}, column {column.name!r}, data row {row + 1}: expected a time such as"
        f" 2024-01-31 or 2024-01-31 15:00, got {str(texts[row])!r} ({len(wrong)} of {len(texts)} cells"
        " cannot be read as times). Fix these cells, or name another time column."
    )
