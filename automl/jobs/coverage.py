"""Intervals and sets with a job's predictions: scores of held-out rows, kept in its folder.

Arrays and JSON (NumPy's ``.npz``), no pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.archives import arrays_in
from automl.core.catalog import at_place
from automl.core.errors import ConfigError, DataError
from automl.core.files import whole
from automl.data.label_types import LabelType, in_own_type
from automl.data.modality import Examples
from automl.tasks.catalog import TASKS, declarations
from automl.tasks.task import ComparesGroups, Task

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl.tasks.conformal.kept import Case, Conformal, Kept
    from automl.tasks.conformal.measured import Measured

_FORM = 1

USUAL = 0.9
"""The coverage that a report shows where none was asked for."""

SERIES = "series"
"""What the groups of a forecast are: each series has scores of its own."""


def method_of(kind: str) -> Conformal | None:
    """Return the method of a kind of task; None where nothing is told with its predictions."""
    place = TASKS[kind].coverage
    if not place:
        return None
    found: Conformal = at_place(place)
    return found


def groups_by(task: Task, by: str | None, examples: Examples) -> tuple[str, np.ndarray | None]:
    """Return by what rows have scores of their own, and the group of each; empty and None for nothing.

    Args:
        task: of the job; of a forecast each series is a group.
        by: the column that the user named, or None.
        examples: the rows.

    Raises:
        DataError: they do not have the column.
    """
    if task.declaration.forecasts:
        return ("", None) if examples.groups is None else (SERIES, examples.groups)
    if not by:
        return "", None
    if by not in examples.compared:
        raise DataError(f"coverage: rows go by the column {by!r}, which this data lacks. Add it.")
    return by, examples.compared[by]


def case_of(
    task: Task,
    examples: Examples,
    predictions: Mapping[str, np.ndarray],
    encoded: Mapping[str, np.ndarray],
    groups: np.ndarray | None,
) -> Case:
    """Return rows with what is known of them.

    Args:
        task: the fitted task.
        examples: raw.
        predictions: for them, by name.
        encoded: their encoded targets, empty where they are not known.
        groups: group of each, or None.
    """
    from automl.tasks.conformal.kept import Case

    return Case(
        task=task,
        predictions=predictions,
        inputs=examples.inputs,
        groups=groups,
        encoded=encoded,
        truth=(examples.targets or {}) if encoded else {},
    )


def write_kept(path: Path, kept: Kept) -> None:
    """Write scores of held-out rows, whole or not at all."""
    import numpy as np

    facts = {
        "form": _FORM,
        "by": kept.by,
        "coverage": kept.coverage,
        "facts": list(kept.facts),
        "grouped": kept.groups is not None,
    }
    arrays: dict[str, Any] = {f"facts.{name}": values for name, values in kept.facts.items()}
    if kept.groups is not None:
        arrays["groups"] = kept.groups.astype(str)
    with whole(path) as draft:
        np.savez_compressed(draft, about=np.asarray(json.dumps(facts)), scores=kept.scores, **arrays)


def read_kept(path: Path) -> Kept:
    """Read what ``write_kept`` was given.

    Raises:
        ConfigError: there is none, or it is damaged.
    """
    from automl.tasks.conformal.kept import Kept

    if not path.exists():
        raise ConfigError(
            f"coverage: {path.parent} has no {path.name}: an earlier version of automl ended this job. "
            "Search again."
        )
    with arrays_in(path) as file:
        about = json.loads(str(file["about"]))
        if about["form"] != _FORM:
            raise ValueError(f"form {about['form']!r}, this version reads {_FORM}")
        return Kept(
            scores=file["scores"],
            facts={name: file[f"facts.{name}"] for name in about["facts"]},
            groups=file["groups"] if about["grouped"] else None,
            by=about["by"],
            coverage=about["coverage"],
        )


@dataclass(frozen=True, kw_only=True)
class Covering:
    """Tells intervals or sets with predictions.

    Attributes:
        task: the fitted task.
        method: of it.
        kept: scores of held-out rows.
        coverage: share of rows that shall hold the truth.
        label_type: the type that labels had.
    """

    task: Task
    method: Conformal
    kept: Kept
    coverage: float
    label_type: LabelType

    def columns(self, examples: Examples, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the columns that go with predictions, in the order of ``Task.decode``."""
        import numpy as np

        case = self._case(examples, predictions, {})
        classes = self.task.describe().get("classes", ())
        labels = list(in_own_type(np.array(classes, object), self.label_type)) if classes else []
        labels = [getattr(label, "item", lambda own=label: own)() for label in labels]
        return self.method.tell(self.kept, case, self.coverage).columns(case, labels)

    def measured(self) -> Measured:
        """Return what measures the coverage of rows with targets."""
        from automl.tasks.conformal.measured import Measured

        return Measured(asked=self.coverage, size=self.method.size, by=self.kept.by)

    def measure(
        self,
        measured: Measured,
        examples: Examples,
        predictions: Mapping[str, np.ndarray],
        encoded: Mapping[str, np.ndarray],
    ) -> None:
        """Add rows with targets to what was measured."""
        case = self._case(examples, predictions, encoded)
        measured.add(self.method.tell(self.kept, case, self.coverage), case)

    def _case(
        self,
        examples: Examples,
        predictions: Mapping[str, np.ndarray],
        encoded: Mapping[str, np.ndarray],
    ) -> Case:
        _, groups = groups_by(self.task, self.kept.by, examples)
        task = self.task.of_rows(examples.compared) if isinstance(self.task, ComparesGroups) else self.task
        return case_of(task, examples, predictions, encoded, groups)


def covering(path: Path, task: Task, label_type: LabelType, coverage: float | None) -> Covering | None:
    """Return what tells intervals or sets with the predictions of a job; None where none are asked for.

    Args:
        path: of the scores.
        task: of the job.
        label_type: the type that labels had.
        coverage: asked for; None for what the search was asked for.

    Raises:
        ConfigError: there are none for such a task or job, or too few rows were held out.
    """
    from automl.tasks.conformal.kept import refuse_few

    method = method_of(task.kind)
    if method is None:
        if coverage is None:
            return None
        raise ConfigError(without_coverage(task.kind))
    if coverage is None and not path.exists():
        return None
    kept = read_kept(path)
    asked = kept.coverage if coverage is None else coverage
    if asked is None:
        return None
    refuse_few(kept, method, asked)
    return Covering(task=task, method=method, kept=kept, coverage=asked, label_type=label_type)


def set_columns(table: pd.DataFrame, task: Task) -> tuple[str, ...]:
    """Return the columns of predictions with a coverage that are lists in JSON: the sets of classes."""
    if not task.declaration.classifies:
        return ()
    return tuple([name for name in ("set_", "set") if name in table][:1])


def without_coverage(kind: str) -> str:
    """Return why a task has neither intervals nor sets."""
    able = ", ".join(item.name for item in declarations() if item.coverage)
    return f"coverage: a {kind} task has neither intervals nor sets; these have: {able}. Leave it out."
