"""What a kind of column is: how such columns are recognised, read, and made tensors of.

The way of a column through one job:

    cells --bid, judge--> Column --learn--> raw array (and what reading others needs to know) --fit--> Piece

Nothing here loads a framework; ``fit`` does when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pandas as pd

from automl.core.catalog import at_place
from automl.core.phases import Phases
from automl.core.tensors import Promised
from automl.data.cells import as_number, as_text, is_missing
from automl.data.kinds.words import as_category
from automl.data.modality import SEEN, Handling

if TYPE_CHECKING:
    from automl.data.cache import ArrayCache

Found = TypeVar("Found")

CERTAIN, LIKELY, POSSIBLE, FALLBACK, NO = 0.9, 0.6, 0.3, 0.1, 0.0
"""Bids: every cell fits; nearly every one does; most look like it; nothing speaks against it; not mine."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One used column.

    Attributes:
        name: its name in the table.
        input: its name among the model's inputs (Keras allows no ``/`` in names).
        kind: name of its kind.
        facts: what its kind must know to read it again (JSON).
    """

    name: str
    input: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``Column(**data)`` restores it."""
        return asdict(self)

    def knowing(self, **facts: Any) -> Column:
        """The same column with more facts."""
        return replace(self, facts={**self.facts, **facts})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What bids are made from; each fact is found when the first kind asks for it.

    Attributes:
        series: the cells.
        name: of the column.
        targets: of the rows, each ``(n,)`` labels or ``(n, k)`` numbers, or None where they are not known.
    """

    series: pd.Series[Any]
    name: str
    targets: Sequence[np.ndarray] | None = None

    @cached_property
    def numbers(self) -> np.ndarray:
        """The cells as float64 ``(n,)``, NaN where one is no number; booleans and dates are none."""
        return self._parsed[0]

    @property
    def odd(self) -> int:
        """Cells that are neither numbers nor missing."""
        return self._parsed[1]

    @cached_property
    def present(self) -> int:
        """Cells that are numbers."""
        return int((~np.isnan(self.numbers)).sum())

    @property
    def all_numbers(self) -> bool:
        """Whether there are numbers, and nothing but numbers and missing cells."""
        return self.odd == 0 and self.present > 0

    @cached_property
    def words(self) -> np.ndarray:
        """The cells as categories, see ``as_category``."""
        return as_category(self.series)

    @cached_property
    def is_empty(self) -> bool:
        """Whether every cell is missing."""
        return self.odd == 0 and self.present == 0 and not self._holds_text

    @property
    def _holds_text(self) -> bool:
        return not pd.api.types.is_numeric_dtype(self.series.dtype) and any(
            text and not is_missing(text) for text in pd.unique(as_text(self.series))
        )

    def once(self, find: Callable[[pd.Series[Any]], Found]) -> Found:
        """What a kind finds in the cells, found once however often it asks."""
        if find not in self._found:
            self._found[find] = find(self.series)
        return cast("Found", self._found[find])

    @cached_property
    def _found(self) -> dict[object, object]:
        return {}

    @cached_property
    def _parsed(self) -> tuple[np.ndarray, int]:
        return plain_numbers(self.series)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the kind that won a column says of it.

    Attributes:
        facts: see ``Column.facts``.
        drop: why it tells nothing; empty for a column that is used.
        hint: what the user may do about a dropped column.
        notes: what else the user should know.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    drop: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a table lies and what reading its cells may need.

    Attributes:
        where: what messages call the table.
        folder: that relative paths in its cells start from.
        image_size: side length in pixels asked for, or None.
        frames: of a video asked for, or None.
        cache: keeps what is slow to read, or None.
        phases: is told how far reading is.
    """

    where: str
    folder: Path = field(default_factory=Path)
    image_size: int | None = None
    frames: int | None = None
    cache: ArrayCache | None = None
    phases: Phases = field(default_factory=Phases)


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A column as the exported model takes it.

    Attributes:
        column: with all facts that reading other tables needs.
        values: raw array, first axis rows; of ``kept`` rows only.
        notes: what a user should know of the cells.
        kept: positions of the rows that could be read ``(n,) int64``; None for all.
    """

    column: Column
    values: np.ndarray
    notes: tuple[str, ...] = ()
    kept: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of column, declared as data.

    Attributes:
        name: in the catalog and in the schemas of jobs.
        words: what users are told such columns are, in the plural.
        handling: how examples with such columns are handled.
        options: fields of ``ReadOptions`` that it alone understands.
        plain: whether any table has such columns: they alone make a table of one kind.
        bid: from what is known of a column to how sure this kind is that it is its own, from 0 to 1; the
            highest bid wins the column.
        judge: what becomes of a column that was won.
        raw: shape (without rows) and type of a raw array.
        promises: the tensors that a column gives once its kind is fitted.
        fit: from the training part to the piece that these columns add to the preprocessing; loads Keras.
        learn: read a column of the training data.
        read: read a column of other data by the facts of training.
        example: cells of a table as an example shows them to a server of the model.
        loose: of raw values whether they are best handed to a server as they come, whatever their type:
            MLflow takes no 64-bit integers for a ``double``, and cuts 38.5 for a ``long``.
        strict: of a column of other data the first cell that counts as missing although something stands
            in it: its row, and what was expected; None where every cell can be read.
        extra: of this package, without which such columns cannot be read; empty for none.
    """

    name: str
    words: str
    handling: Handling
    bid: Callable[[Facts], float]
    judge: Callable[[Facts], Judged]
    learn: Callable[[pd.Series[Any], Column, Place], Raw]
    read: Callable[[pd.Series[Any], Column, Place], Raw]
    example: Callable[[pd.Series[Any], Column, Place], Any] = lambda series, column, place: plain(series)
    loose: Callable[[np.ndarray], bool] = lambda values: False
    raw: Callable[[Column], tuple[tuple[int | None, ...], str]]
    promises: Callable[[Column], tuple[Promised, ...]]
    fit: Callable[[Any], Any]
    options: tuple[str, ...] = ()
    plain: bool = False
    strict: Callable[[pd.Series[Any], Column], tuple[int, str] | None] = lambda series, column: None
    extra: str = ""


HANDLED_AS_CELLS = Handling(
    examples_per_epoch=200_000, least_examples=SEEN, cpu_backend="jax", folds_below=20_000
)
"""How examples of plain cells are handled: quick to make and to train on, by dense nets in long loops."""


def one_per_row(dtype: str) -> Callable[[Column], tuple[tuple[int | None, ...], str]]:
    """The ``raw`` of a kind whose columns are one value of a type per row."""
    return lambda column: ((), dtype)


def always(*tensors: Promised) -> Callable[[Column], tuple[Promised, ...]]:
    """The ``promises`` of a kind whose columns all give the same."""
    return lambda column: tensors


def fitted_by(place: str) -> Callable[[Any], Any]:
    """The ``fit`` of a kind, at a place that is imported when it is needed: it loads Keras."""
    return lambda part: at_place(place)(part)


def plain_numbers(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """As ``as_number``, but booleans and dates are no numbers."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_datetime64_any_dtype(series.dtype):
        return np.full(len(series), np.nan), int(series.notna().sum())
    return as_number(series)


def plain(series: pd.Series[Any]) -> Any:
    """A column in a type that MLflow knows: numbers, dates and booleans as they are, else texts."""
    if getattr(series.dtype, "kind", "O") in "iufbM" and not isinstance(series.dtype, pd.ArrowDtype):
        return series
    return series if pd.api.types.infer_dtype(series, skipna=True) == "boolean" else as_text(series)


def first_written(series: pd.Series[Any], rows: Iterable[int]) -> int | None:
    """The first of ``rows`` in which something stands, None where all are missing."""
    return next((row for row in rows if not is_missing(as_text(series.iloc[[row]])[0])), None)
