"""Made-up ratings: users and items of two tastes, in the forms that people have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def ratings(users: int = 30, items: int = 20, share: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """Ratings of 1 to 5 by user, item, rating and time; who shares a taste rates alike."""
    random = np.random.default_rng(seed)
    pairs = [(user, item) for user in range(users) for item in range(items) if random.random() < share]
    random.shuffle(pairs)
    tastes = [4.2 if user % 2 == item % 2 else 1.8 for user, item in pairs]
    values = np.clip(np.round(np.array(tastes) + random.normal(0, 0.4, len(pairs))), 1, 5).astype(int)
    return pd.DataFrame(
        {
            "userId": [100 + user for user, _ in pairs],
            "movieId": [1000 + item for _, item in pairs],
            "rating": values,
            "timestamp": 880_000_000 + random.integers(0, 10**6, len(pairs)),
        }
    )


def as_edition(frame: pd.DataFrame, folder: Path, edition: str) -> Path:
    """Write ratings as MovieLens' editions are: ``u.data``, ``ratings.dat`` or ``ratings.csv``."""
    path = folder / edition
    if edition == "ratings.dat":
        lines = ["::".join(map(str, row)) for row in frame.itertuples(index=False)]
        path.write_text("\n".join(lines) + "\n")
    else:
        named = edition.endswith(".csv")
        frame.to_csv(path, index=False, header=named, sep="," if named else "\t")
    return path
