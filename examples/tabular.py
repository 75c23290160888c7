"""A table: search, print the leaderboard, predict.

python examples/tabular.py --trials 5
"""

from __future__ import annotations

import argparse

import automl


def main() -> None:
    """Search on scikit-learn's breast cancer data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    result = automl.search(
        "sklearn:breast_cancer", metric="roc_auc", trials=options.trials, epochs=options.epochs
    )

    print(result.leaderboard[["trial", "name", "val_roc_auc", "seconds"]])
    print(result.predict("sklearn:breast_cancer").head())


if __name__ == "__main__":
    main()
