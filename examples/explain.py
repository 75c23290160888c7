"""What a model relies on, and what its answer for one row rests on.

python examples/explain.py --trials 3
"""

from __future__ import annotations

import argparse

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import automl


def main() -> None:
    """Search on one part of scikit-learn's breast cancer data, explain on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    train, test = train_test_split(load_breast_cancer(as_frame=True).frame, random_state=0)
    result = automl.search(
        train,
        target="target",
        family="mlp",
        folds=1,
        metric="log_loss",
        trials=options.trials,
        epochs=options.epochs,
    )
    found = result.explain(test, method=("importance", "gradients"), rows=1, seconds=5)

    for group in found.values["importance"]["groups"][:5]:
        print(f"{group['worse']:+.3f} log loss without {', '.join(group['columns'])}")
    (row,) = found.values["gradients"]["rows"]
    print(f"{row['explained']} is {row['score']:.3f}, for a mean row {row['start']:.3f}")
    print(found.write("explanation"))


if __name__ == "__main__":
    main()
