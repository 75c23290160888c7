"""The one number of each answer that is explained: a probability, a value, the mean of a forecast.

Symbols: n examples, k classes or target columns, h steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.targets import named
from automl.explanations.method import NotExplainedError
from automl.tasks.catalog import gives_probabilities
from automl.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """What is explained of predictions.

    Attributes:
        name: of the prediction.
        names: what each of its k numbers is called.
        chances: whether they are probabilities; the largest of an answer is explained then, else the first
            number.
        steps: whether there is a number for each of several steps, of which the mean is explained.
    """

    name: str
    names: tuple[str, ...]
    chances: bool
    steps: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What each of its k numbers is."""
        said = tuple(f"probability of {item}" for item in self.names) if self.chances else self.names
        return tuple(f"mean forecast of {word}" for word in said) if self.steps else said

    def all_of(self, predictions: Any) -> np.ndarray:
        """Return the numbers of an answer ``(n, k)``, from what a model gives."""
        values = np.asarray(named(predictions)[self.name])
        return np.asarray(values.mean(axis=1) if self.steps else values.reshape(len(values), -1))

    def chosen(self, predictions: Any) -> np.ndarray:
        """Return which of them is explained of each answer ``(n,) int``."""
        values = self.all_of(predictions)
        return values.argmax(axis=1) if self.chances else np.zeros(len(values), int)

    def of(self, predictions: Any, chosen: np.ndarray) -> np.ndarray:
        """Return the number that is explained of each answer ``(n,)``."""
        values = self.all_of(predictions)
        return np.asarray(values[np.arange(len(values)), chosen])

    def picks(self, chosen: np.ndarray) -> np.ndarray:
        """Return which number is explained of each answer as 1 among zeros ``(n, k) float32``."""
        return np.asarray(np.eye(len(self.words), dtype=np.float32)[chosen])

    def of_tensors(self, predictions: Any, picks: Any) -> Any:
        """Return the same of tensors.

        Args:
            predictions: of a model.
            picks: see there ``(n, k)``.
        """
        from keras import ops

        values = ops.cast(named(predictions)[self.name], "float32")
        flat = ops.mean(values, axis=1) if self.steps else ops.reshape(values, (-1, len(self.words)))
        return ops.sum(flat * ops.convert_to_tensor(picks), axis=1)


def quantity_of(task: Task, predictions: Mapping[str, np.ndarray]) -> Quantity:
    """Return what is explained of a task's predictions.

    Args:
        task: the fitted task.
        predictions: of some examples, by name.

    Raises:
        NotExplainedError: an answer is a list, a mask or a text, not a few numbers.
    """
    description = task.describe()
    forecasts = task.declaration.forecasts
    for name, values in predictions.items():
        array = np.asarray(values)
        flat = array.ndim == 3 if forecasts else array.ndim in (1, 2)
        if flat and array.dtype.kind == "f" and not _lists(task):
            chances = gives_probabilities(description, name)
            count = 1 if array.ndim == 1 else array.shape[-1]
            return Quantity(
                name=name,
                names=_names(description, name, chances, count),
                chances=chances,
                steps=forecasts,
            )
    raise NotExplainedError(
        f"Single answers of the task {task.kind!r} cannot be explained: that takes one number, such as a "
        "probability or a value, and an answer here is a list, a mask, a text or a vector."
    )


def _lists(task: Task) -> bool:
    """Whether answers mean nothing by themselves, or are lists."""
    known = task.declaration
    return bool(known.lists or known.compares or known.ranks or known.continues)


def _names(description: Mapping[str, Any], name: str, chances: bool, count: int) -> tuple[str, ...]:
    own = description.get("parts", {}).get(name, description)
    known: Sequence[Any] = own.get("classes") or own.get("names") or ()
    if len(known) == count:
        return tuple(map(str, known))
    return tuple(map(str, range(count))) if chances else (name,) * count
