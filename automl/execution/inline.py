"""Trials in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic

from automl.execution.executor import Payload, Result


class Inline(Generic[Payload, Result]):
    """Runs each payload where it stands; an exception of the work is the caller's."""

    slots: int = 1

    def run(
        self, work: Callable[[Payload], Result], payloads: Iterator[Payload]
    ) -> Iterator[tuple[Payload, Result]]:
        """Yield each payload with its result; the next is drawn only after that was taken."""
        for payload in payloads:
            yield payload, work(payload)
