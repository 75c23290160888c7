"""``automl worker``: train trials of a search that runs elsewhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click


@click.command("worker")
@click.option("--join", "folder", metavar="DIR", required=True, help="job folder, as this machine sees it")
@click.option(
    "--id",
    "name",
    metavar="NAME",
    help="name of this worker; one that comes back under its name gets its trial back; "
    "default: host and process",
)
@click.option(
    "--wait", metavar="TIME", default="10m", show_default=True, help="time to wait for a coordinator"
)
def command(folder: str, name: str | None, wait: str) -> int:
    """Join the search over the job folder DIR, and train trials until it is over.

    The search runs with `--executor folder`, on any machine that sees the folder. Ctrl-C or SIGTERM
    leaves: the epoch is finished, and the trial continues on another worker.
    """
    from automl.execution.board_worker import join
    from automl.jobs.config import parse_time
    from automl.jobs.folder import JobFolder
    from automl.jobs.trial.worker import open_joined_runner

    job = JobFolder(Path(folder).absolute())
    join(
        job.board,
        name or f"{socket.gethostname()}-{os.getpid()}",
        lambda options: open_joined_runner(job, options),
        patience=parse_time(wait, "wait"),
        say=lambda text: click.echo(text, err=True),
    )
    return 0
