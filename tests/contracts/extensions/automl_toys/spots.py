"""A task with ragged targets: where the spots of a glyph are, as ``[[0.5, 0.25], ...]`` in its cell."""

from __future__ import annotations

import json

import numpy as np

from automl.data.target_kinds.label import Label
from automl.metrics.metric import Metric
from automl.tasks.declaration import TargetFacts, TaskDeclaration

COUNT_ERROR = Metric(name="count_error", direction="minimize", unit="spots")
PLACE_ERROR = Metric(name="place_error", direction="minimize", unit="sides of the glyph")


class Spots(Label):
    """Lists of points; an object array of arrays ``(spots, 2)``."""

    def recognises(self, frame, where, *, numbered):
        """Take one column of lists."""
        return frame.shape[1] == 1 and frame.iloc[:, 0].astype(str).str.startswith("[").all()

    def facts(self, frame):
        """Tell the kind."""
        return TargetFacts(kind=SPOTS.targets)

    def flags(self, frame):
        """Nothing is yes or no."""
        return

    def read(self, frame, where, flags):
        """Read one array of points per row."""
        values = np.empty(len(frame), object)
        for row, cell in enumerate(frame.iloc[:, 0]):
            values[row] = np.array(json.loads(str(cell)), np.float32).reshape(-1, 2)
        return values, np.ones(len(frame), bool)

    def notes(self, frame):
        """Nothing is odd."""
        return ()

    def check(self, targets, task, names, where):
        """Take whatever there is."""

    def label_type(self, frame, *, typed):
        """Points are predicted as text."""
        return "str"

    def in_own_type(self, decoded, kind, *, spelled=False):
        """They are text already."""
        return dict(decoded)

    def words(self, targets):
        """Tell how many there are at most."""
        return f", up to {max(map(len, targets))} spots"


KIND = Spots()

SPOTS = TaskDeclaration(
    name="spots",
    words="finding spots",
    module="automl_toys.spots_task",
    metrics=(COUNT_ERROR, PLACE_ERROR),
    targets="automl_toys.spots:KIND",
    parameters="place_weight: {type: float, low: 0.1, high: 10.0, log: true, default: 1.0}",
)
