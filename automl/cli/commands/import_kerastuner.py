"""``automl import-kerastuner``: a project of KerasTuner becomes a job that others can start from."""

from __future__ import annotations

from pathlib import Path

import click

from automl.core.amounts import plain_number


@click.command("import-kerastuner")
@click.argument("project", metavar="DIR")
@click.option("--out", metavar="DIR", help="folder of the new job; default: runs/<project>-<time>")
@click.option("--metric", metavar="NAME", help="what it optimised, where its files leave that open")
def command(project: str, out: str | None, metric: str | None) -> None:
    """Read the trials of the KerasTuner project in DIR (oracle.json, trial_*/trial.json).

    \b
    automl import-kerastuner results/helloworld --out runs/old
    automl search new.csv --target y --family mlp --warm-start runs/old
    """  # noqa: D301  click reads the escape
    from automl.jobs.tune.kerastuner_project import import_project

    found = import_project(Path(project), out=out, metric=metric)
    click.echo(f"Read {found.trials} trials, {found.objective.label} at best {plain_number(found.best)}.")
    click.echo(f"Use them: automl search DATA --warm-start {found.folder}")
