"""Several finished jobs beside each other: scores, data, time, and the options in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError, understood
from automl.jobs.config import read_config
from automl.jobs.folder import open_folder, read_json, state_of
from automl.jobs.missing import read_made

OWN = ("name", "out", "data", "tracking_uri", "storage", "warm_start")
"""Options that say where things are, not what was done."""

OF_ROWS = (
    *("validation", "folds", "sample_rows", "split_by", "group_column", "time_column", "seed"),
    *("keep", "drop", "horizon", "lookback"),
)
"""Options that decide which rows are scored, or what of them is known."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One job of several.

    Attributes:
        folder: as it was named.
        task: its kind.
        targets: what is predicted.
        metric: the first one.
        direction: in which it is better.
        best_score: of the best trial.
        ensemble_score: of the exported model on the same rows.
        baseline: of the best trivial rule, or None.
        metrics: of the exported model, by name.
        trials: how many.
        seconds: wall time.
        data: what was searched.
        digest: of its content, empty where that is not known.
        options: that were given, by name.
        state: ``complete`` or ``interrupted``.
    """

    folder: str
    task: str
    targets: tuple[str, ...]
    metric: str
    direction: str
    best_score: float
    ensemble_score: float
    baseline: float | None
    metrics: Mapping[str, float]
    trials: int
    seconds: float
    data: str
    digest: str
    options: Mapping[str, Any]
    state: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Jobs beside each other, the best first.

    Attributes:
        jobs: of the comparison.
        differing: for each option in which they differ, its value in each job; None for the usual one.
        warnings: why their scores may not say which is better.
    """

    jobs: tuple[Compared, ...]
    differing: Mapping[str, tuple[Any, ...]]
    warnings: tuple[str, ...]


def compare(folders: Sequence[str], *, anyway: bool = False) -> Comparison:
    """Put finished jobs beside each other.

    Args:
        folders: of the jobs, two or more.
        anyway: compare jobs with different targets, tasks or metrics, too, and warn of it.

    Raises:
        ConfigError: fewer than two, one without a result, or they predict or measure different things.
    """
    if len(folders) < 2:
        raise ConfigError("Name two jobs or more to compare.")
    jobs = [_read(folder) for folder in folders]
    unlike = [*_unlike(jobs, "task"), *_unlike(jobs, "targets"), *_unlike(jobs, "metric")]
    if unlike and not anyway:
        raise ConfigError(
            f"These jobs cannot be compared: {' '.join(unlike)} --anyway puts them beside each other."
        )
    sign = -1.0 if jobs[0].direction == "maximize" else 1.0
    ordered = tuple(jobs if unlike else sorted(jobs, key=lambda job: sign * job.ensemble_score))
    differing = _differing(ordered)
    return Comparison(jobs=ordered, differing=differing, warnings=(*unlike, *_warnings(ordered, differing)))


def _read(folder: str) -> Compared:
    files = open_folder(folder)
    summary, options = read_made(files.result), read_config(files.job)
    schema = read_json(files.schema) if files.schema.exists() else {}
    with understood(files.result, kinds=(ValueError,)):
        metric, direction = str(summary["metric"]), str(summary["direction"])
        baselines = [scores[metric] for scores in summary.get("baselines", {}).values() if metric in scores]
        best = max if direction == "maximize" else min
        score = float(summary["best_score"])
        return Compared(
            folder=folder,
            task=str(summary.get("task", "")),
            targets=tuple(map(str, schema.get("targets") or options.get("target") or ())),
            metric=metric,
            direction=direction,
            best_score=score,
            ensemble_score=float(summary.get("ensemble_score", score)),
            baseline=float(best(baselines)) if baselines else None,
            metrics={
                str(name): float(value) for name, value in summary.get("ensemble_metrics", {}).items()
            },
            trials=int(summary["trials"]),
            seconds=float(summary["seconds"]),
            data=Path(str(options.get("data") or "in memory")).name,
            digest=str(state_of(files).get("digest", "")),
            options={name: value for name, value in options.items() if name not in OWN},
            state=str(summary["state"]),
        )


def _unlike(jobs: Sequence[Compared], name: str) -> list[str]:
    """A sentence on a fact in which jobs differ; none where they do not."""
    found = {job.folder: getattr(job, name) for job in jobs}
    if len(set(found.values())) == 1:
        return []
    words = {
        folder: ", ".join(value) if isinstance(value, tuple) else value for folder, value in found.items()
    }
    told = ", ".join(f"{word or 'none'!r} in {folder}" for folder, word in words.items())
    return [f"They differ in their {name}: {told}."]


def _differing(jobs: Sequence[Compared]) -> dict[str, tuple[Any, ...]]:
    names = dict.fromkeys(name for job in jobs for name in job.options)
    values = {name: tuple(job.options.get(name) for job in jobs) for name in names}
    return {name: each for name, each in values.items() if len(set(map(repr, each))) > 1}


def _warnings(jobs: Sequence[Compared], differing: Mapping[str, Any]) -> list[str]:
    said = []
    if len({job.digest for job in jobs}) > 1:
        said.append("They were searched on different data, so their scores are of different rows.")
    rows = [name for name in OF_ROWS if name in differing]
    if rows:
        said.append(
            f"They score different rows, or know different things of them: {', '.join(rows)} differ."
        )
    said += [f"{job.folder} was interrupted." for job in jobs if job.state != "complete"]
    return said
