"""Declarations of classification: one class of two, and of several."""

from __future__ import annotations

from automl.metrics.metric import ACCURACY, BALANCED_ACCURACY, F1_MACRO, LOG_LOSS, PR_AUC, ROC_AUC
from automl.tasks.declaration import BY_CLASS, LABEL, TaskDeclaration

_MODULE = "automl.tasks.kinds.classification"
_METRICS = (ACCURACY, BALANCED_ACCURACY, F1_MACRO, ROC_AUC, PR_AUC, LOG_LOSS)
_CONFUSION = ("automl.tasks.plots:confusion_matrix",)
_EVIDENCE = "automl.tasks.evidence.classification:evidence"
_HEADS = ("logits",)
_CALIBRATION = "automl.tasks.calibration:OF_CLASSES"

BINARY = TaskDeclaration(
    name="binary",
    words="binary classification",
    module=_MODULE,
    metrics=_METRICS,
    targets=LABEL,
    classes=2,
    split=BY_CLASS,
    probabilities=True,
    plots=_CONFUSION,
    evidence=_EVIDENCE,
    heads=_HEADS,
    usual="automl.tasks.imbalance:usual_metric",
    calibration=_CALIBRATION,
)

MULTICLASS = TaskDeclaration(
    name="multiclass",
    words="multiclass classification",
    module=_MODULE,
    metrics=_METRICS,
    targets=LABEL,
    split=BY_CLASS,
    probabilities=True,
    plots=_CONFUSION,
    evidence=_EVIDENCE,
    heads=_HEADS,
    calibration=_CALIBRATION,
)
