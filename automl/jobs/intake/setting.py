"""What the trials of a job share, made from options and data: in the coordinator and in each worker."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from automl.core.errors import ConfigError
from automl.core.specs import COSTS, Configuration, Objective, Scalar
from automl.jobs.assembly import Dealt, Prepared, deal, structure
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import Intake, prepare_data
from automl.jobs.intake.protected import kept_by_trials
from automl.models.family import Family
from automl.spaces.space import FAMILY, SearchSpace
from automl.tasks.limits import Limit, parse_limit
from automl.tasks.task import Task, Teaches
from automl.training.accelerator import CERTAIN, find_accelerator
from automl.training.engine import Engine, Part
from automl.training.engine_choice import (
    AUTO,
    EngineChoice,
    check_engine,
    choose_engine,
    make_engine,
    split_bytes,
)
from automl.training.precision import policy
from automl.training.strategy import STRATEGIES, Strategy

FEW_GROUPS = 20
"""Of fewer groups (speakers, patients) each one counts: a network that lacks some does worse on others."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all trials of a job share.

    Attributes:
        prepared: the data.
        parts: with folds the rows of each; a trial then has one set of weights per fold.
        joins: whether the result may be made of several networks, of folds and of trials.
        completes: whether networks trained on all rows join those of folds, which lack whole groups.
        distills: whether they teach one network, which is the result.
        families: by short name.
        space: the joint search space.
        epochs: full length of a trial by family.
        epochs_per_pass: epochs that a pass over the training part is divided into.
        passes: how many passes all epochs are, by family, where an epoch is several.
        objectives: what is optimised.
        limits: what a result must keep.
        engine: trains.
        choice: which engine trials are trained by, and why; another one where they run in workers on
            another backend.
        strategy: where a model is built.
        precision: Keras' name of the policy that models are built under.
        note: tells the user something.
        release: frees what a finished or failed training left behind.
        memory_bytes: what a training may take, None for no limit.
        device_bytes: memory of the device that a model is trained on, None where it is not known.
        certain: share of it from which a training is not begun, see ``Footprint.impossible``.
        bytes_per_second: activations that the device trains through in a second at most.
    """

    prepared: Prepared
    families: Mapping[str, Family]
    space: SearchSpace
    epochs: Mapping[str, int]
    objectives: tuple[Objective, ...]
    limits: tuple[Limit, ...]
    engine: Engine
    choice: EngineChoice
    strategy: Strategy
    precision: str
    note: Callable[[str], None]
    release: Callable[[], None]
    memory_bytes: int | None = None
    device_bytes: int | None = None
    certain: float = CERTAIN
    bytes_per_second: float = math.inf
    epochs_per_pass: int = 1
    passes: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    joins: bool = True
    completes: bool = False
    distills: bool = False

    def dealt(self, configuration: Configuration) -> tuple[str, Dealt]:
        """Return the family of a configuration, and its parts for those who understand them."""
        family, parameters = self.space.split(configuration)
        dealt = deal(self.families[family], self.prepared.task, parameters)
        if dealt.training.passes or family not in self.passes:
            return family, dealt
        return family, replace(dealt, training=replace(dealt.training, passes=self.passes[family]))

    def structure(self, configuration: Configuration) -> dict[str, Scalar]:
        """Return the part of a configuration that decides about shapes; see ``assembly.structure``."""
        family, parameters = self.space.split(configuration)
        kept = structure(self.families[family], self.prepared.task, parameters)
        return {
            name: value
            for name, value in configuration.items()
            if name == FAMILY or name.removeprefix(f"{family}.") in kept
        }

    @contextmanager
    def building(self) -> Iterator[None]:
        """The scope in which models are built: devices and precision."""
        with self.strategy.scope(), policy(self.precision):
            yield


def open_setting(config: JobConfig, intake: Intake, note: Callable[[str], None]) -> Setting:
    """Prepare the data, and choose devices and engine.

    Args:
        config: the job, its precision chosen.
        intake: its data and space.
        note: tells the user something.

    Raises:
        ConfigError: a strategy or an engine that cannot run here.
    """
    from automl.training.devices import configure
    from automl.training.memory import release

    configure()
    # where trials run in workers, the devices are theirs
    strategy = STRATEGIES["single" if intake.backend.elsewhere else config.strategy]()
    check_engine(config.engine, backend=config.backend, strategy=strategy)
    accelerator = find_accelerator()
    memory = accelerator.memory_bytes
    prepared, parts = prepare_data(config, intake)
    if config.distill:
        check_distilling(intake, prepared.task)
    limits = tuple(parse_limit(text, intake.dataset.target_tasks) for text in kept_by_trials(config))

    def chosen(wanted: str, backend: str) -> EngineChoice:
        return choose_engine(
            wanted,
            backend=backend,
            strategy=strategy,
            data_bytes=split_bytes(prepared.split),
            memory_bytes=memory,
        )

    choice = chosen(config.engine, config.backend)
    own = chosen(AUTO, intake.backend.own) if intake.backend.elsewhere else choice
    return Setting(
        prepared=prepared,
        parts=parts,
        families=intake.families,
        space=intake.space,
        epochs=intake.epochs,
        epochs_per_pass=intake.epochs_per_pass,
        passes=intake.passes,
        objectives=intake.objectives,
        joins=_joins(config, intake, limits),
        completes=_joins(config, intake, limits) and _lack_groups(intake),
        distills=config.distill,
        limits=limits,
        engine=make_engine(own.name, strategy),
        choice=choice,
        strategy=strategy,
        precision=config.precision,
        note=note,
        release=release,
        memory_bytes=config.memory_limit,
        device_bytes=memory,
        certain=accelerator.certain,
        bytes_per_second=accelerator.bytes_per_second,
    )


def _joins(config: JobConfig, intake: Intake, limits: tuple[Limit, ...]) -> bool:
    """Whether several networks may be joined: not where what one of them costs is asked about.

    Nor where the folds go by time, as the first ones have seen the past alone.
    """
    from automl.data.splits import is_split_by_time

    asked = [*(item.name for item in intake.objectives), *(limit.name for limit in limits)]
    costs = len(intake.objectives) > 1 or any(name in COSTS for name in asked)
    by_time = len(intake.folds) > 1 and is_split_by_time(intake.dataset)
    one = config.single or config.distill
    return not (one or costs or by_time) and bool(intake.dataset.declaration.blend)


def _lack_groups(intake: Intake) -> bool:
    """Whether examples are of so few groups that those a fold leaves out are missed."""
    import numpy as np

    groups = intake.dataset.examples.groups
    if groups is None or len(intake.folds) < 2 or intake.dataset.declaration.compares:
        return False
    return len(np.unique(groups)) < FEW_GROUPS


def check_distilling(intake: Intake, task: Task) -> None:
    """Refuse to distill what cannot be.

    Raises:
        ConfigError: the task teaches nothing, a cost comes first, or folds go by time.
    """
    from automl.data.splits import is_split_by_time

    if not isinstance(task, Teaches) or not task.declaration.blend:
        raise ConfigError(f"distill: a {task.kind} task cannot be distilled. Leave it out, or use single.")
    first = intake.objectives[0].name
    if first in COSTS:
        raise ConfigError(f"distill: {first} is a cost, and an ensemble lowers none. Name a metric first.")
    if len(intake.folds) > 1 and is_split_by_time(intake.dataset):
        raise ConfigError("distill: with folds by time the first ones know the past alone. Use folds 1.")
