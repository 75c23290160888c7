"""Declaration of regression: one or several numbers per example."""

from __future__ import annotations

from automl.metrics.metric import MAE, PEARSON, R2, RMSE, SPEARMAN
from automl.tasks.declaration import AMOUNT, TaskDeclaration

REGRESSION = TaskDeclaration(
    name="regression",
    words="regression",
    module="automl.tasks.kinds.regression",
    metrics=(RMSE, MAE, R2, PEARSON, SPEARMAN),
    targets=AMOUNT,
    plots=("automl.tasks.plots:predictions_against_truth",),
    evidence="automl.tasks.evidence.regression:evidence",
    heads=("standardised",),
    traits="automl.tasks.traits:of_amounts",
    coverage="automl.tasks.conformal.amounts:OF_AMOUNTS",
)
