"""``automl.tune``: a search over models that the user builds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DataError
from automl.core.files import write_whole
from automl.core.specs import Direction, Objective
from automl.jobs.config import DEFAULT_TRIALS, parse_time
from automl.jobs.folder import new_folder
from automl.jobs.progress import Progress, SilentProgress
from automl.jobs.result import Result
from automl.study.pruners import OURS, PRUNERS

if TYPE_CHECKING:
    import keras
    import optuna

_LARGER = ("acc", "auc", "f1", "fbeta", "precision", "recall", "r2", "iou", "dice", "cosine", "pearson")
_SMALLER = ("loss", "error", "mse", "mae", "rmse", "mape", "entropy", "divergence", "perplexity")


# long for its signature and the meaning of each option
def tune(
    build: Callable[[optuna.Trial], keras.Model],
    data: tuple[Any, Any],
    *,
    validation: tuple[Any, Any] | None = None,
    metric: str = "val_loss",
    trials: int | None = None,
    time_limit: float | str | None = None,
    epochs: int = 20,
    batch_size: int = 32,
    patience: int = 0,
    sampler: str = "rungs",
    pruner: str = "median",
    seed: int = 0,
    name: str = "tune",
    out: str | None = None,
    storage: str | None = None,
    tracking: bool = True,
    tracking_uri: str | None = None,
    progress: Progress | None = None,
) -> Result:
    """Search over models of your own, with the study, budgets, tracking and result of ``search``.

    Args:
        build: from an Optuna trial (``trial.suggest_float(...)``) to a *compiled* Keras model.
        data: inputs and targets for ``Model.fit``: arrays with the examples on the first axis.
        validation: the same for the validation part; a random fifth of ``data`` by default.
        metric: one of the model's own metrics, ``val_loss`` or ``val_<name>``; append ``:min`` or ``:max``
            when the name does not tell what is better.
        trials: number of trials, 20 unless a time is given.
        time_limit: wall time in seconds or as text such as ``"10m"``.
        epochs: full length of a trial.
        batch_size: examples per step.
        patience: epochs without a better score after which a trial ends, 0 for never.
        sampler: see ``automl search --help``; ``rungs`` models the epochs that trials report.
        pruner: ``median``, ``none``, ``successive-halving`` or ``hyperband``. ``rungs`` and ``pasha`` pause
            trials and go on with the best, which needs models that this package builds and trains.
        seed: of splits, samplers, weights and batches.
        name: of job, study and experiment.
        out: job folder, ``runs/<name>-<time>`` by default.
        storage: any Optuna storage, a journal in the job folder by default.
        tracking: log to MLflow.
        tracking_uri: MLflow store.
        progress: told of epochs and trials; silent by default.

    Returns:
        the result; ``result.model`` is the best model, ``result.study`` the Optuna study.

    Raises:
        ConfigError: options are wrong, such as the pruner ``rungs``.
        SearchError: no trial succeeded.
    """
    started = time.monotonic()
    objective = parse_user_metric(metric)
    _check_pruner(pruner)
    train, held_out = _parts(data, validation, seed)
    folder = new_folder(out, name)
    from automl.api import open_tracker_of
    from automl.jobs.tune import TuneJob, run_tuning
    from automl.spaces.space import SearchSpace
    from automl.study.opening import open_proposer
    from automl.training.devices import configure
    from automl.training.memory import release

    configure()
    proposer = open_proposer(
        folder=folder.path,
        name=name,
        space=SearchSpace(name=name, epochs=epochs, parameters=(), portfolio=()),
        objectives=(objective,),
        sampler=sampler,
        pruner=pruner,
        seed=seed,
        storage=storage,
    )
    tracker = open_tracker_of(tracking, tracking_uri, folder)
    write_whole(folder.job, f"name: {name}\nseed: {seed}\n")
    limit = DEFAULT_TRIALS if trials is None and time_limit is None else trials
    job = TuneJob(
        name=name,
        build=build,
        train=train,
        validation=held_out,
        objective=objective,
        trials=limit,
        time=None if time_limit is None else parse_time(time_limit),
        epochs=epochs,
        batch_size=batch_size,
        patience=patience,
        seed=seed,
    )
    watcher = progress or SilentProgress()
    run_tuning(job, folder, proposer, tracker, watcher, release, started=started)
    return Result(Path(folder.path))


def parse_user_metric(text: str) -> Objective:
    """Return the objective of a metric of a user's model.

    Raises:
        ConfigError: the name does not tell whether larger or smaller is better.
    """
    name, _, wish = text.removeprefix("val_").partition(":")
    directions: dict[str, Direction] = {"max": "maximize", "min": "minimize"}
    if wish:
        if wish not in directions:
            raise ConfigError(f"metric {text!r}: expected :min or :max behind the name, got {wish!r}.")
        return Objective(name=name, direction=directions[wish])
    if any(part in name.lower() for part in _SMALLER):
        return Objective(name=name, direction="minimize")
    if any(part in name.lower() for part in _LARGER):
        return Objective(name=name, direction="maximize")
    raise ConfigError(f"Is a larger {name!r} better or worse? Write {name}:max or {name}:min.")


def _check_pruner(name: str) -> None:
    if name in OURS:
        others = ", ".join(item for item in PRUNERS if item not in OURS)
        raise ConfigError(
            f"pruner {name!r}: a model of your own is trained by its own fit, which cannot be paused and "
            f"gone on with. Take one of: {others}."
        )


def _parts(
    data: tuple[Any, Any], validation: tuple[Any, Any] | None, seed: int
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    import numpy as np

    if not isinstance(data, tuple) or len(data) != 2:
        raise DataError(f"data: expected a pair (inputs, targets), got {type(data).__name__}.")
    if validation is not None:
        return data, validation
    inputs, targets = data
    rows = len(targets)
    if rows < 5:
        raise DataError(f"data: {rows} examples are too few to hold a fifth of them out.")
    order = np.random.default_rng(seed).permutation(rows)
    kept, held = order[rows // 5 :], order[: rows // 5]
    return (_taken(inputs, kept), targets[kept]), (_taken(inputs, held), targets[held])


def _taken(inputs: Any, rows: Any) -> Any:
    if isinstance(inputs, dict):
        return {name: array[rows] for name, array in inputs.items()}
    return inputs[rows]
