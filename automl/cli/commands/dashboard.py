"""``automl dashboard``: MLflow's pages on the store of a job, or Optuna's on its study."""

from __future__ import annotations

from typing import Any

import click

from automl.core.errors import ConfigError
from automl.jobs.config import config_from, read_config
from automl.jobs.folder import JobFolder, open_folder, read_json
from automl.jobs.missing import read_made


@click.command("dashboard")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--tracking-uri", metavar="URI", help="MLflow store; default: the job's, else ./mlflow.db")
@click.option(
    "--optuna", is_flag=True, help="Optuna's dashboard on the study of DIR instead of MLflow's pages"
)
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=int, default=5000, show_default=True, help="port, or the next free one")
@click.option("--open", "opens", is_flag=True, help="open the page in the browser")
def command(
    folder: str | None, tracking_uri: str | None, optuna: bool, host: str, port: int, opens: bool
) -> int:
    """Start MLflow's web interface; with DIR it opens on the report of that job.

    Without --open it prints the address.
    """
    files = None if folder is None else open_folder(folder)
    config = None if files is None else config_from(read_config(files.job), where=str(files.job))
    open_page = click.launch if opens else None
    if optuna:
        from automl.study.pages import serve_study

        if files is None or config is None:
            raise ConfigError("--optuna shows the study of one job: name its folder.")
        name = str(config.name or read_made(files.result)["name"])
        return serve_study(files.path, name, config.storage, host=host, port=port, open_page=open_page)
    from automl.tracking.dashboard import serve

    run = None if files is None else _run_of(files)
    store = tracking_uri or (None if config is None else config.tracking_uri)
    report = files.report.name if files is not None and files.report.exists() else ""
    return serve(store, host=host, port=port, run=run, report=report, open_page=open_page)


def _run_of(files: JobFolder) -> tuple[str, str] | None:
    state: dict[str, Any] = read_json(files.state) if files.state.exists() else {}
    experiment_id, run_id = state.get("experiment_id"), state.get("run_id")
    return (str(experiment_id), str(run_id)) if experiment_id and run_id else None
