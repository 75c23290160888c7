"""Declaration of anomaly detection: how unusual a row is, learned without labels."""

from __future__ import annotations

from automl.metrics.metric import PR_AUC, ROC_AUC, SURPRISE
from automl.tasks.declaration import NORMALITY, TaskDeclaration

ANOMALY = TaskDeclaration(
    name="anomaly",
    words="anomaly detection",
    module="automl.tasks.kinds.anomaly",
    metrics=(PR_AUC, ROC_AUC, SURPRISE),
    targets=NORMALITY,
    needs=("surprise",),
    unlabelled=True,
    evidence="automl.tasks.evidence.anomaly:evidence",
    usual="automl.tasks.normality:usual_metric",
)
