"""Declaration of forecasting: the next steps of one or many series."""

from __future__ import annotations

from automl.metrics.metric import MAE, MAE_SCALED, MASE, MSE, MSE_SCALED, RMSE, SMAPE
from automl.tasks.declaration import BY_TIME, STEPS, TaskDeclaration

FORECASTING = TaskDeclaration(
    name="forecasting",
    words="forecasting",
    module="automl.tasks.kinds.forecasting",
    metrics=(MSE_SCALED, MAE_SCALED, MSE, MAE, RMSE, SMAPE, MASE),
    targets=STEPS,
    needs=("channels", "vector"),
    split=BY_TIME,
    plots=("automl.tasks.plots:predictions_against_truth",),
    evidence="automl.tasks.evidence.forecasting:evidence",
    coverage="automl.tasks.conformal.forecasts:OF_FORECASTS",
)
