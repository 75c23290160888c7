"""Trackers: what remembers runs. MLflow reports its use over the network unless told not to."""

from __future__ import annotations

import os

# read when MLflow is first imported, so it must stand before; the user's own choice is kept
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
