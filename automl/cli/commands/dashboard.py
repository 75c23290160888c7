"""``automl dashboard``: MLflow's pages on the store of a job."""

from __future__ import annotations

from pathlib import Path

import click

from automl.jobs.config import config_from, read_config
from automl.jobs.folder import open_folder, read_json


@click.command("dashboard")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--tracking-uri", metavar="URI", help="MLflow store; default: the job's, else ./mlflow.db")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=int, default=5000, show_default=True, help="port, or the next free one")
def command(folder: str | None, tracking_uri: str | None, host: str, port: int) -> int:
    """Serve the MLflow pages of the runs and print the address of the job in DIR."""
    run_id = None
    if folder is not None:
        files = open_folder(folder)
        config = config_from(read_config(files.job), where=str(files.job))
        state = read_json(files.state) if files.state.exists() else {}
        run_id = str(state.get("run_id") or "") or None
        tracking_uri = tracking_uri or config.tracking_uri or _store_of(files.path)
    from automl.tracking.dashboard import serve

    return serve(tracking_uri, host=host, port=port, run_id=run_id)


def _store_of(folder: Path) -> str | None:
    state = read_json(folder / "state.json") if (folder / "state.json").exists() else {}
    return str(state["tracking_uri"]) if state.get("tracking_uri") else None
