"""What runs the trials of a job, in the coordinator's process or in a worker's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.execution.executor import Channel, Runner
from automl.jobs.config import JobConfig, config_from, read_config
from automl.jobs.extensions import refuse_absent
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.setting import Setting
from automl.jobs.intake.settled import as_read
from automl.jobs.trial.kept import keep
from automl.jobs.trial.messages import note_message
from automl.jobs.trial.plan import Plan, TrialEnd, end_to_json, plan_from_json
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial
from automl.jobs.versions import refuse_other_versions

WORK = "automl.jobs.trial.worker:open_runner"
"""Where workers find their work."""


class Notes:
    """Tells the user things over the line of the trial that runs; between trials there is none."""

    def __init__(self) -> None:
        self.channel: Channel | None = None

    def __call__(self, text: str) -> None:
        """Say it."""
        if self.channel is not None:
            self.channel.say(note_message(text))


def open_runner(options: Mapping[str, Any]) -> Runner:
    """Make the runner of a worker process: it reads the job folder and prepares the data once.

    Args:
        options: ``folder``, the job folder; ``data`` when the job's data is in memory; ``engine`` that the
            coordinator has chosen.

    Returns:
        From a plan to what came of it, both plain JSON; what it has found stays in a file.
    """
    from automl.jobs.intake.intake import check_early, take_in
    from automl.jobs.intake.setting import open_setting

    folder, notes = JobFolder(Path(options["folder"])), Notes()
    config = _config_of(folder, options.get("engine"))
    source = check_early(config, options.get("data"))
    intake = take_in(config, source, folder.cache)
    # only now: these load Keras, whose backend is the job's
    from automl.training.compile_cache import keeping_programs
    from automl.training.memory import seldom
    from automl.training.precision import FULL, policy

    kept = partial(keeping_programs, wanted=config.compile_cache)
    with policy(FULL), kept():
        setting = open_setting(config, intake, notes)
    run = trial_runner(setting, folder, notes, release=seldom(setting.release))

    def work(values: Mapping[str, Any], channel: Channel) -> dict[str, Any] | None:
        with policy(FULL), kept():
            end = run(plan_from_json(values), channel)
        return None if end is None else end_to_json(end)

    return work


def open_joined_runner(folder: JobFolder, options: Mapping[str, Any]) -> Runner:
    """Make the runner of a worker that has joined from anywhere: its data must be the coordinator's.

    Args:
        folder: of the job, as this machine sees it.
        options: as the coordinator tells them.

    Raises:
        ConfigError: the data differs, or is not seen from here.
    """
    from automl.data.source import digest
    from automl.jobs.intake.intake import check_early

    refuse_other_versions(folder)
    state = read_json(folder.state)
    refuse_absent(state, f"The job in {folder.path}")
    source = check_early(config_from(read_config(folder.job), where=str(folder.job)))
    if digest(source) != state["digest"]:
        raise ConfigError(
            f"The data at {source.name} on this machine differs from the coordinator's, so its trials "
            "could not be compared."
        )
    return open_runner({**options, "folder": str(folder.path)})


def trial_runner(
    setting: Setting, folder: JobFolder, notes: Notes, *, release: Callable[[], None]
) -> Callable[[Plan, Channel], TrialEnd | None]:
    """Return what runs a trial and keeps what it has found where that is worth it.

    Args:
        setting: what the trials share; it tells the user things by ``notes``.
        folder: of the job.
        notes: go to whoever is on the line.
        release: frees what a trial left behind.
    """
    states = States(folder=folder.states, note=notes)

    def run(plan: Plan, channel: Channel) -> TrialEnd | None:
        notes.channel = channel
        end = run_trial(setting, plan, states, channel)
        kept = None if end is None else keep(end, plan, setting.objectives[0], folder, setting.note)
        end = None  # what it has found is to be released
        release()
        return kept

    return run


def _config_of(folder: JobFolder, engine: str | None) -> JobConfig:
    config = as_read(config_from(read_config(folder.job), where=str(folder.job)))
    return config if engine is None else replace(config, engine=engine)
