"""What the answers of a job's model rest on: data is read, methods are run, a page is written."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from automl.core.errors import ConfigError, DataError
from automl.core.files import write_whole
from automl.core.names import first_names
from automl.core.reports import Remark, Report, report_to_json
from automl.core.specs import Objective
from automl.core.targets import count_rows, take_rows
from automl.data.columns import columns_of
from automl.data.forecast_table import channels_of
from automl.data.modality import Examples
from automl.explanations.catalog import METHODS
from automl.explanations.method import (
    SECONDS,
    Found,
    Method,
    NotExplainedError,
    Predict,
    Subject,
    Wish,
)
from automl.jobs.answers import Listener, warn
from automl.tasks.task import Task

if TYPE_CHECKING:
    import keras
    import numpy as np

ROWS = 4
"""Rows whose answers are explained one by one where nothing else is said."""

MOST_ROWS = 50

SIZES = (16, 64, 256, 1024)
"""Rows that a model is asked for at once; of more, multiples of the last."""

PAGE, NUMBERS = "explanation.html", "explanation.json"

Reader: TypeAlias = Callable[[object, bool, Listener], Examples]
"""Reads data, with or without targets, as the search did, and tells how."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What methods have found.

    Attributes:
        report: the page, as data.
        found: by name of the method.
        left_out: methods that cannot explain this model, by name, with the reason.
    """

    report: Report
    found: Mapping[str, Found]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """All numbers as plain JSON, by method."""
        return {name: dict(item.values) for name, item in self.found.items()}

    def __repr__(self) -> str:
        methods = ", ".join(self.found)
        return f"<{self.report.title} by {methods}: .write(FOLDER) makes a page, .values are its numbers>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the figures of the page; no script."""
        from automl.drawing.notebook import drawing_of

        figures = [figure for section in self.report.sections for figure in section.figures]
        return "".join(drawing_of(figure) for figure in figures)

    def write(self, folder: str | Path) -> Path:
        """Write the page, its numbers as JSON, and maps as PNG files into a folder; returns the page."""
        from automl.drawing.page import page_of

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for found in self.found.values():
            for name, content in found.pictures.items():
                write_whole(place / name, content)
        plain = {**report_to_json(self.report), "values": self.values, "left_out": dict(self.left_out)}
        write_whole(place / NUMBERS, json.dumps(plain, ensure_ascii=False, allow_nan=False))
        write_whole(place / PAGE, page_of(self.report))
        return place / PAGE


@dataclass(frozen=True, kw_only=True)
class Explainer:
    """Explains the model of a job.

    Attributes:
        task: the fitted task.
        schema: of its data.
        objective: what it was searched for.
        read: reads data.
        predict: asks the model.
        model: gives it.
    """

    task: Task
    schema: Mapping[str, Any]
    objective: Objective
    read: Reader
    predict: Predict
    model: Callable[[], keras.Model]

    def explain(
        self,
        data: object,
        *,
        method: str | Iterable[str] = (),
        rows: int | str | Sequence[int | str] = ROWS,
        keep: str | Sequence[str] = (),
        wanted: object = "",
        seconds: float = SECONDS,
        seed: int = 0,
        told: Listener = warn,
    ) -> Explanation:
        """Explain answers for some data.

        Args:
            data: anything that a search reads; importance needs its targets.
            method: names in ``automl.explanations.catalog.METHODS``; all that can explain the model by
                default.
            rows: how many of the first rows are explained one by one, or which: numbers from 0, or what
                names them, such as files.
            keep: columns that counterfactuals leave as they are.
            wanted: class that they lead to, or amount that they pass; any other class, or the middle of the
                answers, by default.
            seconds: time that each method may take, about.
            seed: of all that is drawn.
            told: called with the notes of what was read.

        Raises:
            ConfigError: there is no such method or row, or a method that was asked for cannot explain this
                model.
            DataError: the data cannot be read, or lacks targets that a method needs.
        """
        asked = _asked(method)
        some = [METHODS[name] for name in asked] if asked else list(METHODS.sound())
        notes: list[str] = []

        def both(found: tuple[str, ...]) -> None:
            notes.extend(map(str, found))
            told(found)

        examples = self._examples(data, some, both, strict=bool(asked))
        subject = Subject(
            task=self.task,
            examples=examples,
            rows=chosen_rows(examples, rows),
            predict=_steady(self.predict),
            objective=self.objective,
            model=self.model,
            labels=labels_of(self.schema),
            channels=channels_of(self.schema),
            rates=rates_of(self.schema),
            wish=Wish(keep=(keep,) if isinstance(keep, str) else tuple(keep), wanted=str(wanted)),
            seconds=seconds,
            seed=seed,
        )
        found, left_out = _explained(some, subject, strict=bool(asked))
        report = self._report(len(examples), subject.rows, found, notes)
        return Explanation(report=report, found=found, left_out=left_out)

    def _examples(
        self, data: object, methods: Sequence[Method], told: Listener, *, strict: bool
    ) -> Examples:
        if not any(method.targets for method in methods):
            return self.read(data, False, told)
        try:
            return self.read(data, True, told)
        except DataError:
            if strict:
                raise
            return self.read(data, False, told)

    def _report(
        self,
        count: int,
        rows: Sequence[int],
        found: Mapping[str, Found],
        notes: Sequence[str],
    ) -> Report:
        return Report(
            title="Explanations",
            kind=self.task.declaration.words,
            made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            verdict=f"What the model's answers for {count:,} examples rest on. {len(rows)} of them are "
            "explained one by one.",
            remarks=tuple(Remark(mood="careful", text=text) for text in notes),
            sections=tuple(METHODS[name].section(item) for name, item in found.items()),
        )


def _steady(predict: Predict) -> Predict:
    """Ask for one of a few numbers of rows, as each new one is traced for: some are asked for twice."""

    def steady(
        inputs: Mapping[str, np.ndarray], of: np.ndarray | None = None, /
    ) -> Mapping[str, np.ndarray]:
        import numpy as np

        count = count_rows(inputs)
        size = next((size for size in SIZES if size >= count), -(-count // SIZES[-1]) * SIZES[-1])
        rows = np.resize(np.arange(count), size)
        found = predict(take_rows(inputs, rows), None if of is None else of[rows])
        return {name: values[:count] for name, values in found.items()}

    return steady


def labels_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the names that users know of the raw inputs of a table."""
    return {column.input: column.name for column in columns_of(schema)}


def rates_of(schema: Mapping[str, Any]) -> dict[str, int]:
    """Return samples of a second of the raw inputs that are sounds."""
    known = {column.input: column.facts.get("rate") for column in columns_of(schema)}
    return {name: int(rate) for name, rate in known.items() if rate}


def chosen_rows(examples: Examples, rows: int | str | Sequence[int | str]) -> tuple[int, ...]:
    """Return the positions of the rows that are asked for.

    Args:
        examples: with what names them.
        rows: how many of the first, or names or numbers from 0; a text has them between commas.

    Raises:
        ConfigError: there is no such row, or there are too many.
    """
    if isinstance(rows, str):
        parts = [part.strip() for part in rows.split(",") if part.strip()]
        rows = int(rows) if rows.strip().isascii() and rows.strip().isdigit() else parts
    if isinstance(rows, int):
        if not 1 <= rows <= MOST_ROWS:
            raise ConfigError(f"rows: expected 1 to {MOST_ROWS} rows, got {rows}.")
        return tuple(range(min(rows, len(examples))))
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ConfigError(f"rows: expected 1 to {MOST_ROWS} rows, got {len(rows)}.")
    return tuple(_position(examples, str(row)) for row in rows)


def _position(examples: Examples, row: str) -> int:
    known: list[np.ndarray] = [values for values in examples.keys.values() if values.ndim == 1]
    for values in known:
        for place, name in enumerate(values):
            if str(name) == row:
                return place
    if row.isascii() and row.isdigit() and int(row) < len(examples):
        return int(row)
    names = [name for values in known[:1] for name in values[:6] if isinstance(name, str)]
    listed = f", or one of {first_names(names, 5, of=len(examples))}" if names else ""
    raise ConfigError(
        f"rows: there is no row {row!r}; expected a number from 0 to {len(examples) - 1}{listed}."
    )


def _asked(method: str | Iterable[str]) -> tuple[str, ...]:
    given = (method,) if isinstance(method, str) else tuple(method)
    for name in given:
        METHODS.check(name)
    return tuple(dict.fromkeys(given))


def _explained(
    methods: Sequence[Method], subject: Subject, *, strict: bool
) -> tuple[dict[str, Found], dict[str, str]]:
    """What each method finds, and why others find nothing."""
    found: dict[str, Found] = {}
    left_out: dict[str, str] = {}
    for method in methods:
        if not strict and not found.keys().isdisjoint(method.instead_of):
            continue
        try:
            found[method.name] = method.explain(subject)
        except NotExplainedError as error:
            if strict:
                raise
            left_out[method.name] = str(error)
    if not found:
        raise NotExplainedError(f"No method can explain this model. {' '.join(left_out.values())}")
    return found, left_out
