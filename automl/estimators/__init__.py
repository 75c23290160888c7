"""scikit-learn estimators over ``automl.search``, for tables, pixels, texts and series in memory."""

from automl.estimators.forecaster import AutoForecaster
from automl.estimators.supervised import AutoClassifier, AutoRegressor

__all__ = ["AutoClassifier", "AutoForecaster", "AutoRegressor"]
