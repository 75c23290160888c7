"""Examples of requests that come at the same time are predicted at once, by one thread.

Nobody waits for others to come: what arrives while the model is busy is its next batch. So one request
alone is answered as soon as ever, and many cost little more than one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TypeAlias

import numpy as np

from automl.data.modality import Examples

Predictions: TypeAlias = Mapping[str, np.ndarray]
"""Of a model by name, first axis examples."""

Predict: TypeAlias = Callable[[Examples], Predictions]


@dataclass(frozen=True)
class _Waiting:
    """The examples of a request, and the promise of their predictions."""

    examples: Examples
    future: Future[Predictions] = field(default_factory=Future)


class Batcher:
    """Predicts in a thread of its own, as frameworks expect of whoever built their functions.

    Args:
        predict: predicts examples.
        most: examples from which no more are joined.
    """

    def __init__(self, predict: Predict, most: int) -> None:
        self._predict, self._most = predict, most
        self._waiting: deque[_Waiting] = deque()
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    def predictions(self, examples: Examples) -> Predictions:
        """Return predictions of examples, perhaps of one batch with others; waits for them.

        Raises:
            Exception: what predicting them raised.
        """
        item = _Waiting(examples)
        with self._changed:
            if self._closed:
                raise RuntimeError("the server is stopping")
            self._waiting.append(item)
            self._changed.notify()
        return item.future.result()

    def close(self) -> None:
        """End the thread behind what waits."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while group := self._next():
            _answer(group, self._predict)

    def _next(self) -> list[_Waiting]:
        """The next batch in the order of arrival; empty at the end."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            group: list[_Waiting] = []
            rows = 0
            while self._waiting and rows < self._most:
                if group and not _alike(group[0].examples, self._waiting[0].examples):
                    break
                group.append(self._waiting.popleft())
                rows += len(group[-1].examples)
            return group


def _answer(group: Sequence[_Waiting], predict: Predict) -> None:
    try:
        joined = group[0].examples if len(group) == 1 else _joined([item.examples for item in group])
        found = predict(joined)
    except Exception as error:
        if len(group) == 1:
            group[0].future.set_exception(error)
            return
        for item in group:  # the fault of one is not that of the others
            _answer([item], predict)
        return
    first = 0
    for item in group:
        last = first + len(item.examples)
        item.future.set_result({name: values[first:last] for name, values in found.items()})
        first = last


def _alike(one: Examples, other: Examples) -> bool:
    """Whether inputs can be put behind each other: pictures and clips may be of any size."""
    return all(
        one.inputs[name].shape[1:] == other.inputs[name].shape[1:]
        and one.inputs[name].dtype == other.inputs[name].dtype
        for name in one.inputs
    )


def _joined(parts: Sequence[Examples]) -> Examples:
    """Only the inputs count: what names the examples stays with their request."""
    names = parts[0].inputs
    return Examples(
        inputs={name: np.concatenate([np.asarray(part.inputs[name]) for part in parts]) for name in names}
    )
