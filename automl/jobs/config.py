"""Every option of a search job, told once: the command line, job files and Python derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from automl.core.amounts import AUTO, parse_share, parse_size, parse_time, parse_workers
from automl.core.errors import ConfigError, SpaceError, suggest
from automl.core.job_names import check_job_name
from automl.core.mistakes import parse_costs
from automl.core.names import column_name
from automl.core.option_values import check_between, plain_value
from automl.core.protected import check_mitigation, columns_named
from automl.core.yaml_values import read_located

DEFAULT_TRIALS = 20
"""Trials of a sampler of Optuna's when neither a number nor a time is given."""

_ROLES = ("group", "time", "id", "user", "item", "amount")
_COLUMNS = (*(f"{role}_column" for role in _ROLES), "coverage_by")

BACKENDS = (AUTO, "tensorflow", "jax", "torch")

EXECUTORS = (AUTO, "inline", "pool", "folder", "ray")


def option(default: Any, text: str, *, metavar: str = "", off: str = "") -> Any:
    """Declare an option: its default, its meaning, what a value looks like, what turning it off means."""
    return field(default=default, metadata={"help": text, "metavar": metavar, "off": off})


_COUNTS = {
    "trials": 10**9,
    "epochs": 10**6,
    "horizon": 10**6,
    "lookback": 10**6,
    "image_size": 10**4,
    "frames": 10**4,
    "sample_rows": 10**9,
    "folds": 1000,
    "worker_cores": 10**4,
    "trials_per_gpu": 100,
    "attempts": 10**6,
    "memory_limit": 2**60,
}
"""Options that count something, and the largest count that makes sense: a longer one is a slip."""

LARGEST_SEED, MOST_WORKERS, LEAST_MEMORY, MOST_DAYS = 2**32 - 1, 1000, 2**24, 3650
LARGEST_FILE = 2**20
"""Of a job file, in bytes."""


@dataclass(frozen=True, kw_only=True)
class JobConfig:
    """One search job; ``job.yaml`` holds exactly these keys.

    Raises:
        ConfigError: a value is out of its range.
    """

    data: str | None = option(None, "file, folder or sklearn:NAME; null when it was given in memory")
    name: str | None = option(
        None, "name of job, experiment and registered model; default: from the data", metavar="NAME"
    )
    target: tuple[str, ...] = option(
        (), "target column; several for multi-label, joint tasks, several outputs or series", metavar="COL"
    )
    modality: str | None = option(
        None,
        "tabular, image, scene, text, pairs, series, audio, speech, video, mixed, language, interactions; "
        "default: inferred",
        metavar="M",
    )
    task: str | None = option(
        None,
        "binary, multiclass, multilabel, regression, joint, forecasting, language_model, segmentation, "
        "detection, verification, transcription, anomaly, rating, ranking; default: inferred",
        metavar="T",
    )
    family: tuple[str, ...] = option((), "family to search in; default: all of the modality", metavar="F")
    space: str | None = option(None, "search-space file of your own", metavar="FILE")
    set: tuple[str, ...] = option(
        (), "fix a parameter (learning_rate=1e-3) or narrow it (width=[64,128])", metavar="K=V"
    )
    metric: tuple[str, ...] = option(
        (),
        "what to optimize: val_accuracy, rmse, parameters:min, ...; several give a Pareto front",
        metavar="M[:min|max]",
    )
    cost: str | None = option(
        None,
        "what a missed row and a false alarm cost where one of two classes is looked for, fn=100,fp=1; "
        "sets the threshold of answers",
        metavar="fn=A,fp=B",
    )
    amount_column: str | None = option(
        None, "column with the amount of each row: a missed one costs fn times its own", metavar="COL"
    )
    constraint: tuple[str, ...] = option(
        (), "limit the result must meet: parameters<=1e6, latency_ms<=5, ...", metavar="M<=N"
    )
    protected: tuple[str, ...] = option(
        (),
        "column with groups of people that are to be treated alike, no feature; several are compared by "
        "their intersections, too",
        metavar="COL",
    )
    keep_protected: bool = option(False, "use protected columns as features all the same")
    mitigate: tuple[str, ...] = option(
        (),
        "make answers of protected groups more alike: reweighing (of training rows), thresholds (one for "
        "each group, which predict then needs)",
        metavar="HOW",
    )
    coverage: float | None = option(
        None,
        "share of rows whose truth an interval, or a set of classes, shall hold: 0.9, 90%; `automl "
        "predict` then writes them",
        metavar="SHARE",
    )
    coverage_by: str | None = option(
        None, "column whose groups have that coverage each, not only all rows together", metavar="COL"
    )
    trials: int | None = option(
        None, "number of trials; without it and --time, until more gain little", metavar="N"
    )
    time: float | None = option(
        None, "wall time from the start of the command: 90s, 10m, 1.5h", metavar="TIME"
    )
    trial_time: float | None = option(
        None, "wall time of one trial, from pause to pause: 90s, 10m, 1.5h", metavar="TIME"
    )
    epochs: int | None = option(
        None,
        "full length of a trial in passes over the training data; default: the search space's",
        metavar="N",
    )
    sampler: str = option("rungs", "rungs, tpe, gp, cmaes, random, qmc, grid or nsga2", metavar="NAME")
    pruner: str | None = option(
        None,
        "rungs (pause and promote), pasha, median, successive-halving, hyperband or none; default: rungs, "
        "with folds none",
        metavar="NAME",
    )
    portfolio: bool = option(
        True, "try the search space's portfolio first", off="do not try the portfolio first"
    )
    warm_start: tuple[str, ...] = option(
        (), "earlier job to learn from: its folder, or ADDRESS#STUDY in a storage", metavar="DIR"
    )
    validation: str | None = option(
        None, "validation data; default: folds, or a fifth of the data is held out", metavar="FILE"
    )
    folds: int | None = option(
        None,
        "train each trial in K folds and score it out of fold; 1 holds out a part; default: 5 or 8 for "
        "small tables, else 1",
        metavar="K",
    )
    sample_rows: int | None = option(
        None,
        "rows of a CSV or Parquet file that trials train on, drawn at random; the best trials are then "
        "trained on all; 0: no sample; default: a sample of files larger than a sixteenth of the memory",
        metavar="N",
    )
    single: bool = option(
        False, "return the best trial alone; with folds it is trained once more, on all rows"
    )
    distill: bool = option(
        False, "return one network of the best trial's size that has learned what the ensemble predicts"
    )
    group_column: str | None = option(
        None, "column with the group of each row; groups are never split", metavar="COL"
    )
    time_column: str | None = option(
        None, "column with the time of each row; the latest rows are held out", metavar="COL"
    )
    id_column: str | None = option(
        None, "column with the series id, for several series in one file", metavar="COL"
    )
    keep: tuple[str, ...] = option(
        (), "column to use that would otherwise be dropped (an id, one value, unique texts)", metavar="COL"
    )
    drop: tuple[str, ...] = option((), "column to ignore", metavar="COL")
    horizon: int | None = option(None, "steps to forecast", metavar="H")
    lookback: int | None = option(
        None, "past steps that a forecast uses, tokens of a language model; default: from data", metavar="L"
    )
    tokenizer: str | None = option(
        None,
        "tokens: character or byte of a language model, character or word of speech; default: by the text",
        metavar="UNIT",
    )
    image_size: int | None = option(None, "resize to PX by PX; with masks, longest side", metavar="PX")
    frames: int | None = option(None, "frames to take of each video, evenly in time", metavar="N")
    user_column: str | None = option(None, "of ratings, the users; default: by its name", metavar="COL")
    item_column: str | None = option(None, "of ratings, the items; default: by its name", metavar="COL")
    user_table: str | None = option(None, "what is known of each user, a row each", metavar="FILE")
    item_table: str | None = option(None, "what is known of each item, a row each", metavar="FILE")
    hold_out: str | None = option(
        None,
        "what is held out of ratings: random, time (the latest), last (each user's latest), users or items",
        metavar="HOW",
    )
    header: bool = option(
        True,
        "first row of a table names the columns",
        off="the table has no header; its columns are called c0, c1, ...",
    )
    seed: int = option(0, "seed of splits, samplers, weights and batches", metavar="N")
    out: str | None = option(None, "job folder; default: runs/NAME-TIME", metavar="DIR")
    backend: str = option(
        AUTO,
        "Keras backend: auto, tensorflow, jax or torch; auto: KERAS_BACKEND, else jax for tables and "
        "sounds on a CPU, tensorflow for all else",
        metavar="B",
    )
    strategy: str = option(
        "auto", "auto, single, mirrored, data-parallel, multi-worker or tpu", metavar="S"
    )
    engine: str = option("auto", "auto, compiled or streaming; auto: by data size and devices", metavar="E")
    precision: str = option(
        "auto", "auto, float32, mixed_bfloat16 or mixed_float16; auto: by device", metavar="P"
    )
    compile_cache: bool = option(
        True,
        "keep compiled programs for later searches, in the user's folder of caches",
        off="do not keep compiled programs for later searches",
    )
    workers: int | str = option(1, "trials to run at once; auto: one per GPU, or per 4 cores", metavar="N")
    executor: str = option(
        AUTO,
        "where trials run: inline (this process), pool (worker processes), folder (machines that run "
        "`automl worker`) or ray (a cluster); auto: inline or pool, by --workers",
        metavar="E",
    )
    ray_address: str | None = option(None, "Ray cluster: auto or HOST:PORT; default: own", metavar="A")
    worker_cores: int | None = option(None, "CPU cores of a worker; default: an equal share", metavar="N")
    trials_per_gpu: int = option(1, "workers sharing each GPU, with --workers auto", metavar="K")
    attempts: int = option(3, "times in a row a trial's worker may die before the trial fails", metavar="N")
    memory_limit: int | None = option(
        None,
        "memory limit of a trial: 4GB, 512MB; default: for worker processes, an equal share",
        metavar="SIZE",
    )
    storage: str | None = option(
        None, "Optuna storage; default: a journal in the job folder", metavar="URL"
    )
    lenient: bool = option(
        False, "served model: treat cells that are not numbers as missing instead of refusing them"
    )
    tracking: bool = option(True, "log every trial to MLflow", off="do not log to MLflow")
    tracking_uri: str | None = option(
        None, "MLflow store; default: MLFLOW_TRACKING_URI, otherwise ./mlflow.db", metavar="URI"
    )

    def __post_init__(self) -> None:
        self._name_columns()
        for name, most in _COUNTS.items():
            check_between(name, getattr(self, name), _LEAST.get(name, 1), most)
        check_between("seed", self.seed, 0, LARGEST_SEED)
        if self.workers != AUTO:
            check_between("workers", int(self.workers), 1, MOST_WORKERS)
        check_job_name(self.name)
        if self.executor == "inline" and self.workers != 1:
            raise ConfigError(
                f"executor inline runs one trial at a time in this process, but workers is {self.workers}: "
                "use executor pool, or workers 1."
            )
        if self.ray_address is not None and self.executor not in (AUTO, "ray"):
            raise ConfigError(
                f"ray_address names a Ray cluster, but executor is {self.executor}: use executor ray."
            )
        for name in ("time", "trial_time"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 < seconds <= MOST_DAYS * 86400:
                raise ConfigError(
                    f"{name}: expected a time such as 10m, above 0 and at most {MOST_DAYS} days, "
                    f"got {seconds:g} s."
                )
        if self.backend not in BACKENDS:
            raise ConfigError(f"Unknown backend {self.backend!r}. {suggest(self.backend, BACKENDS)}")
        if (self.folds or 1) > 1 and self.validation is not None:
            raise ConfigError("folds and validation cannot be combined: give one of them.")
        if self.cost is not None:
            parse_costs(self.cost)
        if self.coverage is not None:
            parse_share(self.coverage)
        check_mitigation(self.mitigate, self.protected, kept=self.keep_protected)
        for name in sorted({*self.keep} & {*self.drop}):
            raise ConfigError(f"Column {name!r} is in both keep and drop: give only one.")

    def _name_columns(self) -> None:
        """Names of columns as tables have them: ``"Life expectancy "`` is read without the blank."""
        object.__setattr__(self, "protected", columns_named(self.protected))
        for name in ("target", "keep", "drop", "protected"):
            object.__setattr__(self, name, tuple(column_name(column) for column in getattr(self, name)))
        for name in _COLUMNS:
            column = getattr(self, name)
            object.__setattr__(self, name, None if column is None else column_name(column))

    @property
    def trial_limit(self) -> int | None:
        """Trials to make in all, None when time limits the search or the sampler knows when to end."""
        if self.trials is None and self.time is None:
            return None if self.sampler == "rungs" else DEFAULT_TRIALS
        return self.trials


def config_fields() -> dict[str, Field[Any]]:
    """Return the options by name, in order."""
    return {item.name: item for item in fields(JobConfig)}


def config_from(values: Mapping[str, Any], *, where: str) -> JobConfig:
    """Check plain values and return the job they describe.

    Args:
        values: option names to plain values, as YAML or the command line give them.
        where: the file or command, for messages.

    Raises:
        ConfigError: unknown key (the nearest is offered), or a value of the wrong type.
    """
    known = config_fields()
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}. {suggest(str(key), known)}")
    checked = {key: _converted(key, value, where) for key, value in values.items()}
    try:
        return JobConfig(**checked)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def read_config(path: Path) -> dict[str, Any]:
    """Read the plain values of a job file; paths in it are relative to the file's folder.

    Raises:
        ConfigError: no such file, not YAML, not a mapping.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise ConfigError(f"{path} is too large for a job file, which has a line per option.")
        text = path.read_text(encoding="utf-8")
        values = read_located(text, str(path)).plain if text.strip() else None
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, or a name that is no file's
        raise ConfigError(f"Cannot read the job file {path}: {error}.") from None
    except SpaceError as error:
        raise ConfigError(str(error)) from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected a mapping of options to values.")
    return {key: _anchored(key, value, path.parent) for key, value in values.items()}


def dump_config(config: JobConfig) -> str:
    """Return the job as YAML: the options that differ from their defaults, and the seed."""
    import yaml

    values = {}
    for name, item in config_fields().items():
        value = getattr(config, name)
        if value != item.default or name in ("data", "seed"):
            values[name] = list(value) if isinstance(value, tuple) else value
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


PARSED: Mapping[str, Any] = {
    "time": parse_time,
    "trial_time": parse_time,
    "memory_limit": parse_size,
    "workers": parse_workers,
    "coverage": parse_share,
}
"""Options whose values are also understood as text with a unit or a word: what reads them."""


_PATHS = ("data", "validation", "space", "out", "warm_start", "user_table", "item_table")


def _anchored(key: str, value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_anchored(key, item, folder) for item in value]
    if isinstance(value, str) and "://" in value:
        return value
    plain = isinstance(value, str) and not value.startswith("sklearn:")
    return str(folder / value) if key in _PATHS and plain else value


_LEAST = {"memory_limit": LEAST_MEMORY, "sample_rows": 0}


def _converted(key: str, value: Any, where: str) -> Any:
    if key in PARSED and value is not None:
        return PARSED[key](value, key)
    return plain_value(key, value, str(config_fields()[key].type), where)
