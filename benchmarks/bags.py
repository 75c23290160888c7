"""What several sets of weights cost beside one: `python -m benchmarks.bags [--rounds N]`.

A perceptron is trained alone, as a bag of 5 folds and as a bag of 8 seeds, in turns in one process, with
everything compiled before. Prints medians of wall and processor seconds and their ratios to one training
as a Markdown table. The backend is that of ``KERAS_BACKEND``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from benchmarks.training.rows import ROWS

EPOCHS = 20


@dataclass(frozen=True, kw_only=True)
class Case:
    """A network and its data.

    Attributes:
        rows: examples.
        inputs: numbers of an example.
        width: units of each of two layers.
        batch: examples per step.
    """

    rows: int
    inputs: int
    width: int
    batch: int


CASES: Mapping[str, Case] = {
    "digits": Case(rows=1437, inputs=64, width=64, batch=ROWS["digits"].batch),
    "small table": Case(rows=1000, inputs=20, width=64, batch=32),
    "table": Case(rows=10_000, inputs=40, width=128, batch=256),
}

SIDES = ("one", "5 folds", "8 seeds")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bags", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--cases", default=",".join(CASES), help="which, separated by commas")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of every training")
    options = parser.parse_args(arguments)
    print("| case | side | wall s | ratio | CPU s | ratio |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for name in options.cases.split(","):
        for line in table(name, measure(CASES[name], options.rounds, options.epochs)):
            print(line, flush=True)
    return 0


def table(name: str, measured: Mapping[str, Sequence[tuple[float, float]]]) -> list[str]:
    """Lines of medians, each side beside that of one training."""
    wall, cpu = ({side: median(item[at] for item in measured[side]) for side in SIDES} for at in (0, 1))
    return [
        f"| {name} | {side} | {wall[side]:.3f} | {wall[side] / wall['one']:.2f} "
        f"| {cpu[side]:.3f} | {cpu[side] / cpu['one']:.2f} |"
        for side in SIDES
    ]


def measure(case: Case, rounds: int, epochs: int) -> dict[str, list[tuple[float, float]]]:
    """Wall and processor seconds of each side in each round."""
    from automl.training.compiled import CompiledEngine
    from automl.training.devices import configure

    configure()
    engine, split = CompiledEngine(), _split(case)
    found: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    for number in range(rounds + 1):
        for side in SIDES if number % 2 else reversed(SIDES):
            candidate = _candidate(case, side, epochs)
            wall, cpu = time.perf_counter(), time.process_time()
            _train(engine, candidate, split)
            if number:  # the first round compiles
                found[side].append((time.perf_counter() - wall, time.process_time() - cpu))
    return found


def _train(engine: Any, candidate: Any, split: Any) -> None:
    from automl.core.specs import Objective

    objective = Objective(name="rmse", direction="minimize")
    engine.train([candidate], split, objective=objective, observers=[lambda epoch: ""])


def _candidate(case: Case, side: str, epochs: int) -> Any:
    import keras

    from automl.tasks.losses import JoinedLoss
    from automl.training.engine import Candidate, TrainingOptions
    from automl.training.seeding import seed_models

    seed_models(0)
    inputs = values = keras.Input((case.inputs,), name="x")
    for _ in range(2):
        values = keras.layers.Dropout(0.1)(keras.layers.Dense(case.width, activation="relu")(values))
    candidate = Candidate(
        model=keras.Model({"x": inputs}, {"target": keras.layers.Dense(1)(values)}),
        loss=JoinedLoss({"target": keras.losses.MeanSquaredError()}),
        options=TrainingOptions(batch_size=case.batch, schedule="constant"),
        epochs=epochs,
        seed=0,
    )
    return replace(candidate, parts=_parts(case, side))


def _parts(case: Case, side: str) -> tuple[Any, ...]:
    import numpy as np

    from automl.training.engine import Part

    rows = np.arange(case.rows, dtype=np.int32)
    if side == "5 folds":
        folds = [rows % 5 == fold for fold in range(5)]
        return tuple(Part(train=rows[~fold], validation=rows[fold]) for fold in folds)
    one = Part(train=rows[rows % 5 != 0], validation=rows)
    return (one,) * (8 if side == "8 seeds" else 1)


def _split(case: Case) -> Any:
    import numpy as np

    from automl.training.engine import Split
    from automl.training.scoring import Collected

    x = np.random.default_rng(0).normal(size=(case.rows, case.inputs)).astype(np.float32)
    y = np.tanh(x[:, :1] - x[:, 1:2]) + x[:, 2:3]

    def score(outputs: Mapping[str, Any]) -> dict[str, float]:
        return {"rmse": float(np.sqrt(((outputs["target"] - y) ** 2).mean()))}

    return Split(
        train={"x": x},
        train_targets={"target": y},
        validation={"x": x},
        scorer=lambda: Collected(case.rows, score),
    )


if __name__ == "__main__":
    sys.exit(main())
