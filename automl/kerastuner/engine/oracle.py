"""An oracle: what is tried next. It shows a study of ours as KerasTuner shows its own."""

from __future__ import annotations

import functools
import math
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from automl.core.errors import ConfigError
from automl.core.seeds import derive
from automl.core.specs import Scalar
from automl.kerastuner.dimensions import values_drawn
from automl.kerastuner.door import Door
from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.metrics_tracking import MetricsTracker
from automl.kerastuner.engine.objective import MultiObjective, Objective, create_objective
from automl.kerastuner.engine.trial import Trial, TrialStatus
from automl.spaces.parameters import Parameter

__all__ = ["COLLISIONS", "Objective", "Oracle", "synchronized"]

COLLISIONS = 20
"""Draws in a row that were all tried before, after which the space counts as exhausted."""

_Method = TypeVar("_Method", bound=Callable[..., Any])
_LOCK = threading.RLock()


def synchronized(func: _Method) -> _Method:
    """Let one thread at a time into the methods of oracles that have this decorator."""

    @functools.wraps(func)
    def alone(*args: Any, **kwargs: Any) -> Any:
        with _LOCK:
            return func(*args, **kwargs)

    return alone  # type: ignore[return-value]


class Oracle:
    """Base of all oracles; one of a program's own overrides ``populate_space``.

    Args:
        objective: a metric's name, an ``Objective``, a list of these, or None for what trials return.
        max_trials: trials in all, earlier ones of the project included; None for any number.
        hyperparameters: that are known before the first model is built, perhaps with values of the
            program's own.
        allow_new_entries: whether models may ask for others.
        tune_new_entries: whether these are searched; else they have their defaults.
        seed: of the sampler, and of weights and batches where it is given.
        max_retries_per_trial: further attempts of a trial that failed.
        max_consecutive_failed_trials: failures in a row that end the search.

    Attributes:
        trials: by id, those that have begun.
        start_order: ids in the order in which trials began.
        end_order: ids in the order in which they ended.
        ongoing_trials: by tuner, those that run.

    Raises:
        ValueError: an objective that cannot be read, or new entries are refused and none are given.
    """

    sampler: ClassVar[str] = "random"

    def __init__(
        self,
        objective: Any = None,
        max_trials: int | None = None,
        hyperparameters: HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        seed: int | None = None,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
    ) -> None:
        for option, value in (("tune", tune_new_entries), ("allow", allow_new_entries)):
            if hyperparameters is None and not value:
                raise ValueError(
                    f"{option}_new_entries=False leaves nothing to search: pass the `hyperparameters`."
                )
        self.objective = create_objective(objective)
        self.max_trials = max_trials
        self.hyperparameters = HyperParameters() if hyperparameters is None else hyperparameters
        self.allow_new_entries = allow_new_entries
        self.tune_new_entries = tune_new_entries
        self.seeded = seed is not None
        self.seed = random.randrange(1, 10_000) if seed is None else seed
        self.max_retries_per_trial = max_retries_per_trial
        self.max_consecutive_failed_trials = max_consecutive_failed_trials
        self.verbose: Any = 1
        self.trials: dict[str, Trial] = {}
        self.start_order: list[str] = []
        self.end_order: list[str] = []
        self.ongoing_trials: dict[str, Trial] = {}
        self._retries: list[str] = []
        self._runs: defaultdict[str, int] = defaultdict(int)
        self._door: Door | None = None

    @property
    def door(self) -> Door:
        """Where the trials are kept.

        Raises:
            ConfigError: the oracle belongs to no tuner yet.
        """
        if self._door is None:
            raise ConfigError("The oracle has no project yet: give it to a tuner first.")
        return self._door

    def connect(self, door: Door) -> None:
        """Take up the trials of a project; a tuner calls this."""
        self._door = door
        if door.exists:
            self.reload()

    def reload(self) -> None:
        """Take up what the project's study knows."""
        for trial in self.door.earlier():
            if trial.trial_id not in self.trials:
                self.start_order.append(trial.trial_id)
                self.end_order.append(trial.trial_id)
            self.trials[trial.trial_id] = trial
            if self.tune_new_entries:
                self.hyperparameters.merge(trial.hyperparameters, overwrite=False)

    def save(self) -> None:
        """Nothing is left to save: the study keeps what it is told at once."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return what the next trial is to try.

        Args:
            trial_id: its id.

        Returns:
            ``status``, one of ``RUNNING``, ``IDLE`` (ask again) and ``STOPPED`` (the search is over), and
            with ``RUNNING`` the ``values`` by name.
        """
        raise NotImplementedError

    def score_trial(self, trial: Trial) -> None:
        """Give a completed trial its score and best step."""
        trial.score = trial.metrics.get_best_value(self.objective.name)
        trial.best_step = trial.metrics.get_best_step(self.objective.name)

    @synchronized
    def create_trial(self, tuner_id: str) -> Trial:
        """Return the next trial: one that runs, is to be tried again or was cut short, or a new one."""
        if tuner_id in self.ongoing_trials:
            return self.ongoing_trials[tuner_id]
        if self._retries:
            trial = self.trials[self._retries.pop(0)]
            trial.status, trial.message, trial.metrics = TrialStatus.RUNNING, None, MetricsTracker()
        else:
            trial = self._cut_short() or self._new()
        if trial.status == TrialStatus.RUNNING:
            self.ongoing_trials[tuner_id] = trial
            self.trials[trial.trial_id] = trial
        return trial

    @synchronized
    def update_trial(self, trial_id: str, metrics: Mapping[str, Any], step: int = 0) -> Trial:
        """Add what was measured of a trial.

        Raises:
            ValueError: the objective is not among it.
        """
        trial = self.trials[trial_id]
        if not self.objective.has_value(metrics):
            raise ValueError(
                f"Objective value missing in the metrics of trial {trial_id}: expected "
                f"{self.objective.name!r}, got {', '.join(metrics) or 'nothing'}."
            )
        found = {**metrics, self.objective.name: self.objective.get_value(metrics)}
        for name, value in found.items():
            if not trial.metrics.exists(name):
                trial.metrics.register(name, self._direction(name))
            trial.metrics.update(name, value, step=step)
        return trial

    @synchronized
    def end_trial(self, trial: Trial) -> None:
        """End a trial by its status, or see that it is tried again.

        Raises:
            RuntimeError: too many have failed in a row, or it asked for what it may not.
        """
        known = self.trials[trial.trial_id]
        known.hyperparameters, known.status, known.message = (
            trial.hyperparameters,
            trial.status,
            trial.message,
        )
        self.update_space(known.hyperparameters)
        if known.status == TrialStatus.COMPLETED:
            self.score_trial(known)
            if known.score is None or not math.isfinite(known.score):
                known.status, known.message = TrialStatus.INVALID, f"the score is {known.score}"
        known.hyperparameters.ensure_active_values()
        self._runs[known.trial_id] += 1
        self.ongoing_trials = {
            tuner: item for tuner, item in self.ongoing_trials.items() if item.trial_id != known.trial_id
        }
        if self._again(known):
            return
        self.end_order.append(known.trial_id)
        self.door.tell(known)
        self._check_failures(known)

    def waits(self, trial_id: str) -> bool:
        """Whether a trial is to be tried again."""
        return trial_id in self._retries

    def get_space(self) -> HyperParameters:
        """Return a copy of what is known of the space."""
        return self.hyperparameters.copy()

    def update_space(self, hyperparameters: HyperParameters) -> None:
        """Add what was asked for and is not known yet.

        Raises:
            RuntimeError: new entries are not allowed.
        """
        space = self.hyperparameters
        new = [item for item in hyperparameters.space if not space.exists(item.name, item.conditions)]
        if new and not self.allow_new_entries:
            names = ", ".join(item.name for item in new)
            raise RuntimeError(f"`allow_new_entries` is `False`, and a model asked for {names}.")
        if self.tune_new_entries:
            space.merge(new)

    def get_trial(self, trial_id: str) -> Trial:
        """Return a trial by its id."""
        return self.trials[trial_id]

    def get_best_trials(self, num_trials: int = 1) -> list[Trial]:
        """Return the best completed trials, best first."""
        completed = [item for item in self.trials.values() if item.status == TrialStatus.COMPLETED]
        largest_first = self.objective.direction == "max"
        completed.sort(key=lambda trial: trial.score or 0.0, reverse=largest_first)
        return completed[:num_trials]

    def remaining_trials(self) -> int | None:
        """Return how many trials may still be begun, None for any number."""
        return None if self.max_trials is None else self.max_trials - len(self.trials)

    def resumable(self) -> set[str]:
        """Return ids of trials whose training may still be gone on with."""
        return {trial.trial_id for trial in self.ongoing_trials.values()} | set(self._retries)

    def _random_values(self) -> dict[str, Any] | None:
        """Values at random that were not tried yet, None without more: for oracles of a program's own."""
        return self.sampled(at_random=True)[0]

    def sampled(self, *, at_random: bool = False) -> tuple[dict[str, Any] | None, str]:
        """Return values that were not tried yet and who proposed them; None where there are no more.

        Args:
            at_random: whatever the sampler of the study.
        """
        tried = [self._searched(trial) for trial in self.trials.values()]
        origin = ""
        for attempt in range(COLLISIONS + 1):
            draw, origin = self._at_random(attempt) if at_random else self.door.drawing(attempt)
            values = values_drawn(self.get_space(), draw)
            if values not in tried:
                return values, origin
        return None, origin

    def _at_random(self, attempt: int) -> tuple[Callable[[str, Parameter], Scalar], str]:
        rng = random.Random(derive(self.seed, "initial", len(self.trials), attempt))
        return lambda key, parameter: parameter.sample(rng), "random"

    def _searched(self, trial: Trial) -> dict[str, Any]:
        """Of a trial's values those that are searched: no notes of a schedule."""
        names = {item.name for item in self.hyperparameters.space}
        return {name: value for name, value in trial.hyperparameters.values.items() if name in names}

    def _cut_short(self) -> Trial | None:
        found = self.door.resume()
        if found is None:
            return None
        number, values = found
        return self._begun(self._id(number), dict(values))

    def _new(self) -> Trial:
        trial_id = self._id(self.door.next_number())
        if self.max_trials is not None and len(self.trials) >= self.max_trials:
            return Trial(self.get_space(), trial_id, TrialStatus.STOPPED)
        answer = self.populate_space(trial_id)
        if answer["status"] != TrialStatus.RUNNING:
            return Trial(self.get_space(), trial_id, answer["status"])
        trial = self._begun(trial_id, dict(answer.get("values") or {}))
        self.door.begin(trial.hyperparameters, answer.get("origin", "sampler"))
        return trial

    def _begun(self, trial_id: str, values: dict[str, Any]) -> Trial:
        space = self.get_space()
        space.values = values
        space.ensure_active_values()
        self.start_order.append(trial_id)
        return Trial(space, trial_id)

    def _id(self, number: int) -> str:
        return f"{number:0{len(str(self.max_trials))}d}"

    def _direction(self, name: str) -> str | None:
        parts = self.objective.objectives if isinstance(self.objective, MultiObjective) else []
        wanted = {item.name: item.direction for item in [self.objective, *parts]}
        return wanted.get(name)

    def _again(self, trial: Trial) -> bool:
        """Whether a failed trial is tried again; one that is not has failed for good."""
        if trial.status != TrialStatus.INVALID:
            return False
        if self._runs[trial.trial_id] > self.max_retries_per_trial:
            trial.status = TrialStatus.FAILED
            return False
        self._retries.append(trial.trial_id)
        return True

    def _check_failures(self, trial: Trial) -> None:
        last = [self.trials[name].status for name in self.end_order[-self.max_consecutive_failed_trials :]]
        if len(last) == self.max_consecutive_failed_trials and set(last) == {TrialStatus.FAILED}:
            raise RuntimeError(
                "Number of consecutive failures exceeded the limit of "
                f"{self.max_consecutive_failed_trials}. The last trial: {trial.message or 'no message'}"
            )
