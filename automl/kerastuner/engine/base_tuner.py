"""The base of all tuners: a search over anything that ``run_trial`` can score."""

from __future__ import annotations

import os
import traceback
import warnings
from pathlib import Path
from typing import Any

from automl.execution.executor import INTERRUPTED, Alone, Channel
from automl.jobs.trial.plan import Plan
from automl.kerastuner import errors
from automl.kerastuner.door import Door, remove_project
from automl.kerastuner.engine import tuner_utils
from automl.kerastuner.engine.hypermodel import HyperModel, get_hypermodel
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial, TrialStatus
from automl.kerastuner.exploring import explored
from automl.kerastuner.search import SearchOptions, run_search
from automl.training.failures import failure_reason


class BaseTuner:
    """Tries what an oracle proposes; override ``run_trial``, and ``load_model`` for models to be had back.

    Args:
        oracle: proposes.
        hypermodel: a ``HyperModel``, a function that builds a model, or None if ``run_trial`` needs none.
        directory: where projects lie, the working directory by default.
        project_name: of the folder in it.
        overwrite: remove an earlier project of that name instead of going on with it.
        tuner_id: of this tuner.
        options: fields of ``SearchOptions``.

    Raises:
        ValueError: no oracle, or unknown options.
        ConfigError: the project was made for another objective, or KerasTuner's chief is asked for.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        directory: str | os.PathLike[str] | None = None,
        project_name: str | None = None,
        overwrite: bool = False,
        tuner_id: str | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(oracle, Oracle):
            raise ValueError(
                f"Expected `oracle` argument to be an instance of `Oracle`, got {type(oracle).__name__}."
            )
        if options.pop("logger", None) is not None:
            warnings.warn(
                "`logger` has no effect, as in KerasTuner since 1.3; see `tracking`.",
                DeprecationWarning,
                stacklevel=3,
            )
        unknown = sorted(options.keys() - vars(SearchOptions()).keys())
        if unknown:
            raise ValueError(f"Unrecognized arguments {', '.join(unknown)}.")
        self.options = SearchOptions(**options)
        self.directory = directory or "."
        self.project_name = project_name or "untitled_project"
        self.tuner_id = tuner_id or os.environ.get("KERASTUNER_TUNER_ID", "tuner0")
        self.oracle = oracle
        self.hypermodel = get_hypermodel(hypermodel)
        self.channel: Channel = Alone()
        self.reason = ""
        door = Door(
            directory=self.directory,
            project_name=self.project_name,
            objective=oracle.objective.study_objective(),
            sampler=oracle.sampler,
            seed=oracle.seed,
            storage=self.options.storage,
        )
        if overwrite:
            remove_project(door.folder.path)
        oracle.connect(door)
        self._populate_initial_space()

    def _populate_initial_space(self) -> None:
        """Build models until every conditional scope was entered once."""
        if isinstance(self.hypermodel, HyperModel):
            self.oracle.update_space(explored(self.hypermodel, self.oracle.get_space()))

    def search(self, *fit_args: Any, **fit_kwargs: Any) -> None:
        """Search.

        Args:
            fit_args: for ``run_trial``; for Keras models what ``Model.fit`` takes.
            fit_kwargs: the same; ``verbose=0`` silences the search, too.
        """
        run_search(self, fit_args, fit_kwargs)

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Try the values of a trial.

        Returns:
            the objective's value, metrics by name, what ``Model.fit`` returns, or a list of these, one per
            execution.
        """
        raise NotImplementedError

    def try_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> None:
        """Run a trial and give it its status; what ends the program is raised.

        Raises:
            FatalError: the program's, or its results cannot be read.
        """
        try:
            results = self.run_trial(trial, *fit_args, **fit_kwargs)
            self._update(trial, results)
            trial.status = TrialStatus.COMPLETED
        except errors.FatalError:
            raise
        except Exception as error:
            given_up = isinstance(error, errors.FailedTrialError)
            trial.status = TrialStatus.FAILED if given_up else TrialStatus.INVALID
            trial.message = f"{failure_reason(error)}\n{traceback.format_exc()}"

    def _update(self, trial: Trial, results: Any) -> None:
        objective = self.oracle.objective
        if self.interrupted:
            return
        if self.oracle.get_trial(trial.trial_id).metrics.exists(objective.name):
            warnings.warn(
                "Please remove the call of `oracle.update_trial()`: return metrics from `run_trial()`.",
                DeprecationWarning,
                stacklevel=2,
            )
            return
        tuner_utils.validate_trial_results(results, objective, "Tuner.run_trial()")
        metrics = tuner_utils.convert_to_metrics_dict(results, objective)
        self.oracle.update_trial(
            trial.trial_id, metrics, step=tuner_utils.get_best_step(results, objective)
        )

    def enter(self, plan: Plan, channel: Channel) -> None:
        """Begin with a trial as the loop hands it out."""
        self.channel, self.reason = channel, ""
        effort = self.oracle.door.efforts.get(plan.number)
        if effort is not None:
            effort.plan = plan

    @property
    def interrupted(self) -> bool:
        """Whether the trial was told to stop, to be gone on with later."""
        return self.reason == INTERRUPTED

    def forget(self, trial: Trial) -> None:
        """Remove what an attempt left behind, before the next one."""

    def tidy(self) -> None:
        """Remove what ended trials leave behind and nobody needs."""

    def pre_create_trial(self) -> None:
        """Called before the oracle is asked."""

    def on_trial_begin(self, trial: Trial) -> None:
        """Called at the beginning of each attempt."""

    def on_trial_end(self, trial: Trial) -> None:
        """Called at the end of each attempt; ends the trial."""
        self.oracle.end_trial(trial)

    def on_search_begin(self) -> None:
        """Called at the beginning of ``search``."""

    def on_search_end(self) -> None:
        """Called at the end of ``search``."""

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Keep a trial's model."""
        raise NotImplementedError

    def load_model(self, trial: Trial) -> Any:
        """Return a trial's model."""
        raise NotImplementedError

    def get_best_models(self, num_models: int = 1) -> list[Any]:
        """Return the models of the best trials, best first."""
        return [self.load_model(trial) for trial in self.oracle.get_best_trials(num_models)]

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[Any]:
        """Return the hyperparameters of the best trials, best first."""
        return [trial.hyperparameters for trial in self.oracle.get_best_trials(num_trials)]

    def search_space_summary(self, extended: bool = False) -> None:
        """Print what is known of the space.

        Args:
            extended: has no effect, as in KerasTuner.
        """
        space = self.oracle.get_space().space
        print(f"Search space: {len(space)} hyperparameters")
        for item in space:
            config = item.get_config()
            print(f"{config.pop('name')} ({type(item).__name__})")
            print(f"  {config}")

    def results_summary(self, num_trials: int = 10) -> None:
        """Print the best trials, and those that failed where there are fewer."""
        best = self.oracle.get_best_trials(num_trials)
        failed = [item for item in self.oracle.trials.values() if item.status == TrialStatus.FAILED]
        print(f"Results in {self.project_dir}")
        print(f"{len(best)} best of {len(self.oracle.trials)} trials by {self.oracle.objective}")
        for trial in [*best, *failed[: num_trials - len(best)]]:
            trial.summary()

    @property
    def remaining_trials(self) -> int | None:
        """How many trials may still be begun, None for any number."""
        return self.oracle.remaining_trials()

    def save(self) -> None:
        """Nothing is left to save: the study keeps what it is told at once."""

    def reload(self) -> None:
        """Take up what the project's study knows."""
        self.oracle.reload()

    @property
    def project_dir(self) -> str:
        """The project's folder, made if need be."""
        path = self.oracle.door.folder.path
        path.mkdir(parents=True, exist_ok=True)
        return str(path)

    def get_trial_dir(self, trial_id: str) -> str:
        """Return the folder of a trial, made if need be."""
        path = Path(self.project_dir) / f"trial_{trial_id}"
        path.mkdir(exist_ok=True)
        return str(path)
