"""``automl audit``: what is suspicious about data, before anything is trained on it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from automl.data.audit.finding import Finding


@click.command("audit")
@click.argument("data")
@click.option("--target", multiple=True, metavar="COL", help="target column; repeatable")
@click.option("--modality", metavar="M", help="kind of data; default: inferred")
@click.option("--task", metavar="T", help="kind of task; default: inferred from the target")
@click.option("--validation", metavar="FILE", help="validation data to compare with")
@click.option("--group-column", metavar="COL", help="column with the group of each row")
@click.option("--time-column", metavar="COL", help="column with the time of each row")
@click.option("--drop", multiple=True, metavar="COL", help="column to ignore; repeatable")
@click.option("--horizon", type=int, metavar="N", help="steps to forecast, of a series")
@click.option("--folds", type=int, metavar="N", help="folds of the split; 1 holds a part out")
@click.option("--no-header", "header", flag_value=False, default=None, help="the first row is data")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list")
def command(data: str, as_json: bool, **options: Any) -> None:
    """Look for what is suspicious about DATA: leaks, copies, wrong labels, groups, drift, rare classes.

    A search does the same before it trains; this takes the same split and trains no network.

    \b
    automl audit adult.csv --target income
    automl audit images/
    """  # noqa: D301  click reads the escape
    from automl.cli.options import given_config
    from automl.data.audit.audit import audit, looked_at
    from automl.jobs.intake.intake import check_early, divide

    config = given_config(data, None, options)
    source = check_early(config)
    divided = divide(config, source)
    dataset = divided.reading.dataset
    found = audit(dataset, divided.folds, divided.validation, divided.alike)
    if as_json:
        click.echo(json.dumps([asdict(item) for item in found]))
        return
    click.echo(divided.story())
    for note in divided.notes:
        click.echo(note)
    click.echo(_listed(found))
    click.echo(looked_at(dataset, divided.alike))


def _listed(found: tuple[Finding, ...]) -> str:
    if not found:
        return "Nothing suspicious was found."
    words = {"bad": "Serious", "careful": "Careful"}
    return "\n".join(f"{words[item.mood]:<8} {item.told}\n         {item.advice}" for item in found)
