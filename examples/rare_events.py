"""A rare class whose mistakes have costs: search, look at the threshold, predict with it.

python examples/rare_events.py --trials 5
"""

from __future__ import annotations

import argparse

from sklearn.datasets import make_classification

import automl


def main() -> None:
    """Search on made-up payments, of which 4% are fraud."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    payments, fraud = make_classification(
        2000, n_features=8, n_informative=4, weights=[0.96], flip_y=0.01, random_state=0
    )
    result = automl.search(
        (payments, fraud), cost="fn=50,fp=1", trials=options.trials, epochs=options.epochs
    )

    print(result.summary["decision"])
    print(result.predict(payments)["prediction"].value_counts())


if __name__ == "__main__":
    main()
