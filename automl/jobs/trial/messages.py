"""What the runner of a trial says to the coordinator, as plain JSON.

    {"event": "epoch", "number": 3, "metrics": {"loss": 0.4, "val_accuracy": 0.9}, "seconds": 1.2}
    {"event": "failed"}                  a training ended with an error
    {"event": "note", "text": "..."}     something the user should know
    {"event": "retry", "reason": "..."}  the executor's own: the trial goes to another worker

The answer to an epoch or a failure is a reason to stop, or empty.
"""

from __future__ import annotations

from typing import Any

from automl.execution.executor import Message
from automl.training.engine import Epoch

FAILED: Message = {"event": "failed"}


def epoch_message(epoch: Epoch) -> dict[str, Any]:
    """Return what is said of an epoch."""
    metrics = {name: float(value) for name, value in epoch.metrics.items()}
    return {"event": "epoch", "number": epoch.number, "metrics": metrics, "seconds": epoch.seconds}


def note_message(text: str) -> dict[str, Any]:
    """Return what is said to the user."""
    return {"event": "note", "text": text}
