"""What a modality is: how raw examples are read, and how they become tensors of a model.

The way of data through one job:

    source --read--> Examples (raw arrays) --fit on the training part--> Preprocessing
    Examples --Preprocessing.transform, once per job--> tensors that every trial shares

``Preprocessing.model`` is a Keras model, so the same code that prepared the training data stands in
front of the exported model and is saved with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from automl.core.mistakes import Asked
from automl.core.specs import TaskKind
from automl.core.taking import each_taken, taken
from automl.core.targets import TARGET
from automl.core.tensors import Promised, TensorSpec
from automl.data.bids import Bid
from automl.pretrained.wish import Pretrained
from automl.tasks.catalog import TASKS, declared
from automl.tasks.declaration import TaskDeclaration

if TYPE_CHECKING:
    import keras
    import numpy as np

    from automl.core.phases import Phases
    from automl.core.text_windows import TextWindows
    from automl.data.source import Source
    from automl.data.tables import Table
    from automl.data.transform import Room


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a source is to be read.

    Attributes:
        target: target column(s); empty for sources that carry labels themselves.
        task: task asked for, or None to infer it from the target.
        id_column: series id of a long-form table.
        time_column: time of each row.
        group_column: rows of one group stay on one side of a split; not a feature.
        weight_column: how much each row counts in the loss; not a feature.
        compared: columns by which results are compared; see ``automl.data.compared``.
        hidden: columns that are no features unless they are kept, such as protected ones.
        keep: columns that are used whatever they hold.
        drop: columns that are no features.
        header: False when the first row of a table is data; columns are then ``c0``, ``c1``, ...
        lookback: steps of input of a forecast, tokens of a language model, or None for the usual number.
        tokenizer: what a token of running text, or of a transcript, is, or None for the modality's choice.
        horizon: steps to forecast, or None.
        image_size: side length in pixels that pictures are resized to, or None for the modality's choice.
        frames: that are taken of a video, or None for the modality's choice.
        user_column: of ratings, the users, or None where the column is to be found.
        item_column: the same of the items.
        user_table: file with what is known of each user, or None.
        item_table: the same of each item.
        pretrained: network whose features of pictures are made, or None.
        split_by: which ratings are held out: ``random``, ``time`` for the latest, ``last`` for the latest
            of each user, ``users`` or ``items`` for all of some; None for the usual ones.
    """

    target: tuple[str, ...] = ()
    task: TaskKind | None = None
    id_column: str | None = None
    time_column: str | None = None
    group_column: str | None = None
    weight_column: str | None = None
    compared: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    header: bool = True
    lookback: int | None = None
    tokenizer: str | None = None
    horizon: int | None = None
    image_size: int | None = None
    frames: int | None = None
    user_column: str | None = None
    item_column: str | None = None
    user_table: str | None = None
    item_table: str | None = None
    pretrained: Pretrained | None = None
    split_by: str | None = None

    @property
    def forecasts(self) -> bool:
        """Whether a forecast is asked for, by the task or by a horizon."""
        return self.horizon is not None or (self.task is not None and TASKS[self.task].forecasts)


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Raw examples in memory.

    Attributes:
        inputs: raw input arrays by name, exactly what the exported model takes; the first axis counts
            examples. Numbers are float64, strings object arrays; missing is NaN and ``""``. Pictures
            may be mapped from files, read-only; a series to forecast is a ``core.windows.Windows``, which
            behaves as an array and is taken from without copying.
        targets: raw targets by name, a single one as ``core.targets.TARGET``; None when the source has none
            (prediction). Labels are an object array of str ``(n,)``, several binary targets ``(n, k)``
            float32 of 0 and 1, numbers float64 ``(n, k)``, forecasts float64 ``Windows``
            ``(n, horizon, k)``; what differs in shape from example to example, such as boxes, is an object
            array ``(n,)`` of arrays (``core.targets.ragged``).
        groups: group of each example ``(n,)``, or None.
        times: time of each example ``(n,)`` as datetime64 or numbers that sort, or None.
        keys: columns that name each example in a file of predictions (row number, file name, series
            id and time), by column name: ``(n,)``, or ``(n, horizon)`` for one value per forecast step.
        rows: position of each example among the rows of the source ``(n,)``, or None where examples are no
            rows, as windows of a series.
        compared: by which results are compared, by column name: the group of each example ``(n,)`` object
            array of str.
        weights: how much each example counts in the loss ``(n,)`` float64 above 0, or None.
    """

    inputs: Mapping[str, np.ndarray]
    targets: Mapping[str, np.ndarray] | None = None
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    keys: Mapping[str, np.ndarray] = field(default_factory=dict)
    rows: np.ndarray | None = None
    compared: Mapping[str, np.ndarray] = field(default_factory=dict)
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def take(self, rows: np.ndarray) -> Examples:
        """Return the examples at integer positions ``rows``, in that order."""

        def pick(array: np.ndarray | None) -> np.ndarray | None:
            return None if array is None else taken(array, rows)

        return Examples(
            inputs=each_taken(self.inputs, rows),
            targets=None if self.targets is None else each_taken(self.targets, rows),
            groups=pick(self.groups),
            times=pick(self.times),
            keys={name: array[rows] for name, array in self.keys.items()},
            rows=pick(self.rows),
            compared={name: array[rows] for name, array in self.compared.items()},
            weights=pick(self.weights),
        )


SEEN = 50_000
"""Rows or texts that a trial sees at least where there are few: a thousand steps of fifty."""

USUAL_BACKEND = "tensorflow"
"""The backend of Keras that everything runs on where nothing else is quicker."""


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How examples of a kind are handled by a job.

    Attributes:
        examples_per_epoch: of more examples an epoch is a part of a pass, so that the first rung, at 2
            epochs, comes soon.
        tensors_kept: whether preprocessed tensors take longer to make than to map from a file.
        least_examples: that a trial sees over all epochs: of few it gets more epochs than its space says.
        most_epochs: that they get for it.
        example_seconds: of one core, that a pass over an example takes in training, about; 0 for next to
            nothing. Where it is not, folds and lengths have to fit the time.
        cpu_backend: backend of Keras on which models of such examples train fastest on a CPU, where that
            was measured (docs/benchmarks.md).
        folds_below: of fewer a trial is trained in folds by itself: one part says too little. 0 for never.
        worker_cores: CPU cores that ``--workers auto`` gives a worker at least.
        worker_bytes: memory that it does, the framework's own among it.
    """

    examples_per_epoch: int
    tensors_kept: bool = False
    least_examples: int = 0
    most_epochs: int = 200
    example_seconds: float = 0.0
    cpu_backend: str = USUAL_BACKEND
    folds_below: int = 0
    worker_cores: int = 4
    worker_bytes: int = 4 << 30


ROWS = Handling(examples_per_epoch=200_000)
"""As rows of a table are handled: quick to make and to train on."""


def joint_handling(handlings: Iterable[Handling]) -> Handling:
    """Return how examples are handled that have parts of several kinds."""
    parts = tuple(handlings)
    backends = {part.cpu_backend for part in parts}
    return Handling(
        examples_per_epoch=min(part.examples_per_epoch for part in parts),
        tensors_kept=any(part.tensors_kept for part in parts),
        least_examples=min(part.least_examples for part in parts),
        most_epochs=min(part.most_epochs for part in parts),
        example_seconds=max(part.example_seconds for part in parts),
        cpu_backend=backends.pop() if len(backends) == 1 else USUAL_BACKEND,
        folds_below=min(part.folds_below for part in parts),
        worker_cores=max(part.worker_cores for part in parts),
        worker_bytes=max(part.worker_bytes for part in parts),
    )


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What reading a source for training gives.

    Attributes:
        examples: the raw examples, targets present in each.
        schema: plain data (JSON) from which ``Modality.read_again`` reads other files the same way.
        task: kind of the task, as asked for or as inferred from the target.
        target_names: name of each target (one for a label column).
        target_tasks: for a task over several targets, the task of each by name; else empty.
        notes: one sentence for each thing a user should know: what was dropped and why, files skipped.
        columns: names of the columns or inputs used.
        kinds: what columns were taken for, in a user's own plural (``numbers``, ``categories``), by name.
        windows: of a series or a text, facts that splitting and scoring need; see ``WindowFacts``.
        handling: how a job handles such examples.
        traits: what the inputs are like, in words that search spaces may ask for as for kinds of tensors.
        wanted: kinds of tensors that some family takes, None for all: what is slow to make and no family
            takes need not be made.
        validates: positions of the examples that the source itself sets aside for validation ``(v,)``
            int64, ascending; None where it sets none aside.
        asked: what the user asks of the task beyond its targets.
        apart: metrics that do not compare trials on such inputs.
    """

    examples: Examples
    schema: Mapping[str, Any]
    task: TaskKind
    target_names: tuple[str, ...]
    target_tasks: Mapping[str, TaskKind] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    windows: WindowFacts | None = None
    handling: Handling = ROWS
    traits: tuple[str, ...] = ()
    wanted: frozenset[str] | None = None
    validates: np.ndarray | None = None
    asked: Asked = field(default_factory=Asked)
    apart: tuple[str, ...] = ()

    @property
    def tasks(self) -> Mapping[str, TaskKind]:
        """The task of each target, by its name in ``Examples.targets``."""
        return self.target_tasks or {TARGET: self.task}

    @property
    def declaration(self) -> TaskDeclaration:
        """What is known of the task, as its targets make it."""
        return declared(self.task, self.target_tasks)

    def wants(self, kind: str) -> bool:
        """Whether tensors of a kind are to be made."""
        return self.wanted is None or kind in self.wanted


@dataclass(frozen=True, kw_only=True)
class WindowFacts:
    """Facts on the windows of a series to forecast, or of a text.

    Attributes:
        lookback: steps of input.
        horizon: steps of target.
        season: steps of one season (24 for hourly data), 1 when none was found.
        origins: position in time of each window's first target step ``(n,)`` int64, on one grid for all
            series; a split by time keeps every target step of the training part (``origin`` to
            ``origin + horizon - 1``) before the validation part's first.
        targets: how many leading channels are forecast.
        held_out: share of the windows that validates, None for the usual one.
        words: what a window is, for the user.
        times: for the user, which column tells times, how far apart they are and from when to when.
    """

    lookback: int
    horizon: int
    season: int
    origins: np.ndarray
    targets: int
    words: str
    held_out: float | None = None
    times: str = ""


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """What was fitted on the training part.

    Attributes:
        inputs: the tensors that families may connect to.
        model: Keras model from raw inputs (dict by name, as in ``Examples.inputs``) to preprocessed
            tensors (dict by ``TensorSpec.name``).
        stepwise: whether each step of a series is preprocessed by itself; windows are then preprocessed
            through the series that they are cut from, each step once.
        coded: what windows of a text become, by ``TensorSpec.name``, where they are preprocessed through
            the text that they are cut from, as the model would preprocess each; or None.
    """

    inputs: tuple[TensorSpec, ...]
    model: keras.Model
    stepwise: bool = False
    coded: Callable[[TextWindows], Mapping[str, Any]] | None = None

    def transform(
        self,
        examples: Examples,
        rows: np.ndarray | None = None,
        *,
        room: Room | None = None,
        phases: Phases | None = None,
    ) -> dict[str, np.ndarray]:
        """Preprocess examples; each array has the spec's shape behind the batch axis.

        Args:
            examples: raw examples.
            rows: positions of those to preprocess, in that order; all by default.
            room: makes the array that each tensor is written into; in memory by default.
            phases: is told how many are preprocessed, or None.

        Returns:
            tensors by name; ``Windows`` where windows are preprocessed stepwise.

        Raises:
            TimeUpError: the deadline of the phases has passed.
        """
        from automl.data.transform import transform

        return transform(self, examples.inputs, rows, room, phases)


class Modality(Protocol):
    """One kind of input. Implementations are modules' plain objects, strangers to each other."""

    name: str
    reads: tuple[str, ...]
    """Fields of ``ReadOptions`` that it takes and not all others do, but for those that choose it."""

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Say how sure it is that a source is its own."""
        ...

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a source for training.

        Raises:
            DataError: with file, column or row, what was expected, what came and what to do.
        """
        ...

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another source (validation, test, prediction) as ``schema`` says.

        Columns may stand in another order and superfluous ones are ignored (with a note); missing ones
        are refused. ``targets``: whether the targets must be there (rows without one are dropped, with
        a note); when False, ``Examples.targets`` is None and no row is dropped.

        Returns:
            the examples, and notes as in ``Dataset.notes``.
        """
        ...

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Tell which tensors ``fit`` will give, so that families are chosen before anything is fitted."""
        ...

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit the preprocessing on the training part, the examples at positions ``rows``."""
        ...

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """What the task must know of the training part beyond its targets (JSON); often nothing."""
        ...


@runtime_checkable
class ReadsParts(Protocol):
    """A modality that also reads a table part by part, where its columns are of plain kinds."""

    def read_part(
        self, table: Table, schema: Mapping[str, Any], source: Source, *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read some rows by the schema of others, as ``Modality.read_again`` does.

        Args:
            table: the rows.
            schema: of the data set.
            source: where the table lies.
            targets: whether the targets must be there.
        """
        ...
