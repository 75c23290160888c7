"""A language model of made-up weather reports: search, write, and find the report that is unusual.

python examples/language_model.py --trials 2
"""

from __future__ import annotations

import argparse
import random

import numpy as np

import automl

SKY = ("clear", "cloudy", "grey", "hazy")
WIND = ("north", "east", "south", "west")
HOURS = ("morning", "afternoon", "evening")


def reports(count: int) -> np.ndarray:
    """Return made-up reports, one text each."""
    rng = random.Random(0)
    return np.array(
        [
            f"The {rng.choice(HOURS)} is {rng.choice(SKY)}, with wind from the {rng.choice(WIND)}"
            f" at {rng.randint(1, 9)} knots.\n"
            for _ in range(count)
        ]
    )


def main() -> None:
    """Search for a language model of characters; ``--tokenizer bpe`` is one of parts of words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--tokenizer", default="character")
    options = parser.parse_args()

    result = automl.search(
        reports(400),
        task="language_model",
        family="rnn",
        tokenizer=options.tokenizer,
        lookback=64,
        trials=options.trials,
        epochs=options.epochs,
    )

    print(result.generate("The evening is", tokens=120, temperature=0.5))
    usual = "The evening is hazy, with wind from the east at 4 knots."
    for text in (usual, "The wind is an evening, four from haze."):
        bits = result.evaluate(np.array([text]))["metrics"]["bits_per_character"]
        print(f"{bits:.2f} bits per character: {text}")


if __name__ == "__main__":
    main()
