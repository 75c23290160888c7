"""Declaration of detection: what is in a picture, and where."""

from __future__ import annotations

from automl.metrics.metric import AR100, MAP, MAP50, MAP75
from automl.tasks.declaration import BOXES, TaskDeclaration

DETECTION = TaskDeclaration(
    name="detection",
    words="object detection",
    module="automl.tasks.kinds.detection",
    metrics=(MAP, MAP50, MAP75, AR100),
    targets=BOXES,
    needs=("grid",),
    # boxes of several networks have no mean: which of them are the same thing is not known
    blend="",
    evidence="automl.tasks.evidence.detection:evidence",
    heads=("heat", "sides"),
    fine=True,
    lists=("label", "score", "x1", "y1", "x2", "y2"),
)
