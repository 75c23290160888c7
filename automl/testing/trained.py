"""Small trainings of a family's network, with random data of two classes.

Run as a program it trains samples for an epoch, pauses, and writes their states into a folder:
``python -m automl.testing.trained FOLDER < SAMPLES``, which are JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from automl.core.specs import Objective, Scalar
from automl.core.targets import TARGET
from automl.models.catalog import FAMILIES
from automl.models.ends import encode
from automl.tasks.losses import JoinedLoss
from automl.testing.networks import entry, used
from automl.testing.samples import FamilySample, family_sample
from automl.testing.tensors import sample_of
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

ROWS, HELD, EPOCHS = 40, 12, 3
LOSS = Objective(name="log_loss", direction="minimize")


def split_of(sample: FamilySample) -> Split:
    """Random inputs of two classes."""
    random = np.random.default_rng(0)
    data = {spec.name: sample_of(spec, ROWS + HELD, random) for spec in sample.tensors}
    targets = np.eye(2, dtype=np.float32)[random.integers(0, 2, ROWS + HELD)]

    def score(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
        logits = outputs[TARGET]
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        right = (raised * targets[ROWS:]).sum(axis=1) / raised.sum(axis=1)
        return {"log_loss": float(-np.log(right).mean())}

    return Split(
        train={name: array[:ROWS] for name, array in data.items()},
        train_targets={TARGET: targets[:ROWS]},
        validation={name: array[ROWS:] for name, array in data.items()},
        scorer=lambda: Collected(HELD, score),
    )


def candidate_of(
    sample: FamilySample, seed: int = 1, settings: Mapping[str, Scalar] | None = None, **training: Any
) -> Candidate:
    """A family's network by itself with a head for two classes, its weights drawn from the seed."""
    family = FAMILIES[sample.name]
    seed_models(seed)
    options = {**sample.small, **(sample.one if settings is None else settings)}
    inputs = entry(used(family, sample.tensors, options))
    feature = encode(family, inputs, options, sample.needs)
    chosen = {"batch_size": 16, "learning_rate": 3e-3, "weight_decay": 0.01, **training}
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05)
    logits = keras.layers.Dense(2, name="logits")(as_vector(feature))
    return Candidate(
        model=keras.Model(inputs.by_name(), {TARGET: logits}),
        loss=JoinedLoss({TARGET: loss}),
        options=TrainingOptions(**chosen),
        epochs=EPOCHS,
        seed=seed,
    )


def as_vector(feature: Any) -> Any:
    """Average a feature of any form over all but examples and channels; maps of a pyramid side by side."""
    if isinstance(feature, tuple):
        return keras.layers.Concatenate()([as_vector(item) for item in feature])
    if len(feature.shape) == 4:
        return keras.layers.GlobalAveragePooling2D()(feature)
    return keras.layers.GlobalAveragePooling1D()(feature) if len(feature.shape) == 3 else feature


def train(
    engine: Engine,
    subject: Candidate,
    split: Split,
    state: TrainingState | None = None,
    last: int = EPOCHS,
) -> Outcome:
    """Train a candidate, from a state if there is one, and pause it after epoch ``last``.

    Returns:
        the outcome; the state of a pause is among its facts.
    """
    taken: list[TrainingState] = []

    def watch(epoch: Epoch) -> StopReason:
        if epoch.number < last or last == EPOCHS:
            return ""
        assert epoch.state is not None
        taken.append(epoch.state())
        return "paused"

    (outcome,) = engine.train([subject], split, objective=LOSS, observers=[watch], states=[state])
    return replace(outcome, facts={**outcome.facts, "state": taken[0]}) if taken else outcome


def curve(outcome: Outcome) -> list[float]:
    """Every number of every epoch."""
    return [value for epoch in outcome.epochs for value in epoch.metrics.values()]


def paused(engine: Engine, sample: FamilySample) -> TrainingState:
    """Return the state of a sample's training after its first epoch."""
    state = train(engine, candidate_of(sample), split_of(sample), last=1).facts["state"]
    assert isinstance(state, TrainingState)
    return state


def state_file(folder: Path, sample: FamilySample) -> Path:
    """Where the state of a sample is."""
    return folder / f"{sample.name.replace('/', '-')}.npz"


def main(folder: Path, samples: list[FamilySample]) -> None:
    """Pause each sample after its first epoch and write the states."""
    configure(deterministic=True)
    engine = CompiledEngine()
    for sample in samples:
        save_state(paused(engine, sample), state_file(folder, sample))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [family_sample(plain) for plain in json.load(sys.stdin)])
