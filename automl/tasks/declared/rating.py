"""Declaration of rating: what a user thinks of an item, as a number."""

from __future__ import annotations

from automl.metrics.metric import MAE, PEARSON, R2, RMSE, SPEARMAN
from automl.tasks.declaration import AMOUNT, TaskDeclaration

RATING = TaskDeclaration(
    name="rating",
    words="rating prediction",
    module="automl.tasks.kinds.rating",
    metrics=(RMSE, MAE, R2, PEARSON, SPEARMAN),
    targets=AMOUNT,
    needs=("score",),
    plots=("automl.tasks.plots:predictions_against_truth",),
    evidence="automl.tasks.evidence.regression:evidence",
    heads=("standardised",),
    coverage="automl.tasks.conformal.amounts:OF_AMOUNTS",
    recommends=True,
    made_for="automl recommend {folder} --user ID",
)
