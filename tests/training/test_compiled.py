"""What the compiled engine adds to the contract of engines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

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


ON_JAX = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="on TensorFlow groups are trained in turn"
)


def group(
    count: int, engine: CompiledEngine, stopped: Mapping[int, int] | None = None
) -> Sequence[Outcome]:
    """Train some at once; ``stopped`` says after which epoch which of them ends."""

    def until(last: int) -> Callable[[Epoch], StopReason]:
        return lambda epoch: "pruned" if epoch.number == last else ""

    observers = [until((stopped or {}).get(place, 0)) for place in range(count)]
    candidates = [mlp(learning_rate=0.01 * (place + 1)) for place in range(count)]
    return engine.train(candidates, SPLIT, objective=RMSE, observers=observers)


@ON_JAX
def test_a_group_is_one_program_whose_time_is_shared_out() -> None:
    outcomes = group(3, CompiledEngine())

    assert [outcome.facts["program"] for outcome in outcomes] == ["miss", "hit", "hit"]
    assert len({outcome.facts["compile_seconds"] for outcome in outcomes}) == 1
    assert outcomes[0].facts["compile_seconds"] > 0


@ON_JAX
def test_those_that_go_on_move_to_a_smaller_program_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from automl.training.programs.on_jax_group import JaxGroup

    engine, original, members = CompiledEngine(), JaxGroup.train, []
    group(2, engine)
    whole = group(4, engine)

    def recorded(self: JaxGroup, *arguments: Any) -> Any:
        members.append(self.members)
        return original(self, *arguments)

    monkeypatch.setattr(JaxGroup, "train", recorded)
    outcomes = group(4, engine, stopped={0: 1, 2: 1})

    assert list(dict.fromkeys(members)) == [4, 2]
    assert [len(outcome.epochs) for outcome in outcomes] == [1, 2, 1, 2]
    for place in (1, 3):
        assert losses(outcomes[place]) == pytest.approx(losses(whole[place]), rel=1e-4)


@ON_JAX
def test_one_alone_takes_a_place_in_a_larger_program_sooner_than_to_compile() -> None:
    engine = CompiledEngine()
    expected = losses(train(CompiledEngine(), mlp()))
    group(2, engine)

    outcome = train(engine, mlp())

    assert outcome.facts["program"] == "hit"
    assert losses(outcome) == pytest.approx(expected, rel=1e-4)


@ON_JAX
def test_large_steps_are_trained_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl.training.programs.on_jax.gains_together", lambda *of: False)

    outcomes = group(2, CompiledEngine())

    assert outcomes[0].facts["compile_seconds"] > 0
    assert outcomes[1].facts["compile_seconds"] == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="resident size is read from /proc")
def test_dropped_programs_give_their_memory_back() -> None:
    engine, sizes = CompiledEngine(programs=2), []
    with settled():
        for width in range(8, 24):
            train(engine, mlp(width=width))
            release()
            sizes.append(int(Path("/proc/self/statm").read_text().split()[1]))

    assert sizes[-1] <= 1.02 * sizes[10]
