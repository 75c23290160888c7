"""What trials return, in one form, and the callbacks of a training."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from automl.core.files import whole
from automl.jobs.folder import read_json, write_json
from automl.kerastuner import errors
from automl.kerastuner.engine.hyperparameters import Float, HyperParameter, HyperParameters, Int
from automl.kerastuner.engine.objective import DefaultObjective, Objective
from automl.training.state import assign, values_of

if TYPE_CHECKING:
    from automl.kerastuner.engine.trial import Trial


_SHAPES = "build_config.json"
"""In the folder of a trial: what its model was built for."""


class _OfTrial(keras.callbacks.Callback):
    """Passes on to a tuner what happens in the training of a trial.

    Args:
        tuner: whose.
        trial: that is trained.
    """

    def __init__(self, tuner: Any, trial: Trial) -> None:
        super().__init__()
        self.tuner = tuner
        self.trial = trial


class TunerCallback(_OfTrial):
    """Passes on to a tuner's ``on_epoch_begin`` and ``on_epoch_end``."""

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See Keras."""
        self.tuner.on_epoch_begin(self.trial, self.model, epoch, logs=logs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See Keras."""
        self.tuner.on_epoch_end(self.trial, self.model, epoch, logs=logs)


class BatchCallback(_OfTrial):
    """Passes on to a tuner's ``on_batch_begin`` and ``on_batch_end``."""

    def on_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See Keras."""
        self.tuner.on_batch_begin(self.trial, self.model, batch, logs)

    def on_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See Keras."""
        self.tuner.on_batch_end(self.trial, self.model, batch, logs)


class SaveBestEpoch(keras.callbacks.Callback):
    """Keeps the weights of the best epoch; of the last one where the logs do not have the objective.

    They are in memory until the training ends: a file for each better epoch takes as long as the epoch of
    a small model.

    Args:
        objective: decides which is best.
        filepath: of the weights.
    """

    def __init__(self, objective: Objective, filepath: str | Path) -> None:
        super().__init__()
        self.objective = objective
        self.filepath = Path(filepath)
        self.best_value = float("-inf" if objective.direction == "max" else "inf")
        self._kept: tuple[np.ndarray, ...] = ()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the weights if they are the best."""
        if self.objective.has_value(logs):
            value = self.objective.get_value(logs or {})
            if not self.objective.better_than(value, self.best_value):
                return
            self.best_value = value
        if type(self.model).save_weights is not keras.Model.save_weights:
            self.model.save_weights(str(self.filepath))  # of the program's own: it writes what it likes
            return
        self._kept = values_of(self._saved())

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Write the weights that are kept."""
        self.write()

    def write(self) -> None:
        """Write the weights that are kept, where they have not been written."""
        if not self._kept:
            return
        variables = self._saved()
        last = values_of(variables)
        assign(variables, self._kept, "model")
        try:
            with whole(self.filepath) as draft:
                self.model.save_weights(draft)
        finally:
            assign(variables, last, "model")
        self._kept = ()

    def _saved(self) -> list[Any]:
        """The variables that are written."""
        return [*self.model.variables, *slots_of(self.model)]

    def see(self, epochs: Iterable[Mapping[str, float]]) -> None:
        """Know epochs whose best weights lie in the file already."""
        for logs in epochs:
            if self.objective.has_value(logs):
                value = self.objective.get_value(logs)
                if self.objective.better_than(value, self.best_value):
                    self.best_value = value


def slots_of(model: keras.Model) -> Sequence[Any]:
    """Return the variables of a model's optimizer, which may be anything where it is a program's own."""
    found: Sequence[Any] = getattr(getattr(model, "optimizer", None), "variables", ())
    return found


def keep_shapes(model: keras.Model, folder: Path) -> None:
    """Write what a model was built for, for one that does not know its input until it is trained.

    Args:
        model: that has been trained.
        folder: of its trial.
    """
    write_json(folder / _SHAPES, _any_batch(model.get_build_config()))


def build_again(model: keras.Model, folder: Path) -> None:
    """Give a model variables for what one like it was built for, if it has none.

    Args:
        model: not trained yet.
        folder: of a trial; ``keep_shapes`` need not have written to it.
    """
    path = folder / _SHAPES
    shapes = read_json(path) if path.exists() and not model.built else {}
    if shapes:
        model.build_from_config(shapes)
        # Keras makes the variables by a trial run and leaves this as it was
        model.built = bool(model.variables)


def validate_trial_results(results: Any, objective: Objective, func_name: str) -> None:
    """Refuse what no score can be read from.

    Args:
        results: a number, metrics by name, what ``Model.fit`` returns, or a list of these.
        objective: of the search.
        func_name: where they come from, for messages.

    Raises:
        FatalTypeError: it is something else.
        FatalValueError: the objective is not in it.
    """
    if isinstance(results, list):
        for item in results:
            validate_trial_results(item, objective, func_name)
        return
    if isinstance(results, int | float | np.floating):
        return
    metrics = _metrics_of(results)
    if metrics is None:
        forgot = " Did you forget to return it?" if results is None else ""
        raise errors.FatalTypeError(
            f"Expected what is returned by {func_name} to be one of: a number, metrics by name, what "
            f"Model.fit returns, or a list of these. It is {results!r:.200}.{forgot}"
        )
    if objective.has_value(metrics):
        return
    if isinstance(objective, DefaultObjective):
        raise errors.FatalTypeError(
            f"Expected what is returned by {func_name} to be a single float, as no `objective` is named. "
            f"It is {results!r:.200}."
        )
    raise errors.FatalValueError(
        f"{func_name}: the return value has no {objective.name!r}, the specified objective; it has "
        f"{', '.join(sorted(metrics)) or 'nothing'}."
    )


def convert_to_metrics_dict(results: Any, objective: Objective) -> dict[str, float]:
    """Return metrics by name, the objective among them: of the best epoch, and the mean of executions."""
    if isinstance(results, list):
        return average_metrics_dicts(convert_to_metrics_dict(item, objective) for item in results)
    if isinstance(results, int | float | np.floating):
        return {objective.name: float(results)}
    if isinstance(results, Mapping):
        metrics = {str(name): float(value) for name, value in results.items() if np.ndim(value) == 0}
    else:
        epochs = _epochs_of(results)
        metrics = dict(epochs[get_best_step(results, objective)])
    return {**metrics, objective.name: objective.get_value(metrics)}


def get_best_step(results: Any, objective: Objective) -> int:
    """Return the best epoch, from 0: of several executions the mean; 0 where there are no epochs."""
    if isinstance(results, list):
        return int(statistics.mean(get_best_step(item, objective) for item in results))
    if not isinstance(results, keras.callbacks.History):
        return 0
    epochs = enumerate(_epochs_of(results))
    values = {place: objective.get_value(epoch) for place, epoch in epochs if objective.has_value(epoch)}
    known = [place for place, value in values.items() if value == value] or [0]
    choose: Callable[..., int] = max if objective.direction == "max" else min
    return choose(known, key=lambda place: values[place])


def average_metrics_dicts(metrics_dicts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each metric over those that have it."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for metrics in metrics_dicts:
        for name, value in metrics.items():
            found[name].append(value)
    return {name: float(np.mean(values)) for name, values in found.items()}


def convert_hyperparams_to_hparams(hyperparams: HyperParameters, hparams_api: Any) -> dict[Any, Any]:
    """Return values by what TensorBoard's page HParams is told of their range.

    Args:
        hyperparams: with the values of a trial.
        hparams_api: ``tensorboard.plugins.hparams.api``.
    """
    active = (item for item in hyperparams.space if hyperparams.is_active(item))
    return {
        hparams_api.HParam(item.name, _domain(item, hparams_api)): hyperparams.values[item.name]
        for item in active
        if item.name in hyperparams.values
    }


def _domain(item: HyperParameter, hparams_api: Any) -> Any:
    if not isinstance(item, Float | Int) or item.step not in (None, 1):
        return hparams_api.Discrete(list(item.values))
    interval = hparams_api.IntInterval if isinstance(item, Int) else hparams_api.RealInterval
    return interval(item.min_value, item.max_value)


def _metrics_of(results: Any) -> Mapping[str, Any] | None:
    """Metrics by name, or None where there are none."""
    if isinstance(results, Mapping):
        return results
    if isinstance(results, keras.callbacks.History):
        epochs = _epochs_of(results)
        return epochs[0] if epochs else {}
    return None


def _epochs_of(history: keras.callbacks.History) -> list[dict[str, float]]:
    """Metrics by epoch; of what was not measured after each one there are fewer values than epochs."""
    length = max((len(values) for values in history.history.values()), default=0)
    epochs: list[dict[str, float]] = [{} for _ in range(length)]
    for name, values in history.history.items():
        for epoch, value in zip(epochs, values, strict=False):
            if np.ndim(value) == 0:
                epoch[name] = float(value)
    return epochs


def _any_batch(shapes: Any) -> dict[str, Any]:
    """What a model that did not know its input was built for, but for the length of its first batch."""
    if not isinstance(shapes, dict):
        return {}
    shape = shapes.get("input_shape")
    known = isinstance(shape, tuple | list) and all(isinstance(side, int | None) for side in shape)
    return {**shapes, "input_shape": [None, *list(shape or ())[1:]]} if known else shapes
