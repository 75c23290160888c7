"""``automl worker``: train trials of a search that runs elsewhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click


@click.command("worker")
@click.option(
    "--join", "folder", metavar="DIR", required=True, help="path of the job folder on this machine"
)
@click.option(
    "--id",
    "name",
    metavar="NAME",
    help="name of this worker; if it returns under the same name, it gets its trial back; "
    "default: host and process id",
)
@click.option(
    "--wait", metavar="TIME", default="10m", show_default=True, help="time to wait for a coordinator"
)
def command(folder: str, name: str | None, wait: str) -> int:
    """Join the search in the job folder DIR and train trials until it ends.

    Start the search with `--executor folder`, on any machine that can read the folder. On Ctrl-C or SIGTERM
    the worker finishes its epoch and leaves; the trial continues on another worker.
    """
    from automl.core.amounts import parse_time
    from automl.execution.board_worker import join
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
