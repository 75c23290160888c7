"""Text in memory: classify sentences by mood.

python examples/text.py --trials 3
"""

from __future__ import annotations

import argparse
import random

import pandas as pd

import automl

GOOD = ("lovely", "bright", "warm", "delicious", "friendly", "clever")
BAD = ("dull", "cold", "rude", "broken", "bland", "noisy")
THINGS = ("room", "soup", "play", "host", "garden", "song", "street", "book")


def sentences(count: int) -> pd.DataFrame:
    """Return made-up sentences with their mood."""
    rng = random.Random(0)
    rows = []
    for _ in range(count):
        mood = rng.choice(("good", "bad"))
        words = rng.sample(GOOD if mood == "good" else BAD, 2)
        rows.append((f"the {rng.choice(THINGS)} was {words[0]} and rather {words[1]}", mood))
    return pd.DataFrame(rows, columns=["sentence", "mood"])


def main() -> None:
    """Search on made-up sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    result = automl.search(
        sentences(400), target="mood", modality="text", trials=options.trials, epochs=options.epochs
    )

    print(result.predict(pd.DataFrame({"sentence": ["a warm and friendly host", "a noisy street"]})))


if __name__ == "__main__":
    main()
