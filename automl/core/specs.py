"""The records that all storeys speak: objectives, trials, jobs.

Plain frozen data; no framework is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Scalar: TypeAlias = int | float | str | bool | None
Configuration: TypeAlias = Mapping[str, Scalar]
Direction: TypeAlias = Literal["maximize", "minimize"]
TrialState: TypeAlias = Literal["running", "paused", "complete", "pruned", "failed"]
TaskKind: TypeAlias = str
"""Name of a task in ``automl.tasks.catalog``."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a search optimises: a metric of the validation part, or a cost of the model.

    Attributes:
        name: a metric without the ``val_`` prefix (``accuracy``), or a cost: ``parameters``,
            ``seconds`` or ``latency_ms``.
        direction: whether larger or smaller is better.
        called: what users call it, where that is neither: a score of their own program's.
    """

    name: str
    direction: Direction
    called: str = ""

    @property
    def label(self) -> str:
        """The name as users read it: ``val_accuracy``, but ``parameters``."""
        return self.called or label_of(self.name)

    @property
    def text(self) -> str:
        """Label and direction, as studies and runs keep them: ``val_accuracy:maximize``."""
        return f"{self.label}:{self.direction}"

    def better(self, value: float, than: float | None) -> bool:
        """Whether ``value`` beats ``than`` (``None``: nothing yet; NaN never beats)."""
        if value != value:
            return False
        if than is None or than != than:
            return True
        return value > than if self.direction == "maximize" else value < than


COSTS = ("parameters", "seconds", "latency_ms")
_VALIDATION = "val_"


def label_of(name: str) -> str:
    """Return the name of a metric as users read it: ``val_accuracy``, but ``parameters``."""
    return name if name in COSTS else f"{_VALIDATION}{name}"


def metric_of(label: str) -> str:
    """Return the name of a metric that may be written as users read it."""
    return label.removeprefix(_VALIDATION)


def is_label(label: str) -> bool:
    """Whether this is how users read a metric of the validation part."""
    return label.startswith(_VALIDATION)


def labelled(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return metrics of the validation part by the names that users read."""
    return {label_of(name): value for name, value in metrics.items()}


def of_validation(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return those metrics of an epoch that are of the validation part, by their own names."""
    return {metric_of(label): value for label, value in metrics.items() if is_label(label)}


@dataclass(frozen=True, kw_only=True)
class Rung:
    """What a trial was worth when it had trained so long.

    Attributes:
        epochs: trained up to here.
        scores: the best so far, one value per objective.
        time: when it was reached, in seconds since 1970 (UTC); 0 where that is not known.
    """

    epochs: int
    scores: tuple[float, ...]
    time: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TrialRecord:
    """One row of the leaderboard: a configuration, how it was trained and what came of it.

    Attributes:
        number: the trial's number in the study; baselines have negative numbers.
        configuration: parameter names to values.
        state: see ``TrialState``; ``paused`` waits at a rung to be promoted; a baseline is ``complete``.
        scores: one value per objective, in the objectives' order; empty when failed.
        metrics: every metric of the validation part at the best epoch, without ``val_``.
        epochs: epochs trained.
        best_epoch: the epoch (from 1) whose weights were kept.
        seconds: wall time of building and training.
        seed: seed of weights and batches.
        reason: why it failed, was pruned or ended early, and how it was kept within memory; else empty.
        run_id: the tracker's run, or empty.
        baseline: the baseline's name (``majority``, ``naive``), or empty.
        spread: standard deviation of the first score over folds, or None.
        effort: where the time went, over all folds: ``compile_seconds`` (tracing and compiling),
            ``step_seconds`` (inside compiled calls), ``program_hits`` and ``program_misses`` (trainings
            that found a compiled program, and that had to make one); empty where the engine is silent.
        origin: who proposed it: ``portfolio``, ``warm start``, ``model``, ``neighbour``, ``random``,
            ``repeat`` or ``sampler``; see ``Proposal``.
        rungs: the rungs that it reached, in order.
        pauses: how often it was paused at a rung.
        promotions: how often it went on after that.
        constraints: excess over each limit, above 0 where it is violated.
    """

    number: int
    configuration: Configuration
    state: TrialState
    scores: tuple[float, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    epochs: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    seed: int = 0
    reason: str = ""
    run_id: str = ""
    baseline: str = ""
    spread: float | None = None
    effort: Mapping[str, float] = field(default_factory=dict)
    origin: str = ""
    rungs: tuple[Rung, ...] = ()
    pauses: int = 0
    promotions: int = 0
    constraints: tuple[float, ...] = ()

    @property
    def seconds_per_epoch(self) -> float:
        """Time that an epoch took, building and compiling included; 0 where none ended."""
        return self.seconds / self.epochs if self.epochs else 0.0

    @property
    def compile_seconds(self) -> float:
        """Time that tracing and compiling took; 0 where the engine is silent."""
        return self.effort.get("compile_seconds", 0.0)

    @property
    def epoch_seconds(self) -> float:
        """Time that an epoch took without compiling; 0 where none ended."""
        return (self.seconds - self.compile_seconds) / self.epochs if self.epochs else 0.0

    @property
    def seconds_to_first_rung(self) -> float:
        """Time that it took to its first rung, compiling included, or to its end; 0 without an epoch."""
        if not self.epochs:
            return 0.0
        first = min(self.rungs[0].epochs, self.epochs) if self.rungs else self.epochs
        return self.compile_seconds + first * self.epoch_seconds

    @property
    def feasible(self) -> bool:
        """Whether it keeps every limit."""
        return all(excess <= 0 for excess in self.constraints)


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """What a trial's first fold was worth after an epoch.

    Attributes:
        number: of the epoch, from 1.
        metrics: ``loss``, ``val_...``.
        time: when the coordinator heard of it, in milliseconds since 1970 (UTC).
    """

    number: int
    metrics: Mapping[str, float]
    time: int


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """What a tracker is told of a job when it starts.

    Attributes:
        name: the job's name; experiment and registered model are named after it.
        folder: absolute path of the job folder.
        task: kind of the task; ``user`` where the model is the user's own.
        modality: kind of the input.
        objectives: what is optimised.
        settings: search settings as plain scalars, free of secrets.
        data: facts on the data set: ``digest`` (str), ``rows`` (int), ``columns`` (tuple of str),
            ``source`` (str).
        run_id: the run of an earlier session of the same job, to be gone on with, or empty.
    """

    name: str
    folder: str
    task: TaskKind
    modality: str
    objectives: tuple[Objective, ...]
    settings: Mapping[str, Scalar]
    data: Mapping[str, object]
    run_id: str = ""
