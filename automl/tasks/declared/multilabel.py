"""Declaration of multi-label classification: several yes/no labels for each example."""

from __future__ import annotations

from automl.metrics.metric import ACCURACY, BALANCED_ACCURACY, F1_MACRO, LOG_LOSS, PR_AUC, ROC_AUC
from automl.tasks.declaration import FLAGS, TaskDeclaration

MULTILABEL = TaskDeclaration(
    name="multilabel",
    words="multi-label classification",
    module="automl.tasks.kinds.multilabel",
    metrics=(F1_MACRO, ACCURACY, BALANCED_ACCURACY, ROC_AUC, PR_AUC, LOG_LOSS),
    targets=FLAGS,
    probabilities=True,
    evidence="automl.tasks.evidence.multilabel:evidence",
    heads=("logits",),
    calibration="automl.tasks.calibration:OF_FLAGS",
)
