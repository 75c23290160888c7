"""``automl.tune``: a search over models that the user builds."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from automl.core.amounts import parse_time
from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.specs import COSTS, Direction, Objective, metric_of
from automl.jobs.config import DEFAULT_TRIALS, JobConfig, dump_config
from automl.jobs.folder import new_folder
from automl.jobs.intake.kept_options import kept_config
from automl.jobs.lock import discarded_unused, locked
from automl.jobs.progress import Progress
from automl.study.optuna.pruners import OURS, PRUNERS
from automl.views.choice import watching

if TYPE_CHECKING:
    import keras
    import optuna

    from automl.jobs.tune.tune import TrialOptions
    from automl.jobs.tune.tuned import TunedResult
    from automl.training.fit_data import FitData

    Callbacks: TypeAlias = Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None

_LARGER = (
    "acc",
    "auc",
    "f1",
    "fbeta",
    "precision",
    "recall",
    "sensitivity",
    "specificity",
    "true_",
    "r2",
    "iou",
    "dice",
    "cosine",
    "pearson",
)
_SMALLER = (
    "loss",
    "error",
    "mse",
    "mae",
    "rmse",
    "mape",
    "msle",
    "entropy",
    "divergence",
    "perplexity",
    "hinge",
    "cosh",
    "poisson",
    "huber",
    "false_",
)
BATCH_SIZE = 32
"""Examples per step where nothing else is said, as in ``Model.fit``."""


# long for its signature and the meaning of each option
def tune(
    build: Callable[[optuna.Trial], keras.Model],
    data: Any,
    *,
    validation: Any = None,
    metric: str = "val_loss",
    trials: int | None = None,
    time_limit: float | str | None = None,
    epochs: int = 20,
    batch_size: int | Callable[[optuna.Trial], int] = BATCH_SIZE,
    callbacks: Callbacks | Callable[[optuna.Trial], Callbacks] = (),
    class_weight: Mapping[int, float] | None = None,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    patience: int = 0,
    sampler: str = "rungs",
    pruner: str = "median",
    seed: int = 0,
    name: str = "tune",
    out: str | Path | None = None,
    storage: str | None = None,
    tracking: bool = True,
    tracking_uri: str | Path | None = None,
    verbose: int = 1,
    progress: Progress | None = None,
) -> TunedResult:
    """Search over models of your own, with the study, budgets, tracking and result of ``search``.

    Args:
        build: from an Optuna trial (``trial.suggest_float(...)``) to a *compiled* Keras model.
        data: what ``Model.fit`` takes: ``(inputs, targets)`` or ``(inputs, targets, sample weights)``, each
            an array, a pandas object, or a dictionary or list of them, paired by position; or a stream of
            batches: ``tf.data.Dataset``, ``keras.utils.PyDataset``, ``DataLoader``, a generator, or a
            function without arguments that makes one for each trial.
        validation: the same for the validation part; a random fifth of the rows by default. A stream has no
            rows to hold out and needs one.
        metric: one of the model's own metrics, ``val_loss`` or ``val_<name>``; append ``:min`` or ``:max``
            when the name does not tell what is better. The number that Keras puts behind names of its own
            (``auc_1``) counts within the model, not the process.
        trials: number of trials, 20 unless a time is given.
        time_limit: wall time in seconds or as text such as ``"10m"``.
        epochs: full length of a trial.
        batch_size: examples per step, or a function of the trial that suggests it. A parameter called
            ``batch_size`` that ``build`` suggests is the trial's batch size, too.
        callbacks: one or several Keras callbacks, of which each trial has copies, or a function of the
            trial that makes them.
        class_weight: weight of each class in the loss.
        steps_per_epoch: batches per epoch; needed for a stream without an end and for generators.
        validation_steps: the same for the validation part.
        patience: epochs without a better score after which a trial ends, 0 for never.
        sampler: see ``automl search --help``; ``rungs`` models the epochs that trials report.
        pruner: ``median``, ``none``, ``successive-halving`` or ``hyperband``. ``rungs`` and ``pasha`` pause
            trials and continue the best, which needs models that this package builds and trains.
        seed: of splits, samplers, weights and batches.
        name: of job, study and experiment.
        out: job folder, ``runs/<name>-<time>`` by default.
        storage: any Optuna storage, a journal in the job folder by default.
        tracking: log to MLflow.
        tracking_uri: MLflow store.
        verbose: 1 shows progress on stderr, as ``automl.search`` does; 0 is silent.
        progress: a view of your own, an object with the methods of ``automl.Progress``.

    Returns:
        the result; ``result.model`` is the best model, ``result.study`` the Optuna study, ``predict`` and
        ``evaluate`` take and return what Keras does.

    Raises:
        ConfigError: options are wrong, such as the pruner ``rungs``.
        DataError: rows do not pair, or nothing can be held out of the data.
        SearchError: no trial succeeded; its cause is what the last one raised, with the place in ``build``.
    """
    started = time.monotonic()
    _check_build(build)
    objective = parse_user_metric(metric)
    tracking_uri = str(tracking_uri) if isinstance(tracking_uri, Path) else tracking_uri
    _check_pruner(pruner)
    config = JobConfig(
        name=name,
        trials=trials,
        time=None if time_limit is None else parse_time(time_limit),
        epochs=epochs,
        sampler=sampler,
        pruner=pruner,
        seed=seed,
        storage=storage,
        tracking=tracking,
        tracking_uri=tracking_uri,
    )
    from automl.jobs.intake.opening import open_tracker_of
    from automl.jobs.tune.tune import TuneJob, run_tuning
    from automl.spaces.space import SearchSpace
    from automl.study.opening import open_proposer
    from automl.training.devices import configure
    from automl.training.memory import release, settled

    train, held_out = _parts(data, validation, seed, steps_per_epoch, validation_steps)
    job = TuneJob(
        name=name,
        build=build,
        train=train,
        validation=held_out,
        objective=objective,
        trials=DEFAULT_TRIALS if trials is None and time_limit is None else trials,
        time=config.time,
        epochs=epochs,
        options=_options(batch_size, callbacks, class_weight, patience, train),
        seed=seed,
    )
    options = dump_config(kept_config(config))
    made = out is None or not Path(out).exists()
    folder = new_folder(out, name)
    configure()
    with locked(folder), discarded_unused(folder, made=made), settled():
        write_whole(folder.job, options)
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
        with watching(verbose, progress, started=started) as watcher:
            return run_tuning(job, folder, proposer, tracker, watcher, release, started=started)


def parse_user_metric(text: object) -> Objective:
    """Return the objective of a metric of a user's model.

    Raises:
        ConfigError: the name does not tell whether larger or smaller is better, or is no metric's.
    """
    if not isinstance(text, str):
        raise ConfigError(
            f"metric: expected the name of one metric, such as val_accuracy, got {text!r:.100}."
        )
    name, _, wish = metric_of(text).partition(":")
    directions: dict[str, Direction] = {"max": "maximize", "min": "minimize"}
    if name in COSTS:
        raise ConfigError(
            f"metric {text!r}: a model of your own is searched by one of its metrics, not a cost."
        )
    if wish:
        if wish not in directions:
            raise ConfigError(f"metric {text!r}: expected :min or :max after the name, got {wish!r}.")
        return Objective(name=name, direction=directions[wish])
    if any(part in name.lower() for part in _SMALLER):
        return Objective(name=name, direction="minimize")
    if any(part in name.lower() for part in _LARGER):
        return Objective(name=name, direction="maximize")
    raise ConfigError(f"Is a larger {name!r} better or worse? Write {name}:max or {name}:min.")


def _check_build(build: object) -> None:
    """Refuse a model, which is callable, too, and a hypermodel."""
    if not callable(build) or (hasattr(build, "fit") and not isinstance(build, type)):
        raise ConfigError(
            "build: expected a function that makes a new compiled keras.Model of each trial, got "
            f"{type(build).__name__}."
        )


def _check_pruner(name: str) -> None:
    if name in OURS:
        others = ", ".join(item for item in PRUNERS if item not in OURS)
        raise ConfigError(
            f"pruner {name!r}: a model of your own is trained by its own fit, which cannot be paused and "
            f"continued. Choose one of: {others}."
        )


def _parts(
    data: Any, validation: Any, seed: int, steps: int | None, validation_steps: int | None
) -> tuple[FitData, FitData]:
    from automl.training.fit_data import hold_out, take_in

    for option, value in (("steps_per_epoch", steps), ("validation_steps", validation_steps)):
        if value is not None and value < 1:
            raise ConfigError(f"{option}: expected at least 1, got {value}.")
    whole = take_in(data, steps=steps)
    if validation is None:
        return hold_out(whole, seed)
    return whole, take_in(validation, where="validation", steps=validation_steps, training=False)


def _options(
    batch_size: int | Callable[[optuna.Trial], int],
    callbacks: Callbacks | Callable[[optuna.Trial], Callbacks],
    class_weight: Mapping[int, float] | None,
    patience: int,
    train: FitData,
) -> Callable[[optuna.Trial], TrialOptions]:
    """From a trial whose model is built to how that is trained."""
    from automl.jobs.tune.tune import TrialOptions

    if class_weight is not None and len(train.arrays) == 3:
        raise ConfigError(
            "class_weight: the data have sample weights, and Keras takes one of the two. Multiply the "
            "sample weights by those of the classes."
        )
    if not callable(callbacks):
        _copied(_listed(callbacks))  # what cannot be copied is told before the search

    def options(trial: optuna.Trial) -> TrialOptions:
        return TrialOptions(
            batch_size=_batch_size(batch_size, trial, train),
            callbacks=_listed(callbacks(trial)) if callable(callbacks) else _copied(_listed(callbacks)),
            class_weight=class_weight,
            patience=patience,
            steps_per_epoch=train.steps,
        )

    return options


def _batch_size(given: int | Callable[[optuna.Trial], int], trial: optuna.Trial, train: FitData) -> int:
    size = given(trial) if callable(given) else trial.params.get("batch_size", given)
    if train.streams and (callable(given) or "batch_size" in trial.params):
        raise ConfigError("batch_size is searched, but the data is already in batches: pass arrays.")
    if isinstance(size, bool) or not isinstance(size, Integral) or size < 1:
        raise ConfigError(f"batch_size: expected a whole number of at least 1, got {size!r}.")
    return int(size)


def _listed(callbacks: Callbacks) -> list[keras.callbacks.Callback]:
    """Callbacks as a list: ``Model.fit`` takes None and a single one, too."""
    import keras

    if callbacks is None:
        return []
    return [callbacks] if isinstance(callbacks, keras.callbacks.Callback) else list(callbacks)


def _copied(callbacks: Sequence[keras.callbacks.Callback]) -> list[keras.callbacks.Callback]:
    """Callbacks of their own for a trial: what one has seen, the next one must not know."""
    import keras

    copies = []
    for callback in callbacks:
        if not isinstance(callback, keras.callbacks.Callback):
            raise ConfigError(f"callbacks: expected Keras callbacks, got {type(callback).__name__}.")
        try:
            copies.append(copy.deepcopy(callback))
        except Exception as error:  # whatever it holds: locks, files, sockets
            raise ConfigError(
                f"callbacks: {type(callback).__name__} cannot be copied for each trial ({error}). Give a "
                "function: callbacks=lambda trial: [...]."
            ) from error
    return copies
