"""Models of scikit-learn by cross-validation."""

import keras_tuner
import pandas as pd
from sklearn import datasets, ensemble, linear_model, metrics, model_selection


def build_model(hp):
    model_type = hp.Choice("model_type", ["random_forest", "ridge"])
    if model_type == "random_forest":
        with hp.conditional_scope("model_type", "random_forest"):
            return ensemble.RandomForestClassifier(
                n_estimators=hp.Int("n_estimators", 2, 6, step=2), max_depth=hp.Int("max_depth", 3, 5)
            )
    with hp.conditional_scope("model_type", "ridge"):
        return linear_model.RidgeClassifier(alpha=hp.Float("alpha", 1e-3, 1, sampling="log"))


tuner = keras_tuner.tuners.SklearnTuner(
    oracle=keras_tuner.oracles.BayesianOptimizationOracle(
        objective=keras_tuner.Objective("score", "max"), max_trials=3
    ),
    hypermodel=build_model,
    scoring=metrics.make_scorer(metrics.accuracy_score),
    metrics=metrics.accuracy_score,
    cv=model_selection.StratifiedKFold(3),
    directory="results",
    project_name="sklearn",
)
X, y = datasets.load_iris(return_X_y=True)
tuner.search(pd.DataFrame(X), y)
model = tuner.get_best_models(num_models=1)[0]
trial = tuner.oracle.get_best_trials()[0]

outcome = {
    "trials": len(tuner.oracle.trials),
    "score": 0.7 < trial.score <= 1,
    "metrics": sorted(trial.metrics.metrics),
    "predicts": model.predict(pd.DataFrame(X)).shape,
}
