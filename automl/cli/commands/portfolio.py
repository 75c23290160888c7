"""``automl portfolio``: configurations worth trying first, learned from finished jobs."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("portfolio")
def command() -> None:
    """Learn from finished jobs which configurations to try first."""


@command.command("build")
@click.argument("jobs", nargs=-1, required=True, metavar="JOB...")
@click.option("--family", required=True, metavar="NAME", help="search space: tabular/mlp, or a YAML file")
@click.option("--size", default=5, show_default=True, metavar="N", help="entries at most")
@click.option("--output", required=True, metavar="FILE", help="YAML file for `automl search --space`")
def build(jobs: tuple[str, ...], family: str, size: int, output: str) -> None:
    """Build a portfolio of one family from the studies of JOBs and write a search space with it.

    \b
    automl portfolio build runs/adult runs/bank --family tabular/mlp --output mlp.yaml
    automl search new.csv --target y --space mlp.yaml
    """  # noqa: D301  click reads the escape
    from automl.jobs.finish.portfolio import build_portfolio
    from automl.views.text import configuration_text

    built = build_portfolio(jobs, family=family, size=size, output=Path(output))
    click.echo(f"Built from {', '.join(built.sources)}.")
    for number, entry in enumerate(built.entries, start=1):
        click.echo(f"{number}. {configuration_text(entry) or 'all defaults'}")
    if len(built.entries) < size:
        click.echo(f"No further entry would help these studies, so there are {len(built.entries)}.")
    click.echo(f"Use it: automl search DATA --space {built.output}")
