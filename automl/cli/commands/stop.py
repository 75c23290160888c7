"""``automl stop``: end a running job from elsewhere, as Ctrl-C would."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from automl.core.amounts import plain_number
from automl.core.errors import ConfigError

if TYPE_CHECKING:
    from automl.jobs.folder import JobFolder
    from automl.jobs.holder import Holder

LOOK_SECONDS = 0.2
TELL_SECONDS = 30.0


@click.command("stop")
@click.argument("folder", metavar="DIR")
@click.option("--no-wait", is_flag=True, help="do not wait until the job has ended")
def command(folder: str, no_wait: bool) -> None:
    """End the job in DIR as Ctrl-C would: the epoch is finished, and the best model exported.

    Waits for it and says what it left behind; Ctrl-C ends the waiting only.
    """
    from automl.jobs.folder import open_folder
    from automl.jobs.holder import holder_of

    files = open_folder(folder)
    holder = holder_of(files)
    if holder is None:
        raise ConfigError(f"No process works on {folder}, so there is nothing to stop.")
    if not holder.is_alive:
        raise ConfigError(
            f"{folder} was left by {holder.words}, which is gone: nothing to stop. To go on: "
            f"{files.resuming}"
        )
    holder.interrupt()
    if no_wait:
        click.echo(f"{holder.words.capitalize()} was told to end.")
        return
    click.echo(f"Waiting for {holder.words} to save everything and export the best model ...", err=True)
    _await(files, holder)
    click.echo(_left(files, folder))


def _await(files: JobFolder, holder: Holder) -> None:
    from automl.jobs.holder import holder_of

    began = told = time.monotonic()
    while holder_of(files) == holder and holder.is_alive:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            click.echo(f"  still waiting after {told - began:.0f} s", err=True)


def _left(files: JobFolder, folder: str) -> str:
    """What the job has left behind."""
    from automl.jobs.overview import jobs_in

    (job,) = [line for line in jobs_in(files.path) if line.folder == files.path]
    if not files.model.exists() or job.best_score is None:
        return f"Stopped before there was a model. To go on: {files.resuming}"
    trials = f"{job.trials} trial{'s' if job.trials != 1 else ''}"
    return (
        f"Stopped after {trials}, best {job.metric}: {plain_number(job.best_score)}. Model: "
        f"{folder}/{files.model.name}. To go on: {files.resuming}"
    )
