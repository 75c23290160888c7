"""From what a request sends to what it is answered: the path of ``automl predict``, its model shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from automl.core.folders import files_below
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.data.modality import Examples, ReadsParts
from automl.data.source import Kept, Source
from automl.jobs.answers import FileWriter, answer, parted
from automl.jobs.coverage import set_columns
from automl.jobs.result import PART, Result
from automl.serving.answered import Answer, Answered, Share
from automl.serving.batching import Batcher
from automl.serving.further import Further, further_of
from automl.serving.joining import Asked, Call, Predictions, alike, predicted_at_once, spans
from automl.serving.sent import without_folder
from automl.tasks.catalog import TASKS, list_columns

MOST_JOINED = 256
"""Rows of a request from which it is read by itself: reading them takes longer than the call."""


_Predict: TypeAlias = Callable[[Examples], Predictions]


class Answering:
    """Answers with the model of a job.

    Attributes:
        further: what it does besides predicting.

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
        self._covering = self._opened.covering(None)
        self.further = tuple(further_of(result))
        self._batches: Batcher[Asked, Any] = Batcher(
            self._at_once, size=_rows_of, alike=alike, most=batch_size(model)
        )
        names = gallery is not None or result.opened.files.gallery.exists()
        self._recogniser = replace(result.recogniser, predict=self._predicted) if names else None
        if self._recogniser is not None:
            self._recogniser.gallery(gallery)

    def answer(self, source: Source) -> Answered:
        """Predict raw data; waits for it.

        Raises:
            DataError: it lacks a column, or cannot be read.
        """
        begun = self.begin(source)
        return self._alone(source, self._predicted) if begun is None else begun.result()

    def begin(self, source: Source) -> Future[Answered] | None:
        """Return what will hold the answer to a table of few rows, perhaps read with others; None for what
        is read by itself.
        """
        few = source.kind == "frame" and len(source.content) <= MOST_JOINED
        if not (few and self._reads_rows):
            return None
        return self._batches.submit(source)

    def do(self, further: Further, body: Any) -> dict[str, Any]:
        """Answer what is no prediction; waits for it.

        Raises:
            DataError: the body is not understood.
        """
        answered: dict[str, Any] = self._batches.ask(partial(further.answer, body))
        return answered

    def _at_once(self, asked: Sequence[Asked]) -> Sequence[Any]:
        """Answer a batch: examples, tables of few rows, or one call by itself."""
        if isinstance(asked[0], Source):
            return self._together(cast("Sequence[Source]", asked))
        if isinstance(asked[0], Examples):
            return predicted_at_once(self._opened.predictions)(cast("Sequence[Examples]", asked))
        return [call() for call in cast("Sequence[Call]", asked)]

    def _predicted(self, examples: Examples) -> Predictions:
        found: Predictions = self._batches.ask(examples)
        return found

    def _alone(self, source: Source, predict: _Predict) -> Answer:
        if self._recogniser is not None:
            notes: list[str] = []
            table = self._recogniser.name(source, gallery=self._gallery, told=notes.extend)
            return Answer(table=table, notes=without_folder(notes, source))
        _, examples, told = self._opened.read(source, targets=False)
        parts = parted(self._opened.task, examples, PART)
        tables = [self._table(part, predict, first) for first, part in parts]
        return self._answered(tables, without_folder(told, source))

    def _together(self, sources: Sequence[Source]) -> Sequence[Answered]:
        """Answer several tables of few rows, read as one: that takes hardly longer than one of them does.

        Where there is anything to tell of how they were read, each is read by itself, so that it is told of
        its own rows, and read as it would be alone.
        """
        predict = self._opened.predictions
        if len(sources) == 1:
            return [self._alone(sources[0], predict)]
        frame = pd.concat([source.content for source in sources], ignore_index=True)
        _, examples, notes = self._opened.read(
            replace(sources[0], content=frame, kept=Kept()), targets=False
        )
        if notes or len(examples) != len(frame):
            return [self._alone(source, predict) for source in sources]
        whole = self._answered([self._table(examples, predict)], ())
        place = next(iter(examples.keys))
        lengths = [len(source.content) for source in sources]
        return [Share(whole=whole, first=first, last=last, place=place) for first, last in spans(lengths)]

    def _table(self, examples: Examples, predict: _Predict, first: int = 0) -> pd.DataFrame:
        """What ``Result.predict_parts`` gives for examples."""
        found, covering = predict(examples), self._covering
        more = None if covering is None else covering.columns(examples, found)
        return answer(self._opened.form(spelled=True), examples, found, first, more=more)

    @cached_property
    def _reads_rows(self) -> bool:
        """Whether each row is an example of its own, of plain cells."""
        columns = columns_of(self._opened.schema)
        plain = bool(columns) and all(KINDS[column.kind].plain for column in columns)
        return plain and self._recogniser is None and isinstance(self._opened.modality, ReadsParts)

    def warm_up(self) -> None:
        """Answer once, so that the first request finds all imported and built; it tells what fails.

        A second number of rows makes TensorFlow build the function for any.
        """
        for rows in (1, 2):
            with suppress(Exception):
                self._predicted(_blank(self._opened.model, rows))
        columns = columns_of(self._opened.schema)
        if columns and all(KINDS[column.kind].raw(column)[0] == () for column in columns):
            row = pd.DataFrame({column.name: [None] for column in columns}, dtype=object)
            with suppress(Exception):
                self.answer(Source(kind="frame", name="row", content=row)).as_json()

    def close(self) -> None:
        """End the thread."""
        self._batches.close()

    def _answered(self, tables: list[pd.DataFrame], notes: tuple[str, ...]) -> Answer:
        if not tables:  # no file could be read
            return Answer(table=pd.DataFrame(), notes=notes)
        table, write = pd.concat(tables), self._result.writes
        files: Mapping[str, bytes] = {}
        if write is not None:
            table, files = _as_files(table, write)
        sets = () if self._covering is None else set_columns(table, self._opened.task)
        lists = (*self._lists, *sets)
        return Answer(table=table, notes=notes, lists=lists, said=self._said, files=files)


def _rows_of(asked: Asked) -> int:
    if isinstance(asked, Source):
        return len(asked.content)
    return len(asked) if isinstance(asked, Examples) else 1


def _blank(model: Any, rows: int) -> Examples:
    """Examples of zeros and empty texts; what may be of any size is of 64."""
    tensors = {
        name: (tuple(size or 64 for size in each.shape[1:]), each.dtype)
        for name, each in model.input.items()
    }
    return Examples(
        inputs={
            name: np.full((rows, *shape), "", object)
            if dtype == "string"
            else np.zeros((rows, *shape), dtype)
            for name, (shape, dtype) in tensors.items()
        }
    )


def _as_files(table: pd.DataFrame, write: FileWriter) -> tuple[pd.DataFrame, dict[str, bytes]]:
    with TemporaryDirectory(prefix="automl-") as name:
        folder = Path(name)
        named = write(table, folder)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_below(folder)}
        return named, files
