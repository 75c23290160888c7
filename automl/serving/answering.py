"""From what a request sends to what it is answered: the path of ``automl predict``, its model shared."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from automl.core.notes import warnings_of
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.data.modality import Examples, ReadsParts
from automl.data.source import Kept, Source
from automl.jobs.answers import FileWriter, answer, itemised, parted
from automl.jobs.result import PART, Result
from automl.jobs.written import csv_of, records_of
from automl.serving.batching import Batcher
from automl.serving.joining import (
    Predictions,
    frames_alike,
    inputs_alike,
    parts_of,
    predicted_at_once,
    spans,
)
from automl.tasks.catalog import TASKS, list_columns

MOST_JOINED = 256
"""Rows of a request from which it is read by itself: reading them takes longer than the call."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request is answered.

    Attributes:
        table: of predictions, as ``Result.predict`` gives it; files by their names.
        notes: on how the data was read.
        lists: columns that hold lists as JSON.
        said: what is said of each item of a list, for CSV; see ``TaskDeclaration.lists``.
        files: predictions that are files, such as masks, by name.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]
    lists: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data: ``predictions``, ``notes``, ``warnings``; ``files`` in base64, if there are any."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return {
            "predictions": records_of(self.table, self.lists),
            "notes": [str(note) for note in self.notes],
            "warnings": [str(note) for note in warnings_of(self.notes)],
            **({"files": files} if files else {}),
        }

    def as_csv(self) -> str:
        """The predictions alone, as ``automl predict`` writes them."""
        return csv_of(itemised(self.table, self.said), header=True)


class Answering:
    """Answers with the model of a job.

    Args:
        result: the job.
        gallery: of verification, the file of who is named; that of the job folder by default, where there
            is one.

    Raises:
        ConfigError: the job has no model, or the gallery does not fit it.
    """

    def __init__(self, result: Result, gallery: str | None = None) -> None:
        self._result, self._opened, self._gallery = result, result.opened, gallery
        model = self._opened.model  # it imports Keras, on its backend
        from automl.data.raw_model import batch_size

        self._lists = list_columns(self._opened.task.describe())
        self._said = TASKS[result.summary["task"]].lists
        most = batch_size(model)
        self._model: Batcher[Examples, Predictions] = Batcher(
            predicted_at_once(self._opened.predictions), size=len, alike=inputs_alike, most=most
        )
        self._rows: Batcher[Source, Answer] = Batcher(
            self._together,
            size=lambda source: len(source.content),
            alike=lambda one, other: frames_alike(one.content, other.content),
            most=most,
        )
        names = gallery is not None or result.opened.files.gallery.exists()
        self._recogniser = replace(result.recogniser, predict=self._model.ask) if names else None
        if self._recogniser is not None:
            self._recogniser.gallery(gallery)

    def answer(self, source: Source) -> Answer:
        """Predict raw data.

        Raises:
            DataError: it lacks a column, or cannot be read.
        """
        few = source.kind == "frame" and len(source.content) <= MOST_JOINED
        return self._rows.ask(source) if few and self._reads_rows else self._alone(source)

    def _alone(self, source: Source) -> Answer:
        if self._recogniser is not None:
            notes: list[str] = []
            table = self._recogniser.name(source, gallery=self._gallery, told=notes.extend)
            return Answer(table=table, notes=tuple(notes))
        _, examples, told = self._opened.read(source, targets=False)
        form = self._opened.form(spelled=True)
        tables = [
            answer(form, part, self._model.ask(part), first)
            for first, part in parted(self._opened.task, examples, PART)
        ]
        return self._answered(tables, told)

    def _together(self, sources: Sequence[Source]) -> list[Answer]:
        """Answer several tables of few rows, read as one: that takes hardly longer than one of them does.

        Where there is anything to tell of how they were read, each is read by itself, so that it is told of
        its own rows, and read as it would be alone.
        """
        lengths = [len(source.content) for source in sources]
        if len(sources) == 1:
            return [self._alone(sources[0])]
        frame = pd.concat([source.content for source in sources], ignore_index=True)
        _, examples, notes = self._opened.read(
            replace(sources[0], content=frame, kept=Kept()), targets=False
        )
        if notes or len(examples) != len(frame):
            return [self._alone(source) for source in sources]
        found, form = self._model.ask(examples), self._opened.form(spelled=True)
        return [
            self._answered([answer(form, part, {name: found[name][first:last] for name in found})], ())
            for part, (first, last) in zip(parts_of(examples, lengths), spans(lengths), strict=True)
        ]

    @property
    def _reads_rows(self) -> bool:
        """Whether each row is an example of its own, of plain cells."""
        columns = columns_of(self._opened.schema)
        plain = bool(columns) and all(KINDS[column.kind].plain for column in columns)
        return plain and self._recogniser is None and isinstance(self._opened.modality, ReadsParts)

    def warm_up(self) -> None:
        """Answer once, so that the first request finds all imported and built; it tells what fails."""
        with suppress(Exception):
            self._model.ask(_blank(self._opened.model))
        columns = columns_of(self._opened.schema)
        if columns and all(KINDS[column.kind].raw(column)[0] == () for column in columns):
            row = pd.DataFrame({column.name: [None] for column in columns}, dtype=object)
            with suppress(Exception):
                self.answer(Source(kind="frame", name="row", content=row)).as_json()

    def close(self) -> None:
        """End the threads."""
        self._rows.close()
        self._model.close()

    def _answered(self, tables: list[pd.DataFrame], notes: tuple[str, ...]) -> Answer:
        if not tables:  # no file could be read
            return Answer(table=pd.DataFrame(), notes=notes)
        table, write = pd.concat(tables), self._result.writes
        files: Mapping[str, bytes] = {}
        if write is not None:
            table, files = _as_files(table, write)
        return Answer(table=table, notes=notes, lists=self._lists, said=self._said, files=files)


def _blank(model: Any) -> Examples:
    """One example of zeros and empty texts; what may be of any size is of 64."""
    tensors = {
        name: (tuple(size or 64 for size in each.shape[1:]), each.dtype)
        for name, each in model.input.items()
    }
    return Examples(
        inputs={
            name: np.full((1, *shape), "", object) if dtype == "string" else np.zeros((1, *shape), dtype)
            for name, (shape, dtype) in tensors.items()
        }
    )


def _as_files(table: pd.DataFrame, write: FileWriter) -> tuple[pd.DataFrame, dict[str, bytes]]:
    with TemporaryDirectory(prefix="automl-") as name:
        folder = Path(name)
        named = write(table, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return named, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
