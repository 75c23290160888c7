"""What the Keras ``fit`` engine adds to the contract of engines."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.tasks.losses import JoinedLoss
from automl.training.engine import Candidate, Epoch, Split, StopReason, TrainingOptions
from automl.training.memory import release, settled
from automl.training.scoring import Collected
from automl.training.streaming import FitEngine

RMSE = Objective(name="rmse", direction="minimize")
X = np.random.default_rng(0).normal(size=(700, 6)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


def go_on(epoch: Epoch) -> StopReason:
    return ""


def split(held: int = 100) -> Split:
    return Split(
        train={"numeric": X[:-held]},
        train_targets={"target": Y[:-held]},
        validation={"numeric": X[-held:]},
        scorer=lambda: Collected(held, rmse),
    )


def rmse(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {"rmse": float(np.sqrt(((outputs["target"] - Y[-len(outputs["target"]) :]) ** 2).mean()))}


def mlp(width: int = 16, **options: object) -> Candidate:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,), name="numeric")
    hidden = keras.layers.Dense(width, activation="relu")(inputs)
    return Candidate(
        model=keras.Model({"numeric": inputs}, {"target": keras.layers.Dense(1)(hidden)}),
        loss=JoinedLoss({"target": keras.losses.MeanSquaredError()}),
        options=TrainingOptions(**options),  # type: ignore[arg-type]
        epochs=2,
        seed=0,
    )


def train(candidate: Candidate, part: Split) -> list[float]:
    (outcome,) = FitEngine().train([candidate], part, objective=RMSE, observers=[go_on])
    return [epoch.metrics["val_rmse"] for epoch in outcome.epochs]


def test_scores_are_those_of_the_models_own_predict() -> None:
    candidate, part = mlp(), split()

    scores = train(candidate, part)

    outputs = candidate.model.predict(part.validation, verbose=0)
    assert rmse(outputs)["rmse"] == pytest.approx(min(scores), rel=1e-6)


def test_validation_in_overlapping_batches_covers_every_row_once() -> None:
    wide = np.random.default_rng(1).normal(size=(70, 2**17)).astype(np.float32)
    inputs = keras.Input((2**17,), name="wide")
    model = keras.Model({"wide": inputs}, {"target": keras.ops.mean(inputs, axis=1, keepdims=True)})

    portions = list(FitEngine()._predict(model, {"wide": wide}))

    assert np.concatenate([positions for positions, _ in portions]).tolist() == list(range(70))
    outputs = np.concatenate([outputs["target"] for _, outputs in portions])
    np.testing.assert_allclose(outputs[:, 0], wide.mean(axis=1), atol=1e-5)


def test_the_plateau_schedule_halves_the_rate_of_what_stands_still() -> None:
    candidate = mlp(schedule="plateau", learning_rate=0.1)
    part = split()
    still = Split(
        train=part.train,
        train_targets=part.train_targets,
        validation=part.validation,
        scorer=lambda: Collected(100, lambda outputs: {"rmse": 1.0, "log_loss": 1.0}),
    )
    long = Candidate(
        model=candidate.model, loss=candidate.loss, options=candidate.options, epochs=6, seed=0
    )

    FitEngine().train([long], still, objective=RMSE, observers=[go_on])

    assert float(np.array(candidate.model.optimizer.learning_rate)) == pytest.approx(0.05)


def test_a_metric_that_the_task_does_not_measure_is_refused() -> None:
    objective = Objective(name="accuracy", direction="maximize")

    with pytest.raises(ConfigError, match="does not measure 'accuracy', only: rmse"):
        FitEngine().train([mlp()], split(), objective=objective, observers=[go_on])


@dataclass(frozen=True)
class Replicas:
    """One device that would be dealt to as if it were two which cannot sum gradients."""

    name: str = "two"
    replicas: int = 1
    grain: int = 2
    accumulates: bool = False

    def scope(self) -> AbstractContextManager[None]:
        return nullcontext()

    training = scope


def test_parts_are_refused_where_gradients_cannot_be_summed() -> None:
    engine = FitEngine(Replicas())

    with pytest.raises(ConfigError, match=r"'two' cannot train a batch in 2 parts\. Set accumulation to 1"):
        engine.train([mlp(accumulation=2)], split(), objective=RMSE, observers=[go_on])


@pytest.mark.skipif(sys.platform != "linux", reason="resident size is read from /proc")
def test_a_row_of_trials_does_not_grow() -> None:
    sizes = []
    with settled():
        for _ in range(12):
            train(mlp(), split())
            release()
            sizes.append(_resident())

    assert sizes[11] <= 1.02 * sizes[4]


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
