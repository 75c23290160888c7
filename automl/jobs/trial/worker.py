"""What runs the trials of a job, in the coordinator's process or in a worker's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.execution.executor import Channel, Runner
from automl.jobs.config import JobConfig
from automl.jobs.extensions import refuse_absent
from automl.jobs.fetched import fetched, read_job
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.continued import refuse_other_network
from automl.jobs.intake.setting import Setting
from automl.jobs.intake.settled import as_read
from automl.jobs.trial.kept import keep
from automl.jobs.trial.messages import note_message
from automl.jobs.trial.plan import Plan, TrialEnd, end_to_json, plan_from_json
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trials
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
        From plans to what came of them, all plain JSON; what they have found stays in files.
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

    def work(
        values: Sequence[Mapping[str, Any]], channels: Sequence[Channel]
    ) -> list[dict[str, Any] | None]:
        with policy(FULL), kept():
            ends = run([plan_from_json(item) for item in values], channels)
        return [None if end is None else end_to_json(end) for end in ends]

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
    config = fetched(read_job(folder)).config
    source = check_early(config)
    refuse_other_network(folder, config)
    if digest(source) != state["digest"]:
        raise ConfigError(
            f"The data at {source.name} on this machine differs from the coordinator's, so its trials "
            "could not be compared."
        )
    return open_runner({**options, "folder": str(folder.path)})


def trial_runner(
    setting: Setting, folder: JobFolder, notes: Notes, *, release: Callable[[], None]
) -> Callable[[Sequence[Plan], Sequence[Channel]], list[TrialEnd | None]]:
    """Return what runs trials given together and keeps what they have found where that is worth it.

    Args:
        setting: what the trials share; it tells the user things by ``notes``.
        folder: of the job.
        notes: go to whoever is on the line.
        release: frees what a trial left behind.
    """
    states = States(folder=folder.states, note=notes)

    def run(plans: Sequence[Plan], channels: Sequence[Channel]) -> list[TrialEnd | None]:
        notes.channel = channels[0]
        ends = run_trials(setting, plans, states, channels)
        kept = [
            None if end is None else keep(end, plan, setting.objectives[0], folder, setting.note)
            for end, plan in zip(ends, plans, strict=True)
        ]
        ends.clear()  # what they have found is to be released
        release()
        return kept

    return run


def _config_of(folder: JobFolder, engine: str | None) -> JobConfig:
    config = as_read(fetched(read_job(folder)).config)
    return config if engine is None else replace(config, engine=engine)
