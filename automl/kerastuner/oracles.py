"""Oracles by algorithm: at random, by a model of the scores, over a grid, in brackets of growing length."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial, TrialStatus

STOPPED: dict[str, Any] = {"status": TrialStatus.STOPPED}


class RandomSearchOracle(Oracle):
    """Tries values at random; see ``Oracle``."""

    def __init__(self, objective: Any = None, max_trials: int | None = 10, **kwargs: Any) -> None:
        super().__init__(objective=objective, max_trials=max_trials, **kwargs)

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """See ``Oracle``."""
        values, origin = self.sampled()
        return STOPPED if values is None else _running(values, origin)


class BayesianOptimizationOracle(RandomSearchOracle):
    """Tries what a model of all scores so far promises most of: the sampler ``rungs`` of this package.

    Args:
        objective: see ``Oracle``.
        max_trials: see ``Oracle``.
        num_initial_points: trials before the model is asked; by default it takes over step by step.
        alpha: of KerasTuner's model, which is another; without effect.
        beta: of KerasTuner's acquisition; without effect.
        kwargs: see ``Oracle``.
    """

    sampler: ClassVar[str] = "rungs"

    def __init__(
        self,
        objective: Any = None,
        max_trials: int | None = 10,
        num_initial_points: int | None = None,
        alpha: float = 1e-4,
        beta: float = 2.6,
        **kwargs: Any,
    ) -> None:
        super().__init__(objective=objective, max_trials=max_trials, **kwargs)
        self.num_initial_points = num_initial_points
        self.alpha = alpha
        self.beta = beta

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """See ``Oracle``."""
        if self.num_initial_points is None or len(self.trials) >= self.num_initial_points:
            return super().populate_space(trial_id)
        values, origin = self.sampled(at_random=True)
        return STOPPED if values is None else _running(values, origin)


class GridSearchOracle(Oracle):
    """Tries all values, of ranges without steps ten; the defaults first, then the last one varies.

    What is asked for only beside some values joins the grid when it becomes known.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """See ``Oracle``."""
        space = _grid(self.get_space())
        values = next((point for point in space if not any(map(_like(point), self.trials.values()))), None)
        if values is not None:
            return _running(values, "sampler")
        return {"status": TrialStatus.IDLE} if self.ongoing_trials else STOPPED


class HyperbandOracle(Oracle):
    """Trains many for a few epochs, the best of them for more, in brackets (Li et al., 2018).

    A trial that goes on is a new trial: its values name the one that it continues (``tuner/trial_id``), its
    bracket and round, and the epochs that are behind it and that it is to reach in all.

    Args:
        objective: see ``Oracle``.
        max_epochs: most epochs of one model.
        factor: one in so many goes on, for so many times the epochs; at least 2.
        hyperband_iterations: how often all brackets are run.
        kwargs: see ``Oracle``.

    Raises:
        ValueError: the factor is less than 2.
    """

    def __init__(
        self,
        objective: Any = None,
        max_epochs: int = 100,
        factor: int = 3,
        hyperband_iterations: float = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(objective=objective, **kwargs)
        if factor < 2:
            raise ValueError(f"factor needs to be an int larger than 1, got {factor}.")
        self.max_epochs = max_epochs
        self.factor = factor
        self.hyperband_iterations = hyperband_iterations or math.inf

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """See ``Oracle``."""
        passed = self._passed()
        bracket = passed[-1]
        if len(bracket.rounds[0]) < self._size(bracket.number, 0):
            return self._first(bracket.number)
        for place in range(1, bracket.number + 1):
            promoted = self._promoted(bracket, place)
            if promoted is not None:
                return self._continued(promoted, bracket.number, place)
        if self.ongoing_trials:
            return {"status": TrialStatus.IDLE}
        after = self._after(bracket, passed)
        return STOPPED if after is None else self._first(after)

    def resumable(self) -> set[str]:
        """See ``Oracle``."""
        bracket = self._passed()[-1]
        before_last = (bracket.rounds[place] for place in range(bracket.number))
        return super().resumable() | {trial.trial_id for row in before_last for trial in row}

    def _passed(self) -> list[_Bracket]:
        """The brackets so far, by the notes that their trials carry."""
        brackets = [_Bracket(number=self._largest)]
        for name in self.start_order:
            values = self.trials[name].hyperparameters.values
            number, place = values.get("tuner/bracket"), values.get("tuner/round", 0)
            if number is None:
                continue
            full = len(brackets[-1].rounds[0]) >= self._size(number, 0)
            if number != brackets[-1].number or (place == 0 and full):
                brackets.append(_Bracket(number=number))
            brackets[-1].put(self.trials[name], place)
        return brackets

    def _promoted(self, bracket: _Bracket, place: int) -> Trial | None:
        """The best of the round before that has not gone on, while the round has room."""
        if len(bracket.rounds[place]) >= self._size(bracket.number, place):
            return None
        gone = {trial.hyperparameters.values.get("tuner/trial_id") for trial in bracket.rounds[place]}
        before = bracket.rounds[place - 1]
        waiting = [trial for trial in before if trial.trial_id not in gone]
        completed = [trial for trial in waiting if trial.status == TrialStatus.COMPLETED]
        completed.sort(key=lambda trial: trial.score or 0.0, reverse=self.objective.direction == "max")
        return completed[0] if completed else None

    def _after(self, bracket: _Bracket, passed: list[_Bracket]) -> int | None:
        """The number of the next bracket, None after the last."""
        if bracket.number > 0:
            return bracket.number - 1
        begun = sum(item.number == self._largest for item in passed)
        return self._largest if begun < self.hyperband_iterations else None

    def _first(self, bracket: int) -> dict[str, Any]:
        values, origin = self.sampled()
        if values is None:
            return {"status": TrialStatus.IDLE} if self.ongoing_trials else STOPPED
        return _running({**values, **self._notes(bracket, 0)}, origin)

    def _continued(self, trial: Trial, bracket: int, place: int) -> dict[str, Any]:
        kept = trial.hyperparameters.values
        return _running(
            {**kept, **self._notes(bracket, place), "tuner/trial_id": trial.trial_id}, "sampler"
        )

    def _notes(self, bracket: int, place: int) -> dict[str, Any]:
        return {
            "tuner/epochs": self._epochs(bracket, place),
            "tuner/initial_epoch": self._epochs(bracket, place - 1) if place else 0,
            "tuner/bracket": bracket,
            "tuner/round": place,
        }

    @property
    def _largest(self) -> int:
        """The number of the first bracket, which has the most rounds."""
        number = 0
        while self.factor ** (number + 1) <= self.max_epochs:
            number += 1
        return number

    def _size(self, bracket: int, place: int) -> int:
        """Trials in a round, such that each bracket takes about as many epochs."""
        last = math.ceil(1 + math.log(self.max_epochs, self.factor)) / (bracket + 1)
        return math.ceil(last * float(self.factor) ** (bracket - place))

    def _epochs(self, bracket: int, place: int) -> int:
        return math.ceil(self.max_epochs / float(self.factor) ** (bracket - place))


@dataclass(kw_only=True)
class _Bracket:
    """One bracket: how often it halves at most, and the trials of each round."""

    number: int
    rounds: dict[int, list[Trial]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rounds = {place: [] for place in range(self.number + 1)}

    def put(self, trial: Trial, place: int) -> None:
        """Add a trial."""
        self.rounds[place].append(trial)


def _running(values: dict[str, Any], origin: str) -> dict[str, Any]:
    return {"status": TrialStatus.RUNNING, "values": values, "origin": origin}


def _like(point: dict[str, Any]) -> Callable[[Trial], bool]:
    """Whether a trial has shown what a point would show: what it did not ask for made no difference.

    One that runs may ask for more yet, so what its values are a part of waits for its end.
    """

    def shown(trial: Trial) -> bool:
        values = trial.hyperparameters.values
        part = trial.status == TrialStatus.RUNNING or (
            trial.status == TrialStatus.COMPLETED and bool(values)
        )
        return values.items() <= point.items() if part else values == point

    return shown


def _grid(space: HyperParameters) -> Iterator[dict[str, Any]]:
    """All points, of which the first has the defaults; what is inactive in a point has no value there."""
    space.values = {}
    return _below(space, 0)


def _below(space: HyperParameters, depth: int) -> Iterator[dict[str, Any]]:
    if depth == len(space.space):
        yield dict(space.values)
        return
    item = space.space[depth]
    if not space.is_active(item) or item.name in space.values:
        yield from _below(space, depth + 1)
        return
    for value in dict.fromkeys([item.default, *item.values]):
        space.values[item.name] = value
        yield from _below(space, depth + 1)
    del space.values[item.name]


RandomSearch = RandomSearchOracle
BayesianOptimization = BayesianOptimizationOracle
GridSearch = GridSearchOracle
Hyperband = HyperbandOracle
