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
        words: what each of its k numbers is.
        chances: whether they are probabilities; the largest of an answer is explained then, else the first
            number.
        steps: whether there is a number for each of several steps, of which the mean is explained.
    """

    name: str
    words: tuple[str, ...]
    chances: bool
    steps: bool

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

    def of_tensors(self, predictions: Any, chosen: np.ndarray) -> Any:
        """Return the same of tensors."""
        from keras import ops

        values = ops.cast(named(predictions)[self.name], "float32")
        flat = ops.mean(values, axis=1) if self.steps else ops.reshape(values, (len(chosen), -1))
        picked = np.eye(len(self.words), dtype=np.float32)[chosen]
        return ops.sum(flat * ops.convert_to_tensor(picked), axis=1)


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
            words = _words(description, name, chances, 1 if array.ndim == 1 else array.shape[-1])
            return Quantity(
                name=name,
                words=tuple(f"mean forecast of {word}" for word in words) if forecasts else words,
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


def _words(description: Mapping[str, Any], name: str, chances: bool, count: int) -> tuple[str, ...]:
    own = description.get("parts", {}).get(name, description)
    known: Sequence[Any] = own.get("classes") or own.get("names") or ()
    given = [str(item) for item in known] if len(known) == count else [str(at) for at in range(count)]
    if not chances:
        return tuple(given) if len(known) == count else (name,) * count
    return tuple(f"probability of {item}" for item in given)
