"""The base of tuners of Keras models: it builds, trains, keeps the best epoch, and goes on after a stop."""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
import os
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import keras

from automl.core.seeds import derive
from automl.kerastuner import errors
from automl.kerastuner.continuation import Continuation, known_state, next_epoch
from automl.kerastuner.engine import tuner_utils
from automl.kerastuner.engine.base_tuner import BaseTuner
from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.tensorboard import logged_apart
from automl.private_keras import names_from_the_start
from automl.training.engine import Epoch
from automl.training.memory import release, seldom
from automl.training.quick_fit import quicker

_OWN = __name__.partition(".engine")[0]
"""Where a ``run_trial`` is defined that needs a hypermodel."""


class Tuner(BaseTuner):
    """Tries Keras models.

    Args:
        oracle: see ``BaseTuner``.
        hypermodel: see ``BaseTuner``; None only where a subclass overrides ``run_trial``.
        max_model_size: trainable parameters of the largest model that is trained; a larger one fails.
        optimizer: replaces that of the models.
        loss: replaces that of the models.
        metrics: replace those of the models.
        distribution_strategy: of ``tf.distribute`` or ``keras.distribution``, for building models.
        directory: see ``BaseTuner``.
        project_name: see ``BaseTuner``.
        tuner_id: see ``BaseTuner``.
        overwrite: see ``BaseTuner``.
        executions_per_trial: trainings of each trial, each from new weights; the score is their mean.
        options: see ``BaseTuner``.

    Raises:
        ValueError: there is nothing to train; see ``BaseTuner``.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        max_model_size: int | None = None,
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        distribution_strategy: Any = None,
        directory: str | os.PathLike[str] | None = None,
        project_name: str | None = None,
        tuner_id: str | None = None,
        overwrite: bool = False,
        executions_per_trial: int = 1,
        **options: Any,
    ) -> None:
        if hypermodel is None and type(self).run_trial.__module__.startswith(_OWN):
            raise ValueError(
                "Received `hypermodel=None`: without one, a subclass has to override `run_trial()`."
            )
        self.max_model_size = max_model_size
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.distribution_strategy = distribution_strategy
        self.executions_per_trial = executions_per_trial
        self._release = seldom(release)
        super().__init__(
            oracle=oracle,
            hypermodel=hypermodel,
            directory=directory,
            project_name=project_name,
            overwrite=overwrite,
            tuner_id=tuner_id,
            **options,
        )

    def run_trial(self, trial: Trial, *args: Any, **kwargs: Any) -> Any:
        """Train the model of a trial, as often as is to be executed; see ``BaseTuner``."""
        checkpoint = tuner_utils.SaveBestEpoch(
            objective=self.oracle.objective, filepath=self._get_checkpoint_fname(trial.trial_id)
        )
        given = self._listed(kwargs.pop("callbacks", None))
        histories = []
        for execution in range(self.executions_per_trial):
            self._seed(trial, execution)
            going_on, more = self._continuation(trial, execution, kwargs, checkpoint)
            callbacks = [
                *logged_apart(self._deepcopy_callbacks(given), trial, execution),
                *self._hooks(trial),
                checkpoint,
                going_on,
            ]
            results = going_on.whole(
                self._build_and_fit_model(trial, *args, **{**kwargs, **more, "callbacks": callbacks})
            )
            checkpoint.write()  # a loop of the program's own may not say when it ends
            self._note(trial, going_on)
            if self.interrupted:
                break
            tuner_utils.validate_trial_results(results, self.oracle.objective, "HyperModel.fit()")
            histories.append(results)
            if self.reason:
                break
        return histories

    def _build_and_fit_model(self, trial: Trial, *args: Any, **kwargs: Any) -> Any:
        """Build a model and train it by the hypermodel's ``fit``."""
        model = self._try_build(trial.hyperparameters)
        assert self.hypermodel is not None  # noqa: S101  a subclass without one does not come here
        with quicker(model):
            results = self.hypermodel.fit(trial.hyperparameters, model, *args, **kwargs)
        tuner_utils.keep_shapes(model, self._trial_folder(trial.trial_id))
        return results

    def load_model(self, trial: Trial) -> Any:
        """Return a trial's model with the weights of its best epoch."""
        model = self._try_build(trial.hyperparameters)
        with self._scope():
            tuner_utils.build_again(model, self._trial_folder(trial.trial_id))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Keras says that the optimizer begins anew
                model.load_weights(self._get_checkpoint_fname(trial.trial_id))
        return model

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Keep the weights of a trial's model, for ``load_model``."""
        model.save_weights(self._get_checkpoint_fname(trial_id))

    def on_epoch_begin(self, trial: Trial, model: Any, epoch: int, logs: Any = None) -> None:
        """Called at the beginning of each epoch."""

    def on_batch_begin(self, trial: Trial, model: Any, batch: int, logs: Any = None) -> None:
        """Called at the beginning of each batch."""

    def on_batch_end(self, trial: Trial, model: Any, batch: int, logs: Any = None) -> None:
        """Called at the end of each batch."""

    def on_epoch_end(self, trial: Trial, model: Any, epoch: int, logs: Any = None) -> None:
        """Called at the end of each epoch."""

    def forget(self, trial: Trial) -> None:
        """Remove the states of a trial that is tried again from its beginning."""
        for path in Path(self.get_trial_dir(trial.trial_id)).glob("state-*.npz"):
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove the states of trainings that nobody goes on with."""
        needed = self.oracle.resumable()
        for path in Path(self.project_dir).glob("trial_*/state-*.npz"):
            if path.parent.name.removeprefix("trial_") not in needed:
                path.unlink(missing_ok=True)

    def _try_build(self, hp: HyperParameters) -> Any:
        self._release()
        assert self.hypermodel is not None  # noqa: S101  as above
        # names that models have in turn are known to TensorFlow, which makes them in a third less time
        with self._scope(), names_from_the_start():
            model = self.hypermodel.build(hp)
            if not isinstance(model, keras.Model):
                raise errors.FatalTypeError(
                    f"Expected the model-building function to give a Keras model, got {model!r:.60}."
                )
            self._override_compile_args(model)
        self._check_size(model)
        return model

    def _check_size(self, model: Any) -> None:
        if not self.max_model_size or not model.built:
            return
        size = sum(math.prod(variable.shape) for variable in model.trainable_variables)
        if size > self.max_model_size:
            raise errors.FailedTrialError(
                f"Oversized model: {size} parameters, more than max_model_size={self.max_model_size}."
            )

    def _override_compile_args(self, model: Any) -> None:
        own = {"optimizer": self.optimizer, "loss": self.loss, "metrics": self.metrics}
        given = {name: value for name, value in own.items() if value}
        if not given:
            return
        known = model.get_compile_config() if model.compiled else None
        kept = keras.saving.deserialize_keras_object(known) if known else {}
        if isinstance(self.optimizer, keras.Optimizer):  # one that has trained belongs to its model
            given["optimizer"] = type(self.optimizer).from_config(self.optimizer.get_config())
        model.compile(**{**kept, **given})

    def _scope(self) -> AbstractContextManager[Any]:
        strategy = self.distribution_strategy
        scope: AbstractContextManager[Any] = (
            contextlib.nullcontext() if strategy is None else strategy.scope()
        )
        return scope

    def _seed(self, trial: Trial, execution: int) -> None:
        """Seed weights and batches, where the search has a seed."""
        if self.oracle.seeded:
            seed = derive(self.oracle.seed, "trial", trial.trial_id, execution)
            keras.utils.set_random_seed(seed)

    def _continuation(
        self,
        trial: Trial,
        execution: int,
        kwargs: Mapping[str, Any],
        checkpoint: tuner_utils.SaveBestEpoch,
    ) -> tuple[Continuation, dict[str, Any]]:
        """What restores and keeps the training, and what ``fit`` is to be told of it.

        A trial that was cut short goes on from its own state, one that continues another from that one's.
        """
        owner = trial.trial_id
        path = self._state_path(owner, execution)
        source = known_state(path) if self._takes_initial_epoch() else None
        start = 0 if source is None else next_epoch(source)
        more: dict[str, Any] = {}
        earlier: tuple[Epoch, ...] = ()
        past = trial.hyperparameters.values.get("tuner/trial_id")
        if source is not None and 0 < start < self._epochs(kwargs):
            more, earlier = {"initial_epoch": start}, source.epochs
        elif past is not None:
            owner = past
            source, start = known_state(self._state_path(owner, execution)), int(kwargs["initial_epoch"])
            # without a state to go on from, all epochs are trained
            more = {} if source is not None else {"initial_epoch": 0}
        else:
            source = None
        going_on = Continuation(
            path,
            source=source,
            folder=self._trial_folder(owner),
            start=start,
            earlier=earlier,
            checkpoint=checkpoint,
            channel=self.channel,
        )
        return going_on, more

    def _hooks(self, trial: Trial) -> list[Any]:
        """Callbacks that call the methods for epochs, and those for batches where a program has its own."""
        epochs = tuner_utils.TunerCallback(self, trial)
        own = type(self)
        if own.on_batch_begin is Tuner.on_batch_begin and own.on_batch_end is Tuner.on_batch_end:
            return [epochs]
        return [epochs, tuner_utils.BatchCallback(self, trial)]

    def _takes_initial_epoch(self) -> bool:
        if self.hypermodel is None:
            return False
        taken = inspect.signature(self.hypermodel.fit).parameters
        return "initial_epoch" in taken or any(item.kind == item.VAR_KEYWORD for item in taken.values())

    def _epochs(self, kwargs: Mapping[str, Any]) -> float:
        """Epochs in all, infinite where the hypermodel's own ``fit`` decides."""
        epochs = kwargs.get("epochs")
        return epochs if isinstance(epochs, int) else float("inf")

    def _note(self, trial: Trial, going_on: Continuation) -> None:
        self.reason = going_on.reason
        effort = self.oracle.door.efforts.get(int(trial.trial_id))
        if effort is not None:
            effort.epochs += len(going_on.epochs)
            effort.reason = going_on.reason

    def _trial_folder(self, trial_id: str) -> Path:
        return Path(self.get_trial_dir(trial_id))

    def _state_path(self, trial_id: str, execution: int) -> Path:
        return self._trial_folder(trial_id) / f"state-{execution}.npz"

    def _get_checkpoint_fname(self, trial_id: str) -> str:
        return os.path.join(self.get_trial_dir(trial_id), "checkpoint.weights.h5")

    def _listed(self, callbacks: Any) -> list[Any]:
        if callbacks is None:
            return []
        return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]

    def _deepcopy_callbacks(self, callbacks: list[Any]) -> list[Any]:
        try:
            return copy.deepcopy(callbacks)
        except Exception as error:  # whatever it holds: locks, files, sockets
            raise errors.FatalValueError(
                f"All callbacks used during a search should be deep-copyable, as each trial has its own: "
                f"{error}. Build those that are not in `HyperModel.fit`."
            ) from error
