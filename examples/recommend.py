"""Learn what users think of films, and list films for them.

python examples/recommend.py --trials 4
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import automl


def ratings(users: int = 60, films: int = 40) -> pd.DataFrame:
    """Return made-up ratings of 1 to 5: users and films have two tastes."""
    random = np.random.default_rng(0)
    pairs = pd.MultiIndex.from_product([range(users), range(films)], names=["user_id", "film_id"])
    frame = pairs.to_frame(index=False).sample(frac=0.4, random_state=0)
    liked = frame["user_id"] % 2 == frame["film_id"] % 2
    noise = random.normal(0, 0.7, len(frame))
    return frame.assign(rating=np.clip(np.round(np.where(liked, 4, 2) + noise), 1, 5))


def main() -> None:
    """Search for the best model of ratings and list new films for two users."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    result = automl.search(ratings(), family="factorization", trials=options.trials, epochs=options.epochs)

    print(result.leaderboard[["trial", "name", "val_rmse"]])
    print(result.recommend([0, 1], top=3, exclude_seen=True))


if __name__ == "__main__":
    main()
