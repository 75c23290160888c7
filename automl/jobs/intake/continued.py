"""A job that goes on: with more time or trials, and with the data that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from automl.core.amounts import parse_time
from automl.core.errors import ConfigError
from automl.data.source import Source, digest
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder, read_json, state_of
from automl.pretrained.opening import mark_of


def longer(config: JobConfig, used: float, trials: int | None, time_limit: float | str | None) -> JobConfig:
    """Return a job with another number of trials, or with more time.

    Args:
        config: the job.
        used: seconds that it has used.
        trials: in all, or None for as many as before.
        time_limit: from now, or None for what is left.

    Raises:
        ConfigError: nothing is left.
    """
    if trials is not None:
        config = replace(config, trials=trials)
    if time_limit is not None:
        return replace(config, time=used + parse_time(time_limit))
    if config.time is not None and used >= config.time:
        raise ConfigError(
            f"The job has used its time ({used:.0f} s of {config.time:.0f} s); give it more with --time."
        )
    return config


def refuse_absent_data(files: JobFolder, config: JobConfig, data: object, how: str) -> None:
    """Refuse to go on without data that was in memory; ``how`` says in a sentence how to give it again."""
    if config.data is None and data is None:
        raise ConfigError(f"The data of {files.path} was in memory: {how}")


def refuse_changed(files: JobFolder, config: JobConfig, source: Source) -> None:
    """Refuse what the job did not begin with: other data, or other weights of a pretrained network."""
    refuse_other_data(files, state_of(files), source)
    refuse_other_network(files, config)


def refuse_lost_trials(files: JobFolder, trials: int) -> str:
    """Refuse to begin anew over a result whose study has lost all trials.

    Args:
        files: the job.
        trials: that the study holds.

    Returns:
        a note where it has lost some, else an empty string.
    """
    told = _trials_told(files)
    if trials >= told:
        return ""
    lost = f"The study of {files.path} holds {trials} of the {told} trials that {files.result.name} counts"
    if trials:
        return f"{lost}; the search goes on with these."
    raise ConfigError(f"{lost}: it is damaged. Use an intact copy of the folder, or start a new job.")


def _trials_told(files: JobFolder) -> int:
    with suppress(ConfigError):  # there is none yet, or a damaged one, which is written again
        told = read_json(files.result).get("trials")
        return told if isinstance(told, int) else 0
    return 0


def refuse_other_network(files: JobFolder, config: JobConfig) -> None:
    """Refuse a pretrained network whose weights are not those that the job began with."""
    begun = read_json(files.schema).get("pretrained") if files.schema.exists() else None
    if config.pretrained is not None and begun and mark_of(config.pretrained) != begun["mark"]:
        raise ConfigError(
            f"pretrained: the weights of {config.pretrained} have changed since the job in {files.path} "
            "began, so its trials cannot be compared with new ones. Start a new job."
        )


def refuse_other_data(files: JobFolder, state: Mapping[str, Any], source: Source) -> None:
    """Refuse data that is not that of the job."""
    if state.get("digest") and digest(source) != state["digest"]:
        raise ConfigError(
            f"The data of {files.path} has changed since the job began, so its trials cannot be compared "
            "with new ones. Start a new job."
        )
