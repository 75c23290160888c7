"""Settings of MLflow's client while a search runs: quiet, and quick to give up."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping

from automl.core.databases import CONNECT_SECONDS

CLIENT_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    # of PostgreSQL, which may accept a connection and never speak
    "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS),
    # a line for each run that ends would stand among the results on stdout
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def quiet() -> None:
    """MLflow tells of each step in which it creates a data base."""
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)


def configure() -> dict[str, str | None]:
    """Make MLflow's client quiet and quick to give up, where the user chose nothing; returns what was."""
    before = {name: os.environ.get(name) for name in CLIENT_SETTINGS}
    for name, value in CLIENT_SETTINGS.items():
        os.environ.setdefault(name, value)
    return before


def restore(environment: Mapping[str, str | None]) -> None:
    """Set the variables back to what they were."""
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
