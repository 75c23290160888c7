"""The model of a finished job with all that answers by it: what reads raw data, what runs, what writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl.core.amounts import parse_share
from automl.core.errors import understood
from automl.core.targets import named
from automl.data.catalog import MODALITIES
from automl.data.coded import compact
from automl.data.columns import columns_of
from automl.data.large.again import PartsAgain, parts_again
from automl.data.modality import Examples, Modality
from automl.data.source import Source, open_source, refuse_parts
from automl.jobs.answers import Form, Listener, index_of, parted, warn
from automl.jobs.coverage import Covering, covering
from automl.jobs.extensions import refuse_absent
from automl.jobs.finish.exported import load_model
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.backend import default_backend, import_keras, name_backend
from automl.jobs.missing import refuse_missing
from automl.jobs.versions import read_versioned
from automl.tasks.catalog import restore_task
from automl.tasks.task import Task

if TYPE_CHECKING:
    import keras
    import numpy as np


@dataclass(frozen=True)
class OpenedModel:
    """A job folder, its files read when they are first needed.

    Args:
        files: the folder.
    """

    files: JobFolder

    @cached_property
    def model(self) -> keras.Model:
        """The exported Keras model, from raw inputs to predictions.

        Raises:
            ConfigError: there is none yet, or packages that it needs are gone.
        """
        refuse_missing(self.files.model)
        self._check_packages()
        import_keras(default_backend())
        return reading_raw(self.files, load_model(self.files.model))

    @cached_property
    def task(self) -> Task:
        """The fitted task: it decodes predictions, and scores them."""
        self._check_packages()
        import_keras(default_backend())  # which tasks load: theirs would not be mute
        with understood(self.files.task, kinds=(ValueError,)):
            return restore_task(read_versioned(self.files.task))

    @cached_property
    def schema(self) -> dict[str, Any]:
        """How further data is read, its modality among it."""
        self._check_packages()
        return read_versioned(self.files.schema)

    @property
    def modality(self) -> Modality:
        """What reads it."""
        with understood(self.files.schema):
            return MODALITIES[self.schema["modality"]]

    def read(self, data: object, *, targets: bool) -> tuple[Source, Examples, tuple[str, ...]]:
        """Read raw data as that of the search was.

        Args:
            data: anything that a search reads.
            targets: whether the targets must be there.

        Returns:
            where it came from, its examples, and notes on how it was read.

        Raises:
            DataError: it lacks a column, or cannot be read.
        """
        # what is read is read before a framework takes its room: at its largest a table needs twice its own
        name_backend(default_backend())
        source = open_source(data)
        refuse_parts(source)
        with understood(self.files.schema):
            examples, notes = self.modality.read_again(source, self._reading, targets=targets)
        examples = compact(examples)
        source.kept.shrink()  # a large table need not stay beside its inputs
        import_keras(default_backend())
        return source, examples, (*source.notes, *notes)

    def read_parts(self, data: object, rows: int, told: Listener) -> Iterator[tuple[int, Examples]]:
        """Read raw data without its targets, part by part where it is a large table.

        Args:
            data: anything that a search reads.
            rows: most examples of a part.
            told: called once with the notes: before the first part, or behind the last of a large table.

        Yields:
            the position of each part's first example among all, and its examples.

        Raises:
            DataError: it lacks a column, or cannot be read.
        """
        source = open_source(data)
        streamed = self.parts(source, targets=False)
        if streamed is None:
            _, examples, notes = self.read(source, targets=False)
            told(notes)
            yield from parted(self.task, examples, rows)
            return
        first = 0
        for examples in streamed:
            for place, part in parted(self.task, examples, rows):
                yield first + place, part
            first += len(examples)
        told((*source.notes, *streamed.notes))

    def parts(self, source: Source, *, targets: bool) -> PartsAgain | None:
        """Return a large table in parts; None for what is read at once.

        Args:
            source: the data.
            targets: whether the targets must be there.

        Raises:
            DataError: it is no table.
        """
        with understood(self.files.schema):
            streamed = parts_again(source, self._reading, self.modality, targets=targets)
        if streamed is not None:
            import_keras(default_backend())
        return streamed

    def form(self, content: Any = None, *, spelled: bool = False) -> Form:
        """Return how predictions become a table.

        Args:
            content: the data in memory, whose index rows keep; None for a file.
            spelled: leave boolean labels spelled as in the training file.
        """
        kind = self.schema.get("label_type", "str")
        return Form(task=self.task, label_type=kind, index=index_of(content), spelled=spelled)

    def covering(self, coverage: float | None) -> Covering | None:
        """Return what tells intervals or sets with predictions; None for neither.

        Args:
            coverage: asked for; None for what the search was asked for, 0 for none.

        Raises:
            ConfigError: there are none for such a task or job, or too few rows were held out.
        """
        asked = parse_share(coverage) if coverage else coverage
        kind = self.schema.get("label_type", "str")
        return None if asked == 0 else covering(self.files.coverage, self.task, kind, asked)

    def predictions(self, examples: Examples) -> dict[str, np.ndarray]:
        """Return the predictions of the exported model by name, first axis examples.

        Raises:
            ConfigError: the model is of other inputs.
        """
        import numpy as np

        from automl.data.raw_model import batch_size, predict

        model = self.model
        with understood(self.files.model, kinds=(ValueError,)):  # a model of other inputs
            found = named(predict(model, examples.inputs, batch_size=batch_size(model)))
            return {name: np.asarray(values) for name, values in found.items()}

    def read_named(self, data: object, targets: bool) -> tuple[Examples, tuple[str, ...]]:
        """Read as ``read`` does, and leave out where it came from."""
        return self.read(data, targets=targets)[1:]

    @property
    def _reading(self) -> Mapping[str, Any]:
        """The schema as its modality wrote it."""
        return {key: value for key, value in self.schema.items() if key != "modality"}

    def _check_packages(self) -> None:
        if self.files.result.exists():
            refuse_absent(read_json(self.files.result), f"The model in {self.files.path}")


def reading_raw(files: JobFolder, model: keras.Model) -> keras.Model:
    """Return a model of a job whose ``predict`` reads frames, rows and texts as the job has read its data.

    Args:
        files: of the job.
        model: from raw inputs to predictions.
    """
    from automl.data.raw_model import reads_raw

    opened = OpenedModel(files)  # one of its own, as what reads must not hold the model

    def read(data: object) -> Mapping[str, np.ndarray]:
        _, examples, notes = opened.read(_named_rows(data, opened.schema), targets=False)
        warn(notes)
        return examples.inputs

    return reads_raw(model, read)


def _named_rows(data: Any, schema: Mapping[str, Any]) -> Any:
    """Rows of a table that come without names, as a frame with the columns that the model reads."""
    import numpy as np
    import pandas as pd

    names = [column.name for column in columns_of(schema)]
    rows = np.ndim(data) == 2 if isinstance(data, np.ndarray) else _is_rows(data, len(names))
    if not names or not rows:
        return data
    frame = pd.DataFrame(data)
    return frame.set_axis(names, axis=1) if frame.shape[1] == len(names) else data


def _is_rows(data: Any, width: int) -> bool:
    """Whether something is a list of rows, each of so many cells."""
    cells = isinstance(data, list) and all(isinstance(row, list | tuple) for row in data)
    return cells and {len(row) for row in data} == {width}
