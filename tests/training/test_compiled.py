"""What the compiled engine adds to the contract of engines."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.core.windows import Windows
from automl.tasks.losses import JoinedLoss
from automl.training.compiled import CompiledEngine
from automl.training.engine import (
    Candidate,
    Epoch,
    Outcome,
    Split,
    StopReason,
    TrainingOptions,
    TrainingState,
)
from automl.training.memory import release, settled
from automl.training.scoring import Collected
from automl.training.seeding import seed_models

RMSE = Objective(name="rmse", direction="minimize")
X = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


def rmse(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {"rmse": float(np.sqrt(((outputs["target"] - Y[-70:]) ** 2).mean()))}


SPLIT = Split(
    train={"numeric": X[:-70]},
    train_targets={"target": Y[:-70]},
    validation={"numeric": X[-70:]},
    scorer=lambda: Collected(70, rmse),
)


def mlp(width: int = 8, **options: object) -> Candidate:
    seed_models(0)
    inputs = keras.Input((6,), name="numeric")
    hidden = keras.layers.Dense(width, activation="relu")(inputs)
    return Candidate(
        model=keras.Model({"numeric": inputs}, {"target": keras.layers.Dense(1)(hidden)}),
        loss=JoinedLoss({"target": keras.losses.MeanSquaredError()}),
        options=TrainingOptions(**{"batch_size": 32, "learning_rate": 0.01, **options}),  # type: ignore[arg-type]
        epochs=2,
        seed=0,
    )


def train(engine: CompiledEngine, candidate: Candidate, split: Split = SPLIT) -> Outcome:
    def go_on(epoch: Epoch) -> StopReason:
        return ""

    return engine.train([candidate], split, objective=RMSE, observers=[go_on])[0]


def losses(outcome: Outcome) -> list[float]:
    return [epoch.metrics["loss"] for epoch in outcome.epochs]


def test_the_second_trial_of_a_structure_does_not_compile() -> None:
    engine = CompiledEngine()

    first, second = train(engine, mlp()), train(engine, mlp(learning_rate=0.02))

    assert (first.facts["program"], second.facts["program"]) == ("miss", "hit")
    assert first.facts["compile_seconds"] > 0
    assert second.facts["compile_seconds"] == 0
    assert second.facts["step_seconds"] > 0


def test_the_model_predicts_what_the_best_epoch_scored() -> None:
    candidate = mlp()

    outcome = train(CompiledEngine(), candidate)

    outputs = candidate.model.predict(SPLIT.validation, verbose=0)
    assert rmse(outputs)["rmse"] == pytest.approx(
        outcome.epochs[outcome.best].metrics["val_rmse"], rel=1e-5
    )


@pytest.mark.parametrize(
    "optimizer", ["adam", "adamw", "nadam", "rmsprop", "sgd", "lion", "adafactor", "muon"]
)
def test_every_optimizer_learns_and_obeys_its_dials(optimizer: str) -> None:
    engine = CompiledEngine()

    one = train(engine, mlp(optimizer=optimizer, weight_decay=0.01))
    other = train(engine, mlp(optimizer=optimizer, weight_decay=0.3, momentum=0.5))

    assert other.facts["program"] == "hit"
    assert losses(one)[1] < losses(one)[0]
    assert losses(other) != losses(one)


def test_parts_of_a_batch_give_the_loss_of_the_whole() -> None:
    whole = losses(train(CompiledEngine(), mlp()))
    parted = losses(train(CompiledEngine(), mlp(accumulation=4)))

    assert parted == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "onecycle", "warmup_linear", "step", "coslog4"])
def test_schedules_share_a_program(schedule: str) -> None:
    engine = CompiledEngine()
    plateau = train(engine, mlp(schedule="plateau"))

    shaped = train(engine, mlp(schedule=schedule, warmup=0.3))

    assert shaped.facts["program"] == "hit"
    assert losses(shaped) != losses(plateau)


def test_windows_train_like_the_arrays_they_stand_for() -> None:
    series = np.random.default_rng(1).normal(size=(340, 2)).astype(np.float32)
    windows = Windows(base=series, starts=np.arange(300), length=5)

    def curve(first: object, rest: object) -> list[float]:
        seed_models(0)
        inputs = keras.Input((5, 2), name="sequence")
        outputs = keras.layers.Dense(1)(keras.layers.Flatten()(inputs))
        part = Split(
            train={"sequence": first},  # type: ignore[dict-item]
            train_targets={"target": Y[:230]},
            validation={"sequence": rest},  # type: ignore[dict-item]
            scorer=lambda: Collected(70, rmse),
        )
        model = keras.Model([inputs], {"target": outputs})
        return losses(train(CompiledEngine(), replace(mlp(), model=model), part))

    gathered = curve(windows.take(slice(230)), windows.take(slice(230, None)))

    assert gathered == curve(windows[:230], windows[230:])


def test_a_long_training_of_a_small_model_gives_the_same_losses() -> None:
    def stop_at_two(epoch: Epoch) -> StopReason:
        return "pruned" if epoch.number == 2 else ""

    short = train(CompiledEngine(), mlp(schedule="constant"))
    long = replace(mlp(schedule="constant"), epochs=10_000)

    (outcome,) = CompiledEngine().train([long], SPLIT, objective=RMSE, observers=[stop_at_two])

    assert losses(outcome) == pytest.approx(losses(short), rel=1e-4)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="TensorFlow compiles long trainings by XLA")
def test_on_jax_a_long_training_shares_the_program_of_a_short_one() -> None:
    engine = CompiledEngine()
    train(engine, mlp())

    (outcome,) = engine.train(
        [replace(mlp(), epochs=10_000)], SPLIT, objective=RMSE, observers=[lambda epoch: "pruned"]
    )

    assert outcome.facts["program"] == "hit"


def test_a_state_of_another_structure_is_refused() -> None:
    states = []

    def pause(epoch: Epoch) -> StopReason:
        assert epoch.state is not None
        states.append(epoch.state())
        return "paused"

    CompiledEngine().train([mlp()], SPLIT, objective=RMSE, observers=[pause])

    with pytest.raises(ConfigError, match="The state does not fit"):
        CompiledEngine().train([mlp(width=9)], SPLIT, objective=RMSE, observers=[pause], states=states)


def test_a_state_of_another_engine_is_refused() -> None:
    state = TrainingState(engine="streaming", variables=(), optimizer=())

    with pytest.raises(ConfigError, match="made by the engine 'streaming'"):
        CompiledEngine().train([mlp()], SPLIT, objective=RMSE, observers=[lambda epoch: ""], states=[state])


def test_a_failed_training_leaves_no_program() -> None:
    engine = CompiledEngine()

    def fail(epoch: Epoch) -> StopReason:
        raise MemoryError

    with pytest.raises(MemoryError):
        engine.train([mlp()], SPLIT, objective=RMSE, observers=[fail])

    assert train(engine, mlp()).facts["program"] == "miss"


def test_an_epoch_in_several_calls_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = losses(train(CompiledEngine(), mlp()))
    monkeypatch.setattr("automl.training.runs._CALL_SECONDS", 0.0)

    assert losses(train(CompiledEngine(), mlp())) == whole


@pytest.mark.skipif(sys.platform != "linux", reason="resident size is read from /proc")
def test_dropped_programs_give_their_memory_back() -> None:
    engine, sizes = CompiledEngine(programs=2), []
    with settled():
        for width in range(8, 24):
            train(engine, mlp(width=width))
            release()
            sizes.append(int(Path("/proc/self/statm").read_text().split()[1]))

    assert sizes[-1] <= 1.02 * sizes[10]
