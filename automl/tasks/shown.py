"""What a task is given to show of predictions, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl.core.catalog import at_place
from automl.core.figures import Figure
from automl.core.reports import Remark, Section
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

MOST_MISTAKES = 12
"""Mistakes that are shown."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Predictions with the truth.

    Attributes:
        task: the fitted task.
        encoded: encoded targets, by name.
        truth: raw targets.
        predictions: of the winner.
        inputs: raw inputs, for a task that shows what came before its targets; or empty.
        groups: group of each example, or None; what is compared is compared within groups.
    """

    task: Task
    encoded: Mapping[str, np.ndarray]
    truth: Mapping[str, np.ndarray]
    predictions: Mapping[str, np.ndarray]
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    groups: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One of the worst answers.

    Attributes:
        row: position of the example.
        truth: what was right.
        answer: what was predicted.
        size: how bad it is, as ``Evidence.measure`` says.
    """

    row: int
    truth: str | float
    answer: str | float
    size: float


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What predictions show.

    Attributes:
        figures: in order.
        mistakes: the worst first.
        measure: what the size of a mistake is.
        remarks: what to know of them.
        sections: parts of a report of their own.
    """

    figures: tuple[Figure, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    measure: str = ""
    remarks: tuple[Remark, ...] = ()
    sections: tuple[Section, ...] = ()


def evidence_of(shown: Shown) -> Evidence:
    """Return what the task's declaration names to show predictions; nothing where it names nothing."""
    place = shown.task.declaration.evidence
    found: Evidence = at_place(place)(shown) if place else Evidence()
    return found
