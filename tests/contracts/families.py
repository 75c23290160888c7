"""A small candidate of every family, with data, for suites that run over all of them.

Run as a program it trains each for an epoch, pauses, and writes the states into a folder:
``python -m tests.contracts.families FOLDER``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from automl.core.specs import Objective
from automl.models.catalog import FAMILIES
from automl.tasks.losses import JoinedLoss
from automl.training.compiled import CompiledEngine
from automl.training.devices import configure
from automl.training.engine import (
    Candidate,
    Engine,
    Epoch,
    Outcome,
    Split,
    StopReason,
    TrainingOptions,
    TrainingState,
)
from automl.training.scoring import Collected
from automl.training.seeding import seed_models
from automl.training.state import save_state
from tests.models.building import backbone
from tests.tensors import codes, ids, numbers, pictures, series, smallest

ROWS, HELD, EPOCHS = 40, 12, 3
LOSS = Objective(name="log_loss", direction="minimize")
NAMES = [name for name in FAMILIES if name != "image/backbone"]
SPECS = {
    "tabular": (
        numbers("numeric", 3),
        numbers("ranks", 2),
        codes(3, 20),
    ),
    "image": (pictures(8, 8, 3),),
    "text": (
        ids("tokens", 12, 30),
        ids("ngrams", 12, 30),
        numbers("ngram_weights", 12),
    ),
    "series": (series(16, 2, masked=True),),
}
SMALL = {
    "width": 8,
    "depth": 1,
    "units": 4,
    "heads": 2,
    "head_size": 4,
    "filters": 4,
    "embedding_size": 4,
    "patch": 4,
    "blocks": 2,
    "stages": 2,
    "stem_filters": 4,
    "kernel_sizes": "3-4",
    "numeric_bins": 4,
}
ONE = {"dropout": 0.2, "noise": 0.1, "shift": 0.1, "rotation": 0.05, "zoom": 0.1, "contrast": 0.2}
OTHER = {"dropout": 0.4, "noise": 0.3, "shift": 0.2, "rotation": 0.1, "zoom": 0.3, "contrast": 0.4}
"""Two settings of what changes no shape."""


@cache
def split(shelf: str) -> Split:
    """Random inputs of two classes; the end of each text, and of each second series, is padding."""
    random = np.random.default_rng(0)
    data = {}
    for spec in SPECS[shelf]:
        if spec.dtype == "int32":
            array = random.integers(0, smallest(spec), (ROWS + HELD, *spec.shape))
        else:
            array = random.uniform(0, 1, (ROWS + HELD, *spec.shape))
        if shelf == "text":
            array[:, 8:] = 0
        if getattr(spec.facts, "masked", False):
            array[::2, 12:] = np.nan
        data[spec.name] = array.astype(spec.dtype)
    targets = np.eye(2, dtype=np.float32)[random.integers(0, 2, ROWS + HELD)]

    def score(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
        logits = outputs["target"]
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        right = (raised * targets[ROWS:]).sum(axis=1) / raised.sum(axis=1)
        return {"log_loss": float(-np.log(right).mean())}

    return Split(
        train={name: array[:ROWS] for name, array in data.items()},
        train_targets={"target": targets[:ROWS]},
        validation={name: array[ROWS:] for name, array in data.items()},
        scorer=lambda: Collected(HELD, score),
    )


def candidate(name: str, seed: int = 1, settings: dict[str, float] = ONE, **training: Any) -> Candidate:
    """A family's network by itself with a head for two classes, its weights drawn from the seed."""
    seed_models(seed)
    inputs, features = backbone(name, SPECS[name.partition("/")[0]], {**SMALL, **settings})
    options = {"batch_size": 16, "learning_rate": 3e-3, "weight_decay": 0.01, **training}
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05)
    return Candidate(
        model=keras.Model(inputs.by_name(), {"target": keras.layers.Dense(2, name="logits")(features)}),
        loss=JoinedLoss({"target": loss}),
        options=TrainingOptions(**options),
        epochs=EPOCHS,
        seed=seed,
    )


def train(
    engine: Engine, subject: Candidate, name: str, state: TrainingState | None = None, last: int = EPOCHS
) -> Outcome:
    """Train a candidate, from a state if there is one, and pause it after epoch ``last``."""

    def watch(epoch: Epoch) -> StopReason:
        nonlocal taken
        if epoch.number < last or last == EPOCHS:
            return ""
        assert epoch.state is not None
        taken = epoch.state()
        return "paused"

    taken: TrainingState | None = None
    part = split(name.partition("/")[0])
    (outcome,) = engine.train([subject], part, objective=LOSS, observers=[watch], states=[state])
    if taken is not None:
        outcome.facts["state"] = taken  # type: ignore[index]
    return outcome


def curve(outcome: Outcome) -> list[float]:
    """Every number of every epoch."""
    return [value for epoch in outcome.epochs for value in epoch.metrics.values()]


def main(arguments: Sequence[str]) -> None:
    """Pause each family after its first epoch and write the states."""
    configure(deterministic=True)
    engine = CompiledEngine()
    for name in arguments[1:] or NAMES:
        outcome = train(engine, candidate(name), name, last=1)
        save_state(outcome.facts["state"], Path(arguments[0]) / f"{name.replace('/', '-')}.npz")


if __name__ == "__main__":
    main(sys.argv[1:])
