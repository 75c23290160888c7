"""What an answer is to become: another class, or an amount past a value.

Symbols: n rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.figures import rounded
from automl.core.targets import count_rows
from automl.explanations.method import NotExplainedError, Subject
from automl.explanations.quantity import Quantity, quantity_of
from automl.tasks.task import AnswersByClass, ComparesGroups


class Goal(Protocol):
    """What the answer for one row is to become."""

    @property
    def words(self) -> str:
        """The same as text, behind "the answer is to be"."""
        ...

    @property
    def given(self) -> bool:
        """Whether the answer is so already."""
        ...

    def reached(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return which answers are so ``(n,) bool``."""
        ...

    def nearness(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return how near answers are ``(n,)``, larger is nearer."""
        ...

    def told(self, predictions: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        """Return the answers as text."""
        ...


@dataclass(frozen=True, kw_only=True)
class OtherClass:
    """Another class than now, or a certain one.

    Attributes:
        subject: what is explained.
        row: position of the example.
        quantity: probabilities of the classes.
        now: the class that is answered.
        wanted: a class; empty for any other.
    """

    subject: Subject
    row: int
    quantity: Quantity
    now: str
    wanted: str

    @property
    def words(self) -> str:
        """The class."""
        return self.wanted or f"another class than {self.now}"

    @property
    def given(self) -> bool:
        """Whether it is the class that is answered."""
        return self.now == self.wanted

    def reached(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """By the thresholds that the model answers with."""
        labels = labels_of(self.subject, predictions, self.row)
        return np.asarray(labels == self.wanted if self.wanted else labels != self.now)

    def nearness(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """Probability that is gained or lost, against the largest of the others."""
        chances = self.quantity.all_of(predictions)
        at = self.quantity.names.index(self.wanted or self.now)
        ahead = chances[:, at] - np.delete(chances, at, axis=1).max(axis=1)
        return np.asarray(ahead if self.wanted else -ahead)

    def told(self, predictions: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        """The class with its probability."""
        chances, names = self.quantity.all_of(predictions), self.quantity.names
        labels = labels_of(self.subject, predictions, self.row)
        return tuple(
            f"{label} ({rounded(own[names.index(label)], 3)})"
            for label, own in zip(labels, chances, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class PastValue:
    """An amount on the other side of a value.

    Attributes:
        quantity: whose first number counts.
        value: to be passed.
        rises: whether from below.
    """

    quantity: Quantity
    value: float
    rises: bool

    given = False

    @property
    def words(self) -> str:
        """The value, and from which side."""
        return f"{'at least' if self.rises else 'at most'} {rounded(self.value, 4)}"

    def reached(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """What is past the value."""
        return np.asarray(self.nearness(predictions) >= 0)

    def nearness(self, predictions: Mapping[str, np.ndarray]) -> np.ndarray:
        """How far past it; nothing is gained by going further."""
        beyond = self.quantity.all_of(predictions)[:, 0] - self.value
        return np.asarray(np.minimum(beyond if self.rises else -beyond, 0.0))

    def told(self, predictions: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        """The amount."""
        return tuple(str(rounded(value, 4)) for value in self.quantity.all_of(predictions)[:, 0])


def goal_of(
    subject: Subject, row: int, own: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]
) -> Goal:
    """Return what the answer for a row is to become.

    Args:
        subject: what is explained, with what the user wants.
        row: position of the example.
        own: predictions for it, of one row.
        others: predictions for other examples, whose middle is passed where no value is given.

    Raises:
        ConfigError: there is no such class, or what should be an amount is none.
        NotExplainedError: an answer is neither one class nor an amount.
    """
    quantity, wanted = quantity_of(subject.task, own), subject.wish.wanted
    if isinstance(subject.task, AnswersByClass) and quantity.chances:
        if wanted and wanted not in quantity.names:
            raise ConfigError(f"wanted: there is no class {wanted!r}. {suggest(wanted, quantity.names)}")
        now = str(labels_of(subject, own, row)[0])
        return OtherClass(subject=subject, row=row, quantity=quantity, now=now, wanted=wanted)
    if quantity.chances or quantity.steps:
        raise NotExplainedError(
            "Counterfactuals change one class or one amount, and an answer of this model is several "
            "numbers: choose another method."
        )
    value = _amount(wanted) if wanted else float(np.median(quantity.all_of(others)[:, 0]))
    return PastValue(quantity=quantity, value=value, rises=bool(quantity.all_of(own)[0, 0] < value))


def labels_of(subject: Subject, predictions: Mapping[str, np.ndarray], row: int) -> np.ndarray:
    """Return the classes that a model answers ``(n,) str`` for changes of one example."""
    task, count = subject.task, count_rows(predictions)
    if isinstance(task, ComparesGroups):
        known = subject.examples.compared.items()
        try:
            task = task.of_rows({name: np.repeat(values[row : row + 1], count) for name, values in known})
        except DataError as error:
            raise NotExplainedError(str(error)) from error
    return np.asarray(task.decode(predictions)["prediction"]).astype(str)


def _amount(wanted: str) -> float:
    try:
        value = float(wanted)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError(f"wanted: expected the amount that is to be passed, got {wanted!r}.")
    return value
