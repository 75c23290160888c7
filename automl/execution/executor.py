"""What an executor is: the place where trials run.

``study`` and ``execution`` are neighbours and strangers, so a piece of work is opaque here: the job
gives a function of a payload, the executor decides where it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

Payload = TypeVar("Payload")
Result = TypeVar("Result")


class Executor(Protocol, Generic[Payload, Result]):
    """Runs payloads, up to ``slots`` at once."""

    slots: int

    def run(
        self, work: Callable[[Payload], Result], payloads: Iterator[Payload]
    ) -> Iterator[tuple[Payload, Result]]:
        """Yield each payload with its result as it ends; the next payload is drawn only when a slot is
        free, so that what is proposed can learn from what was told.
        """
        ...
