"""``automl compare``: finished jobs beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from automl.core.amounts import plain_number

if TYPE_CHECKING:
    from automl.jobs.comparing import Compared, Comparison


@click.command("compare")
@click.argument("folders", metavar="DIR DIR...", nargs=-1, required=True)
@click.option("--anyway", is_flag=True, help="compare jobs with different targets, tasks or metrics, too")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def command(folders: tuple[str, ...], anyway: bool, as_json: bool) -> None:
    """Compare the finished jobs in DIR DIR..., the best first: scores, time, data, options that differ."""
    from automl.jobs.comparing import compare

    found = compare(folders, anyway=anyway)
    for text in found.warnings:
        click.echo(f"Warning: {text}", err=True)
    if as_json:
        jobs = [job.as_json() for job in found.jobs]
        click.echo(json.dumps({"jobs": jobs, "differing": found.differing, "warnings": found.warnings}))
        return
    click.echo("\n".join(_tables(found)))


def _tables(found: Comparison) -> Iterator[str]:
    from automl.cli.columns import aligned

    metrics = list(dict.fromkeys(name for job in found.jobs for name in job.metrics))
    heads = ("job", found.jobs[0].metric, "best trial", "best rule", "trials", "time", "data")
    rows = [heads, *(_cells(job) for job in found.jobs)]
    yield aligned(rows, right=(1, 2, 3, 4, 5))
    yield "\nMetrics of the exported model"
    names = ["", *(job.folder for job in found.jobs)]
    yield aligned(
        [names, *([name, *(_number(job.metrics.get(name)) for job in found.jobs)] for name in metrics)]
    )
    if found.differing:
        yield "\nOptions that differ"
        values = [[name, *map(_option, each)] for name, each in found.differing.items()]
        yield aligned([names, *values])


def _cells(job: Compared) -> tuple[str, ...]:
    from automl.views.text import duration_text

    scores = (_number(job.ensemble_score), _number(job.best_score), _number(job.baseline))
    return (job.folder, *scores, str(job.trials), duration_text(job.seconds), job.data)


def _number(value: float | None) -> str:
    return "-" if value is None else plain_number(value)


def _option(value: Any) -> str:
    if value is None:
        return "-"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
