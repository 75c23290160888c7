"""Opens the tracker of MLflow, by a process of its own or by this one."""

from __future__ import annotations

from pathlib import Path

from automl.tracking.answering import check_store
from automl.tracking.delivery_process import DeliveryProcess
from automl.tracking.location import resolve
from automl.tracking.mlflow_tracker import MlflowTracker
from automl.tracking.store import Store


def open_tracker(uri: str | None, folder: Path, process: DeliveryProcess | None = None) -> MlflowTracker:
    """Open the store that runs are kept in.

    Args:
        uri: tracking URI; ``None`` for ``MLFLOW_TRACKING_URI`` or ``mlflow.db`` of the working directory.
        folder: the job folder; what cannot be sent waits there.
        process: sends; by default this process does.

    Raises:
        ConfigError: no runs can be kept there, or no server answers. A server is refused only now: one
            that goes away later stops no search.
    """
    check_store(uri)
    store = resolve(uri)
    return MlflowTracker(process or _own_delivery(store), store, folder)


def _own_delivery(store: str) -> Store:
    from automl.tracking.delivery import Delivery  # MLflow, which takes a second to load

    return Delivery(store)
