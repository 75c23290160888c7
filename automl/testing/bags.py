"""What every engine promises of bags and of epochs counted in steps, for the one who writes an engine.

class TestMine(BagContract):
    @pytest.fixture
    def engine(self):
        return MyEngine()
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import take_rows
from automl.testing.engines import ACCURACY, go_on, toy_candidate, toy_split
from automl.training.bag import seed_of
from automl.training.engine import Candidate, Engine, Epoch, Outcome, Part, StopReason, TrainingState
from automl.training.state import load_state, save_state

ROWS, HELD, EPOCHS = 203, 97, 3

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "clip": {"gradient_clip": 0.1, "schedule": "coslog4", "weight_decay": 0.1},
    "accumulation": {"accumulation": 4},
    "muon": {"optimizer": "muon"},
}


class BagContract:
    """Subclass it and give the fixture ``engine``."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        raise NotImplementedError("give the fixture `engine`")

    @pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
    def test_each_part_is_trained_as_if_alone(self, engine: Engine, options: dict[str, Any]) -> None:
        parts = toy_parts(3)
        together = last_state(engine, toy_bag(parts, dropout=0.0, **options))

        for number, part in enumerate(parts):
            alone = replace(toy_candidate(EPOCHS, dropout=0.0, **options), seed=seed_of(0, number))
            split = toy_split()
            own = replace(
                split,
                train=take_rows(split.train, part.train),
                train_targets=take_rows(split.train_targets, part.train),
            )
            single = last_state(engine, alone, own)
            for value, expected in zip(together.variables, single.variables, strict=True):
                np.testing.assert_allclose(value[number], expected, rtol=1e-4, atol=1e-4)

    def test_random_layers_differ_between_parts(self, engine: Engine) -> None:
        # the whole part is one batch, so that seeds are felt in masks alone
        everything = np.arange(ROWS, dtype=np.int32)
        parts = tuple(replace(part, train=everything) for part in toy_parts(2))

        def apart(dropout: float) -> float:
            state = last_state(engine, toy_bag(parts, 1, dropout=dropout, batch_size=ROWS, optimizer="sgd"))
            kernel = state.variables[0]
            return float(np.abs(kernel[0] - kernel[1]).max())

        assert apart(0.0) < 1e-5
        assert apart(0.5) > 1e-3

    def test_parts_begin_with_weights_of_their_own_where_they_are_drawn(self, engine: Engine) -> None:
        seeds: list[int] = []

        def drawn(seed: int) -> list[np.ndarray]:
            seeds.append(seed)
            return [np.array(variable) for variable in toy_candidate(seed=7).model.variables]

        bag = replace(toy_bag(toy_parts(2), 1, learning_rate=1e-9), drawn=drawn)

        outcome = train(engine, bag)

        assert seeds == [seed_of(0, 1)]
        for number, seed in enumerate((0, 7)):
            first = np.array(toy_candidate(seed=seed).model.variables[0])
            np.testing.assert_allclose(outcome.variables[0][number], first, atol=1e-5)

    def test_outputs_are_those_of_the_part_that_is_scored_on_the_row(self, engine: Engine) -> None:
        parts = toy_parts(3)

        outcome = train(engine, toy_bag(parts))

        for number, part in enumerate(parts):
            np.testing.assert_allclose(
                outcome.outputs["target"][part.validation],
                predicted(outcome, number)[part.validation],
                rtol=1e-4,
                atol=1e-5,
            )

    def test_a_row_of_several_parts_gets_the_mean(self, engine: Engine) -> None:
        parts = toy_parts(2)
        shared = replace(parts[1], validation=np.arange(HELD, dtype=np.int32))

        outcome = train(engine, toy_bag((parts[0], shared)))

        expected = predicted(outcome, 1)
        twice = parts[0].validation
        expected[twice] = (expected[twice] + predicted(outcome, 0)[twice]) / 2
        np.testing.assert_allclose(outcome.outputs["target"], expected, rtol=1e-4, atol=1e-5)

    def test_all_rows_are_scored_together(self, engine: Engine) -> None:
        outcome = train(engine, toy_bag(toy_parts(3)))

        right = toy_split().scorer()
        right.update(np.arange(HELD), outcome.outputs)

        metrics = outcome.epochs[outcome.best].metrics
        assert metrics["val_log_loss"] == pytest.approx(right.result()["log_loss"], rel=1e-5)
        assert metrics["val_accuracy"] > 0.9

    @pytest.mark.parametrize("steps", [0, 10])
    def test_a_paused_bag_goes_on_as_if_it_had_not_stopped(
        self, engine: Engine, tmp_path: Path, steps: int
    ) -> None:
        def pause_at_two(epoch: Epoch) -> StopReason:
            if epoch.number == 2:
                save_state(state_of(epoch), tmp_path / "state.npz")
                return "paused"
            return ""

        bag = replace(toy_bag(toy_parts(3), 4), steps_per_epoch=steps)
        whole = train(engine, bag)
        again = replace(toy_bag(toy_parts(3), 4), steps_per_epoch=steps)
        engine.train([again], toy_split(), objective=ACCURACY, observers=[pause_at_two])

        state = load_state(tmp_path / "state.npz")
        again = replace(toy_bag(toy_parts(3), 4), steps_per_epoch=steps)
        (resumed,) = engine.train(
            [again], toy_split(), objective=ACCURACY, observers=[go_on], states=[state]
        )

        assert state.steps_per_epoch == steps
        assert [dict(epoch.metrics) for epoch in resumed.epochs] == [
            dict(epoch.metrics) for epoch in whole.epochs
        ]
        np.testing.assert_array_equal(resumed.outputs["target"], whole.outputs["target"])
        for one, other in zip(resumed.variables, whole.variables, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_a_state_of_another_number_of_parts_is_refused(self, engine: Engine) -> None:
        state = last_state(engine, toy_bag(toy_parts(2), 1))

        with pytest.raises(ConfigError, match="not one of 3 parts"):
            engine.train(
                [toy_bag(toy_parts(3))], toy_split(), objective=ACCURACY, observers=[go_on], states=[state]
            )

    def test_the_deadline_ends_a_bag_and_all_rows_are_scored(self, engine: Engine) -> None:
        (outcome,) = engine.train(
            [toy_bag(toy_parts(3), 50)],
            toy_split(),
            objective=ACCURACY,
            observers=[go_on],
            deadline=time.monotonic(),
        )

        assert (len(outcome.epochs), outcome.stopped) == (1, "deadline")
        assert outcome.outputs["target"].shape == (HELD, 2)

    def test_a_row_that_no_part_validates_is_refused(self, engine: Engine) -> None:
        parts = toy_parts(3)

        with pytest.raises(ConfigError, match="No part validates row"):
            train(engine, toy_bag(parts[:2]))

    @pytest.mark.parametrize("parted", [False, True])
    def test_an_epoch_has_the_steps_that_were_asked_for(self, engine: Engine, parted: bool) -> None:
        counts: list[Any] = []

        def count(epoch: Epoch) -> StopReason:
            counts.append(np.max(state_of(epoch).optimizer[0]))
            return ""

        subject = toy_bag(toy_parts(2) if parted else ())
        engine.train(
            [replace(subject, steps_per_epoch=20)], toy_split(), objective=ACCURACY, observers=[count]
        )

        assert counts == [20, 40, 60]

    @pytest.mark.parametrize("parted", [False, True])
    def test_epochs_become_shorter_where_a_deadline_would_cut_them(
        self, engine: Engine, parted: bool
    ) -> None:
        long = replace(
            toy_bag(toy_parts(2) if parted else (), 4), steps_per_epoch=60_000, fits_deadline=True
        )
        states: list[TrainingState] = []

        def remember(epoch: Epoch) -> StopReason:
            states.append(state_of(epoch))
            return ""

        for seconds in (1, 2, 4, 12, 36):  # compiling, or on a busy machine, the first ones end too soon
            deadline = time.monotonic() + seconds
            engine.train([long], toy_split(), objective=ACCURACY, observers=[remember], deadline=deadline)
            if states[-1].steps_per_epoch < 60_000:
                break

        assert 0 < states[-1].steps_per_epoch < 60_000


def toy_parts(count: int) -> tuple[Part, ...]:
    """Parts that train on equally many rows and divide those of the validation part among them."""
    random = np.random.default_rng(1)
    held = np.arange(HELD) % count
    return tuple(
        Part(
            train=np.sort(random.permutation(ROWS)[:170]).astype(np.int32),
            validation=np.flatnonzero(held == number).astype(np.int32),
        )
        for number in range(count)
    )


def toy_bag(
    parts: tuple[Part, ...], epochs: int = EPOCHS, *, dropout: float = 0.1, **options: Any
) -> Candidate:
    """The toy's candidate with parts."""
    return replace(toy_candidate(epochs, dropout=dropout, **options), parts=parts)


def train(engine: Engine, candidate: Candidate) -> Outcome:
    """Train on the toy to the end."""
    return engine.train([candidate], toy_split(), objective=ACCURACY, observers=[go_on])[0]


def last_state(engine: Engine, candidate: Candidate, split: Any = None) -> TrainingState:
    """The state of a training after its last epoch."""
    states: list[TrainingState] = []

    def remember(epoch: Epoch) -> StopReason:
        states.append(state_of(epoch))
        return ""

    engine.train([candidate], split or toy_split(), objective=ACCURACY, observers=[remember])
    return states[-1]


def state_of(epoch: Epoch) -> TrainingState:
    """The state that an observer is offered."""
    assert epoch.state is not None
    return epoch.state()


def predicted(outcome: Outcome, number: int) -> np.ndarray:
    """Raw outputs of the weights of a part for all rows of the validation part."""
    model = toy_candidate().model
    for variable, value in zip(model.variables, outcome.variables, strict=True):
        variable.assign(value[number])
    inputs = {"numeric": toy_split().validation["numeric"]}
    return np.array(model.predict(inputs, verbose=0)["target"])
