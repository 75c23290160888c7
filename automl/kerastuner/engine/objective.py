"""What a search optimises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl.core.specs import Objective as StudyObjective
from automl.core.specs import metric_of
from automl.jobs.tune.kerastuner_project import DIRECTIONS
from automl.kerastuner.engine.metrics_tracking import infer_metric_direction


class Objective:
    """A metric, and whether small or large values are better.

    Args:
        name: as it is in the logs of an epoch, or in what a trial returns.
        direction: ``min`` or ``max``.

    Raises:
        ValueError: another direction.
    """

    def __init__(self, name: str, direction: str) -> None:
        if direction not in DIRECTIONS:
            raise ValueError(f"Objective {name!r}: expected the direction min or max, got {direction!r}.")
        self.name = name
        self.direction = direction

    def has_value(self, logs: Mapping[str, Any] | None) -> bool:
        """Whether the value is among metrics."""
        return self.name in (logs or {})

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """Return the value among metrics."""
        return float(logs[self.name])

    def better_than(self, a: float, b: float) -> bool:
        """Whether a value is better than another."""
        return a > b if self.direction == "max" else a < b

    def study_objective(self) -> StudyObjective:
        """Return it in the words of studies and trackers; its label is its name."""
        name = metric_of(self.name)
        return StudyObjective(name=name, direction=DIRECTIONS[self.direction], called=self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Objective) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f'Objective(name="{self.name}", direction="{self.direction}")'


class DefaultObjective(Objective):
    """The number that a trial returns, where no objective is named: the smaller the better."""

    def __init__(self) -> None:
        super().__init__("default_objective", "min")


class MultiObjective(Objective):
    """Several at once: the sum of those to be minimised less the sum of the others, without weights.

    Args:
        objectives: each with its name and direction.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        super().__init__("multi_objective", "min")
        self.objectives = list(objectives)

    def has_value(self, logs: Mapping[str, Any] | None) -> bool:
        """See ``Objective``."""
        return all(item.has_value(logs) for item in self.objectives)

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """See ``Objective``."""
        signs = {"min": 1, "max": -1}
        return sum(signs[item.direction] * item.get_value(logs) for item in self.objectives)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MultiObjective) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> frozenset[str]:
        """The objectives, whose order does not matter."""
        return frozenset(map(str, self.objectives))

    def __str__(self) -> str:
        return f"Multi{super().__str__()}: [{', '.join(map(str, self.objectives))}]"


def create_objective(objective: Any) -> Objective:
    """Return the objective that a program means.

    Args:
        objective: a metric's name, an ``Objective``, a list of these, or None for what a trial returns.

    Raises:
        ValueError: a name that does not tell what is better.
        TypeError: something else.
    """
    if objective is None:
        return DefaultObjective()
    if isinstance(objective, list | tuple):
        return MultiObjective([create_objective(item) for item in objective])
    if isinstance(objective, Objective):
        return objective
    if not isinstance(objective, str):
        raise TypeError(f"objective not understood, expected str or Objective, got {objective!r:.80}.")
    direction = infer_metric_direction(objective)
    if direction is None:
        raise ValueError(
            f"Could not infer optimization direction of {objective!r} from its name. Write "
            f'Objective("{objective}", direction="max"), or "min".'
        )
    return Objective(objective, direction)
