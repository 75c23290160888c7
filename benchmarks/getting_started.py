"""The program that KerasTuner's guide begins with, on KerasTuner and on ``automl.kerastuner``.

    python -m benchmarks.getting_started [--trials 20] [--rounds 3] [--executions 1] [--mnist DIR]

Both sides run the same program, each in a process of its own, in turns; only the import differs. The
clock runs from the making of the tuner until the best model is loaded; before that, Keras is loaded and a
model of another shape is trained once.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import AutomlError, MissingDependencyError, SearchError

if TYPE_CHECKING:
    import numpy as np

ROOT = Path(__file__).parents[1]
SIDES = ("automl.kerastuner", "keras_tuner")
HEADER = (
    "| round | s/trial | times | CPU s/trial | times | best score |\n| --- | --- | --- | --- | --- | --- |"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.side:
            # what libraries print must not be taken for the measurement
            with contextlib.redirect_stdout(sys.stderr):
                found = measure(options.side, options)
            print(json.dumps(found))
        else:
            _compare(options)
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def measure(side: str, options: argparse.Namespace) -> dict[str, float]:
    """Run the program with one library in this process.

    Args:
        side: the library's name.
        options: of the command line.

    Returns:
        ``seconds`` and ``cpu`` of the search, seconds of wall and of processor time, and ``best``.
    """
    library: Any = import_module(side)
    data = digits() if options.mnist is None else mnist(options.mnist)
    _warm_up()
    with tempfile.TemporaryDirectory() as folder:
        begun, busy = time.perf_counter(), time.process_time()
        best = program(library, data, options, folder)
        return {
            "seconds": time.perf_counter() - begun,
            "cpu": time.process_time() - busy,
            "best": best,
        }


def program(
    keras_tuner: Any, data: tuple[np.ndarray, np.ndarray], options: argparse.Namespace, folder: str
) -> float:
    """Search at random for depth, widths, activation, dropout and learning rate; returns the best score."""
    from keras.utils import to_categorical

    x, y = data[0], to_categorical(data[1], 10)
    held = len(x) // 5
    tuner = keras_tuner.RandomSearch(
        hypermodel=build_model,
        objective="val_accuracy",
        max_trials=options.trials,
        executions_per_trial=options.executions,
        seed=options.seed,
        overwrite=True,
        directory=folder,
        project_name="helloworld",
    )
    tuner.search(x[held:], y[held:], epochs=options.epochs, validation_data=(x[:held], y[:held]), verbose=0)
    tuner.get_best_models(num_models=1)
    return float(tuner.oracle.get_best_trials()[0].score)


def build_model(hp: Any) -> Any:
    """Build dense layers over the pixels, compiled."""
    import keras
    from keras import layers

    model = keras.Sequential([layers.Flatten()])
    for place in range(hp.Int("num_layers", 1, 3)):
        units = hp.Int(f"units_{place}", min_value=32, max_value=512, step=32)
        model.add(layers.Dense(units, activation=hp.Choice("activation", ["relu", "tanh"])))
    if hp.Boolean("dropout"):
        model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(10, activation="softmax"))
    rate = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    optimizer = keras.optimizers.Adam(learning_rate=rate)
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits: images ``(1797, 8, 8, 1) float32`` and labels."""
    import numpy as np
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return (x[order] / 16).reshape(-1, 8, 8, 1).astype("float32"), labels[order]


def mnist(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of MNIST's test part ``(10000, 28, 28, 1) float32`` and labels.

    Args:
        folder: of the files that MNIST is spread as.
    """
    import numpy as np

    pixels, labels = (
        np.frombuffer(gzip.decompress((folder / f"t10k-{name}-ubyte.gz").read_bytes()), np.uint8)[head:]
        for name, head in (("images-idx3", 16), ("labels-idx1", 8))
    )
    return (pixels.reshape(-1, 28, 28, 1) / 255).astype("float32"), labels


def row(name: str, ours: dict[str, float], theirs: dict[str, float], trials: int) -> str:
    """Return a line of the table: ours / theirs."""
    cells = [name]
    for kind in ("seconds", "cpu"):
        cells.append(f"{ours[kind] / trials:.3f} / {theirs[kind] / trials:.3f}")
        cells.append(f"{theirs[kind] / ours[kind]:.2f}")
    cells.append(f"{ours['best']:.4f} / {theirs['best']:.4f}")
    return f"| {' | '.join(cells)} |"


def _compare(options: argparse.Namespace) -> None:
    if find_spec("keras_tuner") is None:
        raise MissingDependencyError(
            "keras_tuner is not installed. Install it with: pip install 'automl-keras[bench]'"
        )
    print(HEADER, flush=True)
    rounds: list[dict[str, dict[str, float]]] = []
    for number in range(options.rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        found = {side: _apart(side, number, options) for side in order}
        rounds.append(found)
        print(row(str(number + 1), *(found[side] for side in SIDES), options.trials), flush=True)
    middle = [
        {kind: statistics.median(found[side][kind] for found in rounds) for kind in rounds[0][side]}
        for side in SIDES
    ]
    print(row("median", *middle, options.trials))


def _apart(side: str, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """Run a side in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.getting_started", "--side", side, "--seed", str(seed)]
    for name in ("trials", "epochs", "executions"):
        command += [f"--{name}", str(getattr(options, name))]
    command += [] if options.mnist is None else ["--mnist", str(options.mnist)]
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SearchError(f"The side {side!r} failed:\n{done.stderr[-3000:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _warm_up() -> None:
    """Make Keras and its backend set up what they set up once, on a shape that no trial has."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)  # TensorFlow wants one in a process that was made deterministic before
    model = keras.Sequential([keras.Input((7,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    x, y = np.zeros((40, 7), "float32"), np.eye(3, dtype="float32")[np.zeros(40, int)]
    model.fit(x, y, batch_size=16, validation_data=(x, y), verbose=0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.getting_started", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--trials", type=int, default=20, help="of each side in each round: 20")
    parser.add_argument("--epochs", type=int, default=2, help="of each training: 2")
    parser.add_argument("--executions", type=int, default=1, help="trainings of each trial: 1")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs: 3")
    parser.add_argument(
        "--mnist", type=Path, metavar="DIR", help="folder with MNIST's test part, instead of digits"
    )
    parser.add_argument("--side", choices=SIDES, help="run one side in this process and print JSON")
    parser.add_argument("--seed", type=int, default=0, help="of --side")
    return parser


if __name__ == "__main__":
    sys.exit(main())
