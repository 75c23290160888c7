"""Declarations of classification: one class of two, and of several."""

from __future__ import annotations

from automl.metrics.metric import (
    ACCURACY,
    BALANCED_ACCURACY,
    DEMOGRAPHIC_PARITY,
    EQUALIZED_ODDS,
    EXPECTED_COST,
    F1_MACRO,
    LOG_LOSS,
    PR_AUC,
    PRECISION_AT,
    RECALL_AT,
    ROC_AUC,
)
from automl.tasks.declaration import BY_CLASS, LABEL, TaskDeclaration

_MODULE = "automl.tasks.kinds.classification"
_METRICS = (ACCURACY, BALANCED_ACCURACY, F1_MACRO, ROC_AUC, PR_AUC, LOG_LOSS)
_CONFUSION = ("automl.tasks.plots:confusion_matrix",)
_EVIDENCE = "automl.tasks.evidence.classification:evidence"
_HEADS = ("logits",)
_CALIBRATION = "automl.tasks.calibration:OF_CLASSES"
_COVERAGE = "automl.tasks.conformal.classes:OF_CLASSES"

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
    coverage=_COVERAGE,
    further=(PRECISION_AT, RECALL_AT, EXPECTED_COST, EQUALIZED_ODDS, DEMOGRAPHIC_PARITY),
    priced=True,
    compares_groups=True,
    traits="automl.tasks.imbalance:traits_of",
    # focal: gamma 2 as in Lin et al., 2017. Weights by the root of the shares lie half way between those of
    # rows and of classes (as in Mahajan et al., 2018); plain first, as the others rarely gain where
    # probabilities are what is wanted
    parameters=(
        "rare_loss: {type: choice, values: [plain, weighted, focal], default: plain, kinds: [rare_class]}\n"
        "rare_power: {type: choice, values: [0.25, 0.5, 1.0], default: 0.5, kinds: [rare_class], "
        "when: {rare_loss: weighted}}\n"
        "focal_gamma: {type: choice, values: [1.0, 2.0, 3.0], default: 2.0, kinds: [rare_class], "
        "when: {rare_loss: focal}}\n"
        "common_kept: {type: choice, values: [1.0, 0.3, 0.1], default: 1.0, kinds: [many_common]}"
    ),
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
    coverage=_COVERAGE,
)
