"""What remembers trials."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class TrackingOptions(OptionGroup):
    """MLflow and the storage of the study."""

    tracking: bool = option(True, "log every trial to MLflow", off="do not log to MLflow")
    tracking_uri: str | None = option(
        None,
        "MLflow store; default: MLFLOW_TRACKING_URI, otherwise ./mlflow.db",
        metavar="URI",
        path="address",
    )
    storage: str | None = option(
        None, "Optuna storage; default: a journal in the job folder", metavar="URL"
    )


class TrackingArguments(TypedDict, total=False):
    """``TrackingOptions`` as Python takes them."""

    tracking: bool
    tracking_uri: str | Path | None
    storage: str | None
