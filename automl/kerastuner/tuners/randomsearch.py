"""A tuner of Keras models: values at random."""

from __future__ import annotations

from typing import Any

from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.tuner import Tuner
from automl.kerastuner.oracles import RandomSearchOracle

__all__ = ["RandomSearch", "RandomSearchOracle"]


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
