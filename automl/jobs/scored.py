"""A finished model on raw data with targets: examples with known labels, scores, reports, explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import DataError, understood
from automl.core.protected import Protected
from automl.core.specs import Objective
from automl.core.targets import joined_rows
from automl.data.modality import Examples
from automl.data.source import open_source
from automl.data.unseen import Unseen
from automl.jobs.answers import Listener, parted
from automl.jobs.coverage import Covering
from automl.jobs.groups import Answered, compare, encoded_with_groups, groups_in, without_groups
from automl.jobs.opened import OpenedModel
from automl.jobs.trial.trained_rows import SeenCount, is_of_search, seen_notes
from automl.tasks.catalog import known_classes

if TYPE_CHECKING:
    import numpy as np

    from automl.jobs.explaining import Explainer


class ToScore:
    """Examples to be scored, read at once or, of a large table, part by part.

    Args:
        opened: the model, and what reads for it.
        data: anything that a search reads, with its targets.
        whole: whether all examples are to be in one part.

    Attributes:
        rows: examples so far; of all of them behind the last part.
    """

    def __init__(self, opened: OpenedModel, data: object, *, whole: bool = False) -> None:
        self._opened, self._whole, self._source = opened, whole, open_source(data)
        self._unseen: Unseen | None = None
        self._seen = SeenCount(opened.files)
        self._notes: tuple[str, ...] = ()
        self._compared: frozenset[str] = frozenset()
        self.rows = 0

    def __iter__(self) -> Iterator[Examples]:
        streamed = None if self._whole else self._opened.parts(self._source, targets=True)
        if streamed is None:
            _, examples, self._notes = self._opened.read(self._source, targets=True)
            kept = self._kept(examples)
            self._refuse_none()
            yield kept
            return
        for examples in streamed:
            if len(kept := self._kept(examples)):
                yield kept
        self._notes = (*self._source.notes, *streamed.notes)
        self._refuse_none()

    def told(self) -> tuple[int | None, tuple[str, ...]]:
        """Return how many examples were trained on, None where that is not known, and all notes.

        Raises:
            DataError: more than a tenth of the examples have labels that training does not have.
        """
        left_out = self._unseen.notes() if self._unseen is not None else ()
        seen = self._seen.told(self._source.name, same=is_of_search(self._opened.files, self._source))
        lacking = without_groups(self._opened.schema, self._compared)
        return seen.rows, (*self._notes, *left_out, *seen.notes, *lacking)

    def _refuse_none(self) -> None:
        if self.rows:
            return
        if self._unseen is not None:
            self._unseen.notes()  # raises where labels are the reason
        raise DataError(f"{self._source.name}: no row has a target that can be scored.")

    def _kept(self, examples: Examples) -> Examples:
        if self._unseen is None:
            classes = known_classes(self._opened.task.describe())
            self._unseen = Unseen(classes, self._source.name)
        kept = self._unseen.without(examples)
        self._seen.hear(kept)
        self._compared = frozenset(kept.compared)
        self.rows += len(kept)
        return kept


def score(opened: OpenedModel, examples: ToScore, covering: Covering | None = None) -> dict[str, Any]:
    """Return ``metrics`` of a task on examples, accumulated part by part.

    Args:
        opened: the model.
        examples: with their targets.
        covering: tells intervals or sets, whose ``coverage`` is then returned, too; None for neither.

    Returns:
        protected ``groups``, too, where there are some and the data tells them.
    """
    task, protected = opened.task, Protected.of(opened.schema.get("protected"))
    scorer: Any = task.scorer()
    measured = None if covering is None else covering.measured()
    compared: list[Sequence[Mapping[str, np.ndarray]]] = []
    for each in examples:
        for _, part in parted(task, each, len(each)):
            encoded, predictions = encoded_with_groups(task, part), opened.predictions(part)
            scorer.update(encoded, predictions, part.groups)
            if covering is not None and measured is not None:
                covering.measure(measured, part, predictions, encoded)
            if groups := groups_in(protected, part):
                compared.append((groups, encoded, predictions))
    found: dict[str, Any] = {"metrics": scorer.result()}
    if measured is not None:
        found["coverage"] = measured.result()
    if compared:
        by, truth, answers = map(joined_rows, zip(*compared, strict=True))
        found["groups"] = compare(Answered(task=task, encoded=truth, predictions=answers), by)
    return found


def read_to_score(opened: OpenedModel, data: object, told: Listener) -> tuple[Examples, int | None]:
    """Return examples with known labels, and how many of them have inputs that were trained on."""
    reading = ToScore(opened, data, whole=True)
    (examples,) = reading
    seen, notes = reading.told()
    told(notes)
    return examples, seen


def report(
    opened: OpenedModel, objective: Objective, *, test: object, out: str | Path | None, told: Listener
) -> Path:
    """Write the page of a job's report, with scores on test data where some is given.

    Args:
        opened: the model.
        objective: what was searched for.
        test: anything that a search reads, with its targets, or None.
        out: where the page goes; into the job folder by default.
        told: called with the notes of what was read.

    Returns:
        where the page is.

    Raises:
        ConfigError: the job has no report, or it is damaged.
    """
    from automl.jobs.report.testing import tested
    from automl.jobs.report.writing import read_report, write_page, write_report

    files = opened.files
    found = read_report(files)
    if test is not None:
        examples, seen = read_to_score(opened, test, told)
        facts = opened.task, examples, opened.predictions(examples), objective
        found = tested(found, *facts, opened.schema, files.coverage, seen=seen)
        write_report(files, found)
    page = files.report if out is None else Path(out)
    with understood(files.report_data, kinds=(ValueError,)):
        write_page(found, page)
    return page


def explainer_of(opened: OpenedModel, objective: Objective) -> Explainer:
    """Return what asks a model what its answers rest on."""
    from automl.jobs.explaining import Explainer

    def read(data: object, targets: bool, told: Listener) -> Examples:
        if targets:
            return read_to_score(opened, data, told)[0]
        source, examples, notes = opened.read(data, targets=False)
        told((*notes, *seen_notes(opened.files, examples, source)))
        return examples

    return Explainer(
        task=opened.task,
        schema=opened.schema,
        objective=objective,
        read=read,
        predict=lambda inputs, of=None: opened.predictions(Examples(inputs=inputs)),
        model=lambda: opened.model,
    )
