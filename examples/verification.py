"""Which individual is it: vectors for what was never trained on, a gallery, and names.

python examples/verification.py --trials 3
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_digits

import automl


def main() -> None:
    """Search on eight of ten digits; then name the other two by a few examples of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    digits = load_digits()
    pictures, names = digits.images[..., None] * 15, digits.target
    known = np.isin(names, range(8))
    result = automl.search(
        (pictures[known], names[known]),
        task="verification",
        family="cnn",
        settings=["blocks=2", "mirror_images=false", "flip=none"],
        trials=options.trials,
        epochs=options.epochs,
    )

    others, others_names = pictures[~known], names[~known]
    result.recogniser.enroll((others[:20], others_names[:20]), far=0.1)
    named = result.recogniser.name(others[20:])
    print(result.best_score, result.evaluate((others, others_names))["metrics"])
    print("right:", (named["nearest"].astype(int) == others_names[20:]).mean())
    print(result.recogniser.verify(others[:1], others[1:2]))


if __name__ == "__main__":
    main()
