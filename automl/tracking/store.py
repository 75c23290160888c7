"""A store of runs as the tracker sees it: requests and replies. No framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from automl.tracking.operation import Operation


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """A run as the store keeps it; plain JSON throughout.

    Attributes:
        id: of the run.
        running: whether it was left open.
        deleted: whether somebody has deleted it.
        params: its parameters, as text.
        tags: its tags.
        metrics: the last value of each metric.
        steps: the step of that value.
    """

    id: str
    running: bool
    deleted: bool
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)

    def reached(self, names: Iterable[str]) -> int:
        """Return the last step at which all of these metrics are known, 0 when one of them never was."""
        return min((self.steps.get(name, 0) for name in names), default=0)


class StoreError(Exception):
    """What went wrong in a store that another process speaks to.

    Args:
        text: the error's own words.
        temporary: whether the store is away, rather than refusing what was sent.
    """

    def __init__(self, text: str, *, temporary: bool) -> None:
        super().__init__(text)
        self.temporary = temporary


class GoneError(StoreError):
    """The process that speaks to the store is no more: the next request starts another one."""

    def __init__(self, text: str) -> None:
        super().__init__(text, temporary=True)


def temporary(error: Exception) -> bool:
    """Whether an error that is not of MLflow says that the store is away."""
    if isinstance(error, StoreError):
        return error.temporary
    # requests' errors are OSErrors; a database driver's come wrapped by MLflow
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError)


class Store(Protocol):
    """Carries operations out, and looks runs up.

    Attributes:
        session: names the life of what carries out: an operation of another one may have been done already.
        experiment: id of the experiment that runs are created in.
        model_uri: of the model that was registered last, or empty.
    """

    session: str
    experiment: str
    model_uri: str

    def open_experiment(self, name: str) -> str:
        """Find or create the experiment; returns its name, numbered where a deleted one has it."""
        ...

    def deliver(self, operations: Sequence[Operation]) -> Iterator[None]:
        """Carry operations out in order, yielding after each; doing one again changes nothing.

        Raises:
            Exception: whatever the client raises for the operation after the last one that was yielded for.
        """
        ...

    def resolve(self, run: str) -> str:
        """Return the store's id of a run; of a provisional id, that of the run created for it, or ""."""
        ...

    def known(self, run: str) -> str:
        """Return the store's id of a run when it is known by now, else the id itself; asks nothing."""
        ...

    def adopt(self, run: str) -> KeptRun | None:
        """Look a run up and go on in its experiment; None where it is not."""
        ...

    def children(self, parent: str) -> list[KeptRun]:
        """Return the runs of the parent's trials, those that somebody has deleted among them."""
        ...

    def answers(self) -> bool:
        """Whether the store answers."""
        ...

    def temporary(self, error: Exception) -> bool:
        """Whether an error of its own says that it is away, rather than that it refuses what was sent."""
        ...

    def close(self) -> None:
        """Give up what the store holds; nothing is sent after that."""
        ...
