"""Search methods as players of a replay: each says what a free worker trains next."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import optuna
from optuna.pruners import BasePruner, HyperbandPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import InMemoryStorage
from optuna.trial import TrialState

from automl.core.optional import require
from automl.core.seeds import derive
from automl.core.specs import Configuration, Objective, Rung, TrialRecord
from automl.study.opening import open_proposer
from automl.study.promotion.rungs import ETA, FIRST
from automl.study.proposals.distributions import suggested
from automl.study.proposer import Proposal
from benchmarks.kerastuner import hyperparameters_of
from benchmarks.search.tables import Task

LOSS = Objective(name="loss", direction="minimize")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of training.

    Attributes:
        configuration: what is trained.
        number: whose noise it has.
        begin: epochs trained before.
        end: epochs trained after.
        token: the player's own.
    """

    configuration: Configuration
    number: int
    begin: int
    end: int
    token: Any = None


class Player(Protocol):
    """A search method."""

    def next(self, worker: int) -> Segment | None:
        """Return what a free worker trains now, or None when there is nothing more."""
        ...

    def done(self, worker: int, segment: Segment, losses: np.ndarray) -> None:
        """Hear the losses of a segment and of all epochs before it ``(end,)``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Game:
    """What a player is made for.

    Attributes:
        task: what is searched.
        seed: of its draws.
        trainings: full trainings of the budget.
        portfolio: configurations to begin with, where the method takes them.
    """

    task: Task
    seed: int
    trainings: int
    portfolio: Sequence[Configuration] = ()


class Ours:
    """The study of real jobs, in memory."""

    def __init__(self, game: Game, *, sampler: str = "rungs", pruner: str = "rungs") -> None:
        self._epochs = game.task.space.epochs
        self._proposer = open_proposer(
            folder=Path(),
            name=f"replay {game.seed}",
            space=replace(game.task.space, portfolio=tuple(game.portfolio)),
            objectives=(LOSS,),
            sampler=sampler,
            pruner=pruner,
            seed=game.seed,
            storage=InMemoryStorage(),
        )

    def next(self, worker: int) -> Segment | None:
        """Ask the study."""
        proposal = self._proposer.ask()
        if proposal is None:
            return None
        begin = proposal.paused.epochs if proposal.paused else 0
        return Segment(
            configuration=proposal.configuration,
            number=proposal.number,
            begin=begin,
            end=proposal.until or self._epochs,
            token=proposal,
        )

    def done(self, worker: int, segment: Segment, losses: np.ndarray) -> None:
        """Pause at a rung or tell the end."""
        record = _record(segment.token, losses)
        if record.state == "paused":
            self._proposer.pause(record)
        else:
            self._proposer.tell(record, {})


def _record(proposal: Proposal, losses: np.ndarray) -> TrialRecord:
    levels = proposal.levels or (len(losses),)
    # a configuration that trains less has reached all its rungs at its end
    whole = proposal.until is None or len(losses) < proposal.until
    reached = levels if whole else [level for level in levels if level <= len(losses)]
    rungs = tuple(Rung(epochs=level, scores=(_least(losses[:level]),)) for level in reached)
    return TrialRecord(
        number=proposal.number,
        configuration=proposal.configuration,
        state="complete" if whole else "paused",
        scores=(_least(losses),),
        epochs=len(losses),
        rungs=rungs,
        origin=proposal.origin,
    )


def _least(losses: np.ndarray) -> float:
    finite = losses[np.isfinite(losses)]
    return float(finite.min()) if len(finite) else 1e9


class Plain:
    """A plain Optuna study with a sampler and a pruner, epoch by epoch."""

    def __init__(self, game: Game, sampler: BaseSampler, pruner: BasePruner) -> None:
        # the bracket of Hyperband follows from the study's name
        self._study = optuna.create_study(
            sampler=sampler, pruner=pruner, study_name=f"replay {game.seed}", direction="minimize"
        )
        self._space, self._epochs = game.task.space, game.task.space.epochs
        self._step = self._epochs if isinstance(pruner, NopPruner) else 1
        self._running: dict[int, tuple[optuna.Trial, Configuration, int]] = {}
        for start in game.portfolio:
            self._study.enqueue_trial(dict(start))

    def next(self, worker: int) -> Segment | None:
        """Go on with the worker's trial, or ask for another."""
        if worker not in self._running:
            trial = self._study.ask()
            asked = self._space.walk(lambda parameter: suggested(trial, parameter))
            self._running[worker] = (trial, asked, 0)
        trial, configuration, begin = self._running[worker]
        end = min(begin + self._step, self._epochs)
        return Segment(configuration=configuration, number=trial.number, begin=begin, end=end)

    def done(self, worker: int, segment: Segment, losses: np.ndarray) -> None:
        """Report the best so far; a trial ends at its full length or when it is pruned."""
        trial, configuration, _ = self._running[worker]
        best = _least(losses)
        if self._step == 1:
            trial.report(best, segment.end)
        if len(losses) < segment.end or segment.end >= self._epochs:
            self._study.tell(trial, best)
        elif self._step == 1 and trial.should_prune():
            self._study.tell(trial, state=TrialState.PRUNED)
        else:
            self._running[worker] = (trial, configuration, segment.end)
            return
        del self._running[worker]


class FirstLook:
    """A few epochs for as many random configurations as the budget holds, then the top three to their end.

    Egele et al., 2024, always to be compared with.
    """

    EPOCHS, FINALISTS = 3, 3

    def __init__(self, game: Game) -> None:
        self._space, epochs = game.task.space, game.task.space.epochs
        self._look = min(self.EPOCHS, epochs)
        finals = self.FINALISTS * (epochs - self._look)
        count = max((game.trainings * epochs - finals) // self._look, 1)
        self._rng = random.Random(game.seed)
        self._numbers = iter(range(count))
        self._count, self._epochs = count, epochs
        self._seen: list[tuple[float, int, Configuration]] = []
        self._finals: list[tuple[float, int, Configuration]] | None = None

    def next(self, worker: int) -> Segment | None:
        """Look at another one, or finish the next of the best."""
        number = next(self._numbers, None)
        if number is not None:
            drawn = self._space.sample(self._rng)
            return Segment(configuration=drawn, number=number, begin=0, end=self._look)
        if self._finals is None and len(self._seen) == self._count:
            self._finals = sorted(self._seen, key=lambda item: item[:2])[: self.FINALISTS]
        if not self._finals:
            return None
        _, number, configuration = self._finals.pop(0)
        return Segment(configuration=configuration, number=number, begin=self._look, end=self._epochs)

    def done(self, worker: int, segment: Segment, losses: np.ndarray) -> None:
        """Remember the first looks."""
        if segment.begin == 0:
            self._seen.append((_least(losses), segment.number, segment.configuration))


class KerasTuner:
    """An oracle of KerasTuner, without its tuner."""

    def __init__(self, game: Game, make: Callable[[Any, Mapping[str, Any], int], Any]) -> None:
        library: Any = require("keras_tuner", extra="bench", purpose="to compare with KerasTuner")
        self._space, self._epochs = game.task.space, game.task.space.epochs
        settings = {
            "objective": library.Objective("loss", "min"),
            "hyperparameters": hyperparameters_of(library, self._space),
            "seed": game.seed,
        }
        self._folder = tempfile.TemporaryDirectory()
        self._oracle = make(library, settings, self._epochs)
        self._oracle._set_project_dir(self._folder.name, "replay")
        self._oracle.verbose = 0
        self._numbers: dict[str, int] = {}

    def next(self, worker: int) -> Segment | None:
        """Ask the oracle; Hyperband says from which epoch to which."""
        trial = self._oracle.create_trial(f"worker {worker}")
        if trial.status != "RUNNING":
            return None
        values = trial.hyperparameters.values
        parent = values.get("tuner/trial_id")
        number = self._numbers.get(str(parent), len(self._numbers))
        self._numbers[trial.trial_id] = number
        return Segment(
            configuration={item.name: values[item.name] for item in self._space.parameters},
            number=number,
            begin=int(values.get("tuner/initial_epoch", 0)),
            end=int(values.get("tuner/epochs", self._epochs)),
            token=trial,
        )

    def done(self, worker: int, segment: Segment, losses: np.ndarray) -> None:
        """Tell the oracle the best loss."""
        trial = segment.token
        self._oracle.update_trial(trial.trial_id, {"loss": _least(losses)}, step=len(losses))
        trial.status = "COMPLETED"
        self._oracle.end_trial(trial)


def _oracle(name: str, **options: Any) -> Callable[[Game], Player]:
    def make(library: Any, settings: Mapping[str, Any], epochs: int) -> Any:
        own = {"max_epochs": epochs, "factor": ETA} if name == "HyperbandOracle" else {"max_trials": 10_000}
        return getattr(library.oracles, name)(**settings, **own, **options)

    return lambda game: KerasTuner(game, make)


def _seeded(kind: Callable[..., BaseSampler], game: Game) -> BaseSampler:
    return kind(seed=derive(game.seed, "sampler"))


def _halving(game: Game) -> BasePruner:
    return SuccessiveHalvingPruner(min_resource=FIRST, reduction_factor=ETA)


def _hyperband(game: Game) -> BasePruner:
    return HyperbandPruner(min_resource=FIRST, max_resource=game.task.space.epochs, reduction_factor=ETA)


def _bare(game: Game) -> Game:
    return replace(game, portfolio=())


METHODS: Mapping[str, Callable[[Game], Player]] = {
    "ours": lambda game: Ours(_bare(game)),
    "ours+portfolio": Ours,
    "pasha": lambda game: Ours(_bare(game), pruner="pasha"),
    "pasha+portfolio": lambda game: Ours(game, pruner="pasha"),
    "rungs+random": lambda game: Ours(_bare(game), sampler="random"),
    "random": lambda game: Plain(_bare(game), _seeded(RandomSampler, game), NopPruner()),
    "tpe": lambda game: Plain(_bare(game), _seeded(TPESampler, game), NopPruner()),
    "tpe+halving": lambda game: Plain(_bare(game), _seeded(TPESampler, game), _halving(game)),
    "tpe+hyperband": lambda game: Plain(_bare(game), _seeded(TPESampler, game), _hyperband(game)),
    "random+halving": lambda game: Plain(_bare(game), _seeded(RandomSampler, game), _halving(game)),
    "tpe+portfolio": lambda game: Plain(game, _seeded(TPESampler, game), NopPruner()),
    "first look": FirstLook,
    "kt random": _oracle("RandomSearchOracle"),
    "kt bayesian": _oracle("BayesianOptimizationOracle"),
    "kt hyperband": _oracle("HyperbandOracle", hyperband_iterations=100),
}
"""Search methods by name. ``rungs+random`` is our promotion without our sampler, ``pasha`` ours with a
highest rung that grows."""

BY_BUDGET = ("first look",)
"""Methods that plan for one budget, so each budget is a game of its own."""
