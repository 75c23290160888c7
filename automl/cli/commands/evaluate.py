"""``automl evaluate``: the metrics of a job's model on data with targets."""

from __future__ import annotations

import json

import click

from automl.cli.coverage import coverage_lines, coverage_option
from automl.cli.notes import show_notes
from automl.core.amounts import plain_number


@click.command("evaluate")
@click.argument("folder", metavar="DIR")
@click.argument("data")
@click.option(
    "--pairs",
    metavar="FILE",
    help="of verification: score the pairs that FILE names, as LFW's pairs.txt does; DATA has a folder per "
    "name",
)
@coverage_option
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def command(folder: str, data: str, pairs: str | None, coverage: float | None, as_json: bool) -> None:
    """Score the model of the job in DIR on raw DATA with targets."""
    from automl.api import load
    from automl.data.source import open_source
    from automl.jobs.groups import lines_of

    result = load(folder)
    if pairs is not None:
        scores = result.recogniser.score_pairs(open_source(data), pairs, told=show_notes)
    else:
        scores = result.evaluate(open_source(data), told=show_notes, coverage=coverage)
    if as_json:
        click.echo(json.dumps(scores))
        return
    click.echo(f"rows: {scores['rows']}" if pairs is None else f"pairs: {scores['pairs']}")
    for name, value in scores["metrics"].items():
        click.echo(f"{name}: {plain_number(value, 6)}")
    for line in lines_of(scores.get("groups", {})):
        click.echo(line)
    for line in coverage_lines(scores["coverage"]) if "coverage" in scores else ():
        click.echo(line)
