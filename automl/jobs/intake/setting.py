"""What the trials of a job share, made from options and data: in the coordinator and in each worker."""

from __future__ import annotations

from collections.abc import Callable

from automl.core.limits import parse_limit
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import Intake, prepare_folds
from automl.jobs.trial.training import Setting
from automl.training.accelerator import find_accelerator
from automl.training.engine_choice import check_engine, choose_engine, make_engine, split_bytes
from automl.training.strategy import STRATEGIES


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
    strategy = STRATEGIES[config.strategy]()
    check_engine(config.engine, backend=config.backend, strategy=strategy)
    accelerator = find_accelerator()
    memory = accelerator.memory_bytes
    folds = prepare_folds(config, intake)
    choice = choose_engine(
        config.engine,
        backend=config.backend,
        strategy=strategy,
        data_bytes=sum(split_bytes(fold.split) for fold in folds),
        memory_bytes=memory,
    )
    return Setting(
        folds=folds,
        families=intake.families,
        space=intake.space,
        epochs=intake.epochs,
        epochs_per_pass=intake.epochs_per_pass,
        objectives=intake.objectives,
        limits=tuple(parse_limit(text) for text in config.constraint),
        engine=make_engine(choice.name, strategy),
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
