"""``automl jobs``: the jobs of a folder, running and finished."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automl.core.amounts import plain_number

if TYPE_CHECKING:
    from automl.jobs.overview import JobLine


@click.command("jobs")
@click.argument("folder", metavar="[FOLDER]", default="runs")
@click.option("--running", is_flag=True, help="only those that a process works on")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list with every fact")
def command(folder: str, running: bool, as_json: bool) -> None:
    """List the jobs in FOLDER, by default in runs/: state, process, best score, trials, time left."""
    from automl.cli.columns import aligned
    from automl.jobs.overview import jobs_in

    jobs = [job for job in jobs_in(Path(folder)) if not running or job.state == "running"]
    if as_json:
        click.echo(json.dumps([job.as_json() for job in jobs]))
        return
    if not jobs:
        click.echo(f"No {'running ' if running else ''}jobs in {folder}.", err=True)
        return
    heads = ("folder", "state", "pid", "score", "trials", "used", "left")
    click.echo(aligned([heads, *(_cells(job) for job in jobs)], right=(2, 4, 5, 6)))
    for job in jobs:
        for text in _told(job):
            click.echo(text, err=True)


def _cells(job: JobLine) -> tuple[str, ...]:
    from automl.views.text import duration_text

    score = "-" if job.best_score is None else f"{job.metric} {plain_number(job.best_score)}"
    left = "-" if job.seconds_left is None else duration_text(job.seconds_left)
    pid = "-" if job.pid is None else str(job.pid)
    return (_near(job.folder), job.state, pid, score, str(job.trials), duration_text(job.seconds), left)


def _told(job: JobLine) -> list[str]:
    """What is wrong with a job."""
    if job.trouble:
        return [f"{_near(job.folder)}: {job.trouble}"]
    if job.state == "killed":
        folder = _near(job.folder)
        return [f"{folder}: process {job.pid} is gone without a word. To go on: automl resume {folder}"]
    return []


def _near(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
