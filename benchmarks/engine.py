"""What an epoch costs: our engine against plain ``Model.fit`` with validation data, in one run.

    python -m benchmarks.engine [--rounds N]

Both train the same model on the same arrays with the same batches and score the validation part after
every epoch. Rounds alternate; the table shows medians and their ratio (below 1: we are quicker).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

EPOCHS = 4
Data = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model on made-up data of a real set's size."""

    name: str
    rows: int
    inputs: tuple[int, ...]
    batch: int
    build: Callable[[], Any]


def rows() -> tuple[Row, ...]:
    """Return the models that are timed."""
    return (
        Row(name="digits MLP 2x64", rows=1437, inputs=(64,), batch=32, build=lambda: mlp(64, (64, 64))),
        Row(
            name="adult-size MLP 2x128",
            rows=26000,
            inputs=(64,),
            batch=256,
            build=lambda: mlp(64, (128, 128)),
        ),
        Row(name="CNN 28x28", rows=2048, inputs=(28, 28, 1), batch=64, build=cnn),
    )


def mlp(inputs: int, widths: tuple[int, ...]) -> Any:
    """Return a dense classifier of ten classes, logits out."""
    import keras

    tensor = first = keras.Input((inputs,), name="x")
    for width in widths:
        tensor = keras.layers.Dense(width, activation="relu")(tensor)
    return keras.Model({"x": first}, keras.layers.Dense(10)(tensor))


def cnn() -> Any:
    """Return a convolutional classifier of ten classes, logits out."""
    import keras

    tensor = first = keras.Input((28, 28, 1), name="x")
    for filters in (32, 64):
        tensor = keras.layers.Conv2D(filters, 3, activation="relu")(tensor)
        tensor = keras.layers.MaxPooling2D()(tensor)
    return keras.Model({"x": first}, keras.layers.Dense(10)(keras.layers.Flatten()(tensor)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("| row | ours, s/epoch | Model.fit, s/epoch | ratio | ours, first | Model.fit, first | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows():
        print(table_row(row, rounds), flush=True)


def table_row(row: Row, rounds: int) -> str:
    """Time both sides alternately and return a row of the table."""
    data = _data(row)
    ours, plain = [], []
    for _ in range(rounds):
        ours.append(time_ours(row, data))
        plain.append(time_fit(row, data))
    steady = [statistics.median(times[1] for times in side) for side in (ours, plain)]
    first = [statistics.median(times[0] for times in side) for side in (ours, plain)]
    return (
        f"| {row.name} | {steady[0]:.3f} | {steady[1]:.3f} | {steady[0] / steady[1]:.2f} | "
        f"{first[0]:.2f} | {first[1]:.2f} | {first[0] / first[1]:.2f} |"
    )


def time_ours(row: Row, data: Data) -> tuple[float, float]:
    """Return seconds of the first epoch and the median of the later ones, by our engine."""
    import keras

    from automl.core.metrics import classification_scores, parse_objective
    from automl.training.engine import Candidate, Split, TrainingOptions
    from automl.training.streaming import FitEngine

    x, y, held, truth = data

    def score(outputs: np.ndarray) -> dict[str, float]:
        exponents = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return classification_scores(truth, exponents / exponents.sum(axis=1, keepdims=True))

    candidate = Candidate(
        model=row.build(),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        options=TrainingOptions(optimizer="adam", schedule="constant", batch_size=row.batch),
        epochs=EPOCHS,
        seed=0,
    )
    ends = [time.perf_counter()]

    def observe(epoch: Any) -> Any:
        ends.append(time.perf_counter())
        return ""

    FitEngine().train(
        [candidate],
        Split(train={"x": x}, train_targets=y, validation={"x": held}, score=score),
        objective=parse_objective("accuracy"),
        observers=[observe],
    )
    return _first_and_steady(ends)


def time_fit(row: Row, data: Data) -> tuple[float, float]:
    """The same by ``Model.fit`` as most people write it."""
    import keras

    x, y, held, truth = data
    model = row.build()
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    ends = [time.perf_counter()]
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    model.fit(
        x,
        y,
        batch_size=row.batch,
        epochs=EPOCHS,
        validation_data=(held, truth),
        callbacks=[clock],
        verbose=0,
    )
    return _first_and_steady(ends)


def _data(row: Row) -> Data:
    rng = np.random.default_rng(0)
    held = row.rows // 5
    x = rng.normal(size=(row.rows + held, *row.inputs)).astype("float32")
    y = np.eye(10, dtype="float32")[rng.integers(10, size=row.rows + held)]
    return x[held:], y[held:], x[:held], y[:held]


def _first_and_steady(ends: list[float]) -> tuple[float, float]:
    spans = np.diff(ends)
    return float(spans[0]), float(np.median(spans[1:]))


if __name__ == "__main__":
    main()
