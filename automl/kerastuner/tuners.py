"""Tuners of Keras models by algorithm."""

from __future__ import annotations

from typing import Any

from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.engine.tuner import Tuner
from automl.kerastuner.oracles import (
    BayesianOptimizationOracle,
    GridSearchOracle,
    HyperbandOracle,
    RandomSearchOracle,
)
from automl.kerastuner.sklearn_tuner import SklearnTuner

__all__ = ["BayesianOptimization", "GridSearch", "Hyperband", "RandomSearch", "SklearnTuner"]


class RandomSearch(Tuner):
    """Tries values at random.

    Args:
        hypermodel: see ``Tuner``.
        objective: see ``Oracle``, as all that follow.
        max_trials: trials in all.
        seed: of samples, weights and batches.
        hyperparameters: known ones.
        tune_new_entries: whether others are searched.
        allow_new_entries: whether models may ask for others.
        max_retries_per_trial: further attempts of a trial that failed.
        max_consecutive_failed_trials: failures in a row that end the search.
        kwargs: see ``Tuner``.
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: Any = None,
        max_trials: int | None = 10,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = RandomSearchOracle(
            objective=objective,
            max_trials=max_trials,
            seed=seed,
            hyperparameters=hyperparameters,
            tune_new_entries=tune_new_entries,
            allow_new_entries=allow_new_entries,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        super().__init__(oracle, hypermodel, **kwargs)


class BayesianOptimization(Tuner):
    """Tries what a model of the scores promises most of.

    Args:
        hypermodel: see ``Tuner``.
        objective: see ``Oracle``.
        max_trials: trials in all.
        num_initial_points: see ``BayesianOptimizationOracle``, as the next two.
        alpha: without effect.
        beta: without effect.
        seed: see ``RandomSearch``, as all that follow.
        hyperparameters: known ones.
        tune_new_entries: whether others are searched.
        allow_new_entries: whether models may ask for others.
        max_retries_per_trial: further attempts of a trial that failed.
        max_consecutive_failed_trials: failures in a row that end the search.
        kwargs: see ``Tuner``.
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: Any = None,
        max_trials: int | None = 10,
        num_initial_points: int | None = None,
        alpha: float = 1e-4,
        beta: float = 2.6,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = BayesianOptimizationOracle(
            objective=objective,
            max_trials=max_trials,
            num_initial_points=num_initial_points,
            alpha=alpha,
            beta=beta,
            seed=seed,
            hyperparameters=hyperparameters,
            tune_new_entries=tune_new_entries,
            allow_new_entries=allow_new_entries,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        super().__init__(oracle, hypermodel, **kwargs)


class GridSearch(Tuner):
    """Tries all values.

    Args:
        hypermodel: see ``Tuner``.
        objective: see ``Oracle``.
        max_trials: trials at most, None for the whole grid.
        seed: see ``RandomSearch``, as all that follow.
        hyperparameters: known ones.
        tune_new_entries: whether others are searched.
        allow_new_entries: whether models may ask for others.
        max_retries_per_trial: further attempts of a trial that failed.
        max_consecutive_failed_trials: failures in a row that end the search.
        kwargs: see ``Tuner``.
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: Any = None,
        max_trials: int | None = None,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle: Oracle = GridSearchOracle(
            objective=objective,
            max_trials=max_trials,
            seed=seed,
            hyperparameters=hyperparameters,
            tune_new_entries=tune_new_entries,
            allow_new_entries=allow_new_entries,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        super().__init__(oracle, hypermodel, **kwargs)


class Hyperband(Tuner):
    """Trains many for a few epochs and the best of them on from there; see ``HyperbandOracle``.

    Args:
        hypermodel: see ``Tuner``.
        objective: see ``Oracle``.
        max_epochs: see ``HyperbandOracle``, as the next two.
        factor: one in so many goes on.
        hyperband_iterations: how often all brackets are run.
        seed: see ``RandomSearch``, as all that follow.
        hyperparameters: known ones.
        tune_new_entries: whether others are searched.
        allow_new_entries: whether models may ask for others.
        max_retries_per_trial: further attempts of a trial that failed.
        max_consecutive_failed_trials: failures in a row that end the search.
        kwargs: see ``Tuner``.
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: Any = None,
        max_epochs: int = 100,
        factor: int = 3,
        hyperband_iterations: float = 1,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = HyperbandOracle(
            objective=objective,
            max_epochs=max_epochs,
            factor=factor,
            hyperband_iterations=hyperband_iterations,
            seed=seed,
            hyperparameters=hyperparameters,
            tune_new_entries=tune_new_entries,
            allow_new_entries=allow_new_entries,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        super().__init__(oracle, hypermodel, **kwargs)

    def run_trial(self, trial: Trial, *args: Any, **kwargs: Any) -> Any:
        """Train from the epoch that the trial begins with to the one that it is to reach."""
        values = trial.hyperparameters.values
        if "tuner/epochs" in values:
            kwargs |= {"epochs": values["tuner/epochs"], "initial_epoch": values["tuner/initial_epoch"]}
        return super().run_trial(trial, *args, **kwargs)
