"""``automl resume``: continue a job."""

from __future__ import annotations

import click

from automl.cli.groups import GroupedCommand
from automl.cli.running import run_and_report


@click.command("resume", cls=GroupedCommand)
@click.argument("folder", metavar="DIR")
@click.option("--trials", type=int, metavar="N", help="number of trials in all, earlier ones included")
@click.option("--time", "time_limit", metavar="TIME", help="time from now: 90s, 10m, 1.5h")
@click.option("--workers", metavar="N", help="trials to run at once; default: as many as before")
@click.option(
    "--storage", metavar="URL", help="the study's storage, needed if its address holds a password"
)
@click.option(
    "--tracking-uri", metavar="URI", help="the MLflow store, needed if its address holds a password"
)
@click.option("--json", "as_json", is_flag=True, help="print the result as one JSON object")
@click.option("--quiet", is_flag=True, help="print warnings and errors only")
@click.option("--timings", is_flag=True, help="print how long each phase took")
def command(
    folder: str,
    trials: int | None,
    time_limit: str | None,
    workers: str | None,
    storage: str | None,
    tracking_uri: str | None,
    as_json: bool,
    quiet: bool,
    timings: bool,
) -> int:
    """Continue the job in DIR; interrupted trials continue from their last saved state."""
    from automl.api import Changes, go_on
    from automl.cli.app import started
    from automl.jobs.process import Process

    changes = Changes(
        trials=trials, time_limit=time_limit, workers=workers, storage=storage, tracking_uri=tracking_uri
    )
    return run_and_report(
        lambda progress: go_on(folder, changes, progress=progress, started=started(), process=Process.LAST),
        as_json=as_json,
        quiet=quiet,
        timings=timings,
    )
