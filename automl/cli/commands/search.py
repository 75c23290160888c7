"""``automl search``: a data file in, the best model out."""

from __future__ import annotations

from typing import Any

import click

from automl.cli.groups import GroupedCommand
from automl.cli.options import given_config, job_options
from automl.cli.running import run_and_report


@click.command("search", cls=GroupedCommand)
@click.argument("data", required=False)
@click.option("--job", metavar="FILE", help="job file (YAML) with any of these options")
@job_options
@click.option("--json", "as_json", is_flag=True, help="print the result as one JSON object")
@click.option("--quiet", is_flag=True, help="print warnings and errors only")
@click.option("--timings", is_flag=True, help="print how long each phase took")
def command(
    data: str | None, job: str | None, as_json: bool, quiet: bool, timings: bool, **options: Any
) -> int:
    """Search for the best Keras model for DATA: a file, a folder, an address, or sklearn:NAME.

    \b
    automl search adult.csv --target income --time 10m
    automl search photos/ --epochs 30 --trials 20
    automl search reviews.tsv --target label --family ngrams --family cnn
    automl search energy.csv --target load --time-column hour --horizon 24
    automl search https://example.org/adult.csv --target income
    automl search "postgresql://me@host/shop?query=SELECT * FROM orders" --target returned
    """  # noqa: D301  click reads the escape
    from automl.api import run_job
    from automl.cli.app import started
    from automl.jobs.process import Process

    config = given_config(data, job, options)
    return run_and_report(
        lambda progress: run_job(config, progress=progress, started=started(), process=Process.LAST),
        as_json=as_json,
        quiet=quiet,
        timings=timings,
    )
