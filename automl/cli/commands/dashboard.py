"""``automl dashboard``: MLflow's pages on the store of a job."""

from __future__ import annotations

from typing import Any

import click

from automl.jobs.config import config_from, read_config
from automl.jobs.folder import open_folder, read_json


@click.command("dashboard")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--tracking-uri", metavar="URI", help="MLflow store; default: the job's, else ./mlflow.db")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=int, default=5000, show_default=True, help="port, or the next free one")
def command(folder: str | None, tracking_uri: str | None, host: str, port: int) -> int:
    """Start MLflow's web interface and print the address of the job in DIR."""
    run = None
    if folder is not None:
        files = open_folder(folder)
        config = config_from(read_config(files.job), where=str(files.job))
        tracking_uri = tracking_uri or config.tracking_uri
        run = _run_of(read_json(files.state)) if files.state.exists() else None
    from automl.tracking.dashboard import serve

    return serve(tracking_uri, host=host, port=port, run=run)


def _run_of(state: dict[str, Any]) -> tuple[str, str] | None:
    experiment_id, run_id = state.get("experiment_id"), state.get("run_id")
    return (str(experiment_id), str(run_id)) if experiment_id and run_id else None
