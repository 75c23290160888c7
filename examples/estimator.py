"""A scikit-learn estimator, cross-validated like any other.

python examples/estimator.py --trials 2
"""

from __future__ import annotations

import argparse

from sklearn.datasets import load_diabetes
from sklearn.model_selection import cross_val_score

import automl


def main() -> None:
    """Cross-validate a regressor on the diabetes data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    estimator = automl.AutoRegressor(family="mlp", trials=options.trials, epochs=options.epochs)
    scores = cross_val_score(estimator, *load_diabetes(return_X_y=True), cv=2)

    print(f"R2: {scores.mean():.3f}")


if __name__ == "__main__":
    main()
