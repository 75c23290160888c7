"""A tuner of Keras models: brackets of growing length."""

from __future__ import annotations

from typing import Any

from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.engine.tuner import Tuner
from automl.kerastuner.oracles import HyperbandOracle

__all__ = ["Hyperband", "HyperbandOracle"]


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
