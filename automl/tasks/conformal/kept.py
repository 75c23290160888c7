"""What conformal prediction keeps of a search, and what it tells with a prediction.

How far predictions of rows that were not trained on lie from the truth says how far those of new rows may
(split conformal prediction: Vovk et al., 2005; Lei et al., 2018). That holds at any number of rows and for
any model, as long as new rows come from where those came from; it says nothing of single rows.

Symbols: n rows, h steps (1 unless forecast), k targets or classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from automl.core.errors import ConfigError
from automl.core.targets import count_rows, held_rows
from automl.tasks.task import Task

if TYPE_CHECKING:
    from typing import Self

LEAST_OWN = 50
"""Held-out rows from which a group has scores of its own: their rank at 90% is off by .04 at most half of
the time."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Rows that are predicted.

    Attributes:
        task: the fitted task.
        predictions: by name, as the exported model gives them.
        inputs: raw inputs by name; those of the task's own interest alone are read.
        groups: group of each row ``(n,)`` str, or None.
        encoded: encoded targets by name where they are known, else empty.
        truth: raw targets by name where they are known, else empty.
    """

    task: Task
    predictions: Mapping[str, np.ndarray]
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    groups: np.ndarray | None = None
    encoded: Mapping[str, np.ndarray] = field(default_factory=dict)
    truth: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return count_rows(self.predictions)

    def take(self, rows: np.ndarray, inputs: Sequence[str] = ()) -> Self:
        """Return the rows at some positions.

        Args:
            rows: positions.
            inputs: names of the inputs that come along.
        """
        some = {name: self.inputs[name] for name in inputs if name in self.inputs}
        return replace(
            self,
            predictions=held_rows(self.predictions, rows),
            inputs=held_rows(some, rows),
            groups=None if self.groups is None else self.groups[rows],
            encoded=held_rows(self.encoded, rows),
            truth=held_rows(self.truth, rows),
        )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Scores of held-out rows: how far each prediction was from the truth.

    Attributes:
        scores: first axis rows; their meaning is the method's.
        facts: further arrays that the method needs, by name.
        groups: group of each row ``(n,)`` str, or None.
        by: what the groups are, for the user; empty for none.
        coverage: what the search was asked for, or None.
    """

    scores: np.ndarray
    facts: Mapping[str, np.ndarray] = field(default_factory=dict)
    groups: np.ndarray | None = None
    by: str = ""
    coverage: float | None = None

    def __len__(self) -> int:
        return len(self.scores)

    def plain(self, ends: Callable[[np.ndarray], dict[str, Any]]) -> dict[str, Any]:
        """Return what is made of the scores of all rows, and of those of each group that has some (JSON).

        Args:
            ends: from scores to what is told by them.
        """
        groups = {} if self.groups is None else self._by_name(self.groups.astype(str))
        return {
            **ends(self.scores),
            "by": self.by,
            "groups": {name: ends(scores) for name, scores in groups.items()},
        }

    def _by_name(self, names: np.ndarray) -> dict[str, np.ndarray]:
        found = {str(name): self.scores[names == name] for name in np.unique(names)}
        return {name: scores for name, scores in found.items() if len(scores) >= LEAST_OWN}

    def shared(self) -> tuple[str, ...]:
        """Return the groups with too few rows for scores of their own: they go by those of all rows."""
        if self.groups is None:
            return ()
        names, counts = np.unique(self.groups.astype(str), return_counts=True)
        return tuple(str(name) for name in names[counts < LEAST_OWN])


class Told(Protocol):
    """What is told with predictions: intervals or sets."""

    def columns(self, case: Case, labels: Sequence[object]) -> dict[str, np.ndarray]:
        """Return columns for a table of predictions, in the order of ``Task.decode``.

        Args:
            case: what was predicted.
            labels: the classes in their own type, of a task that has some.
        """
        ...

    def held(self, case: Case) -> tuple[np.ndarray, np.ndarray]:
        """Return whether each holds the truth ``(n, h, k) bool``, and its width or count of classes
        ``(n, h, k) float64``, where the truth is known.
        """
        ...


class Conformal(Protocol):
    """A method for one kind of prediction."""

    size: str
    """What the size of what is told measures, for users."""

    two_sided: bool
    """Whether the truth may lie too low and too high."""

    in_blocks: bool
    """Whether rows that follow each other go together, as windows of a series do."""

    reads: tuple[str, ...]
    """Names of the raw inputs that it reads."""

    def scored(self, case: Case) -> Kept:
        """Return the scores of rows of which the truth is known."""
        ...

    def tell(self, kept: Kept, case: Case, coverage: float) -> Told:
        """Return what is told with predictions.

        Args:
            kept: scores of held-out rows.
            case: what is predicted.
            coverage: share of rows that shall hold the truth, in (0, 1).
        """
        ...

    def plain(self, kept: Kept, task: Task, coverage: float) -> dict[str, Any]:
        """Return what ``formats.answers`` tells the same by (JSON), without the rows.

        Args:
            kept: scores of held-out rows.
            task: the fitted task.
            coverage: as above.
        """
        ...


def least_rows(coverage: float, *, two_sided: bool) -> int:
    """Return the least number of held-out rows that can promise a coverage."""
    share = (1 + coverage) / 2 if two_sided else coverage
    return math.ceil(share / (1 - share) - 1e-9)


def refuse_few(kept: Kept, method: Conformal, coverage: float) -> None:
    """Refuse a coverage that so few rows cannot promise.

    Raises:
        ConfigError: it is one.
    """
    least = least_rows(coverage, two_sided=method.two_sided)
    if len(kept) < least:
        raise ConfigError(
            f"coverage: {coverage:g} needs at least {least} held-out rows, this job has {len(kept)}. Ask "
            "for less, or search over more rows."
        )


def bound(scores: np.ndarray, share: float) -> np.ndarray:
    """Return what a new score exceeds with a probability of at most ``1 - share``, along the first axis.

    Args:
        scores: ``(n, ...)``.
        share: in (0, 1); infinite where n is too small for it.
    """
    rows = len(scores)
    rank = math.ceil((rows + 1) * share - 1e-9)
    if rank > rows:
        return np.full(scores.shape[1:], np.inf)
    return np.asarray(np.partition(scores, rank - 1, axis=0)[rank - 1])


def by_group(kept: Kept, case: Case) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the rows of each group of a case, with the scores that they go by.

    Groups that are unknown or have few held-out rows go by the scores of all.
    """
    every = np.arange(len(case))
    if kept.groups is None or case.groups is None:
        yield every, kept.scores
        return
    known = kept.groups.astype(str)
    names, codes = np.unique(np.asarray(case.groups).astype(str), return_inverse=True)
    rest = []
    for code, name in enumerate(names):
        own = known == name
        if own.sum() < LEAST_OWN:
            rest.append(code)
            continue
        yield every[codes == code], kept.scores[own]
    if rest:
        yield every[np.isin(codes, rest)], kept.scores


def finite(values: np.ndarray) -> Any:
    """Return numbers as JSON has them: infinite ones as None."""
    known = np.asarray(values, object)
    known[~np.isfinite(values)] = None
    return known.tolist()
