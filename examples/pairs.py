"""Pairs of texts: do two sentences say the same?

python examples/pairs.py --trials 2
"""

from __future__ import annotations

import argparse
import random

import pandas as pd

import automl

WHO = ("a man", "a woman", "the dog", "two children", "an old cat", "the nurse")
DOES = ("runs", "sleeps", "eats", "plays", "waits", "sings")
WHERE = ("in the garden", "on the beach", "at home", "near a lake")


def pairs(count: int) -> pd.DataFrame:
    """Return made-up pairs: both tell of one scene, or one denies it or tells of another."""
    rng = random.Random(0)
    rows = []
    for _ in range(count):
        who, does, where = rng.choice(WHO), rng.choice(DOES), rng.choice(WHERE)
        first, same = f"{who} {does} {where}", f"{where} {who} {does}"
        denied = f"{who} never {does} {where}"
        other = f"{rng.choice(WHO)} {rng.choice(DOES)} {where}"
        second = rng.choice((same, same, denied, other))
        rows.append((first, second, "same" if second in (same, first) else "different"))
    return pd.DataFrame(rows, columns=["sentence1", "sentence2", "meaning"])


def main() -> None:
    """Search on made-up pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    result = automl.search(pairs(200), target="meaning", trials=options.trials, epochs=options.epochs)

    new = {"sentence1": ["a man runs at home"], "sentence2": ["at home a man runs"]}
    print(result.predict(pd.DataFrame(new)))


if __name__ == "__main__":
    main()
