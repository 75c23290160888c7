"""What every engine promises of groups of candidates of one structure, for the one who writes an engine.

class TestMine(GroupContract):
    @pytest.fixture
    def engine(self):
        return MyEngine()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from automl.tasks.losses import JoinedLoss
from automl.testing.bags import state_of, toy_bag, toy_parts
from automl.testing.engines import ACCURACY, go_on, toy_candidate, toy_split
from automl.training.engine import Candidate, Engine, Epoch, Observer, Outcome, StopReason, TrainingState

EPOCHS = 3

MEMBERS: tuple[Mapping[str, Any], ...] = (
    {"learning_rate": 0.05, "schedule": "cosine", "weight_decay": 0.01},
    {"learning_rate": 0.01, "schedule": "plateau", "weight_decay": 0.1, "dropout": 0.4, "smoothing": 0.2},
    {"learning_rate": 0.1, "schedule": "onecycle", "weight_decay": 0.02, "dropout": 0.2, "warmup": 0.5},
)
"""What candidates of one structure differ in, beside their seeds."""


class GroupContract:
    """Subclass it and give the fixture ``engine``."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        raise NotImplementedError("give the fixture `engine`")

    @pytest.mark.parametrize("options", [{}, {"accumulation": 4}, {"optimizer": "muon"}])
    def test_each_member_is_trained_as_if_alone(self, engine: Engine, options: dict[str, Any]) -> None:
        together = train(engine, members(**options))

        for subject, outcome in zip(members(**options), together, strict=True):
            (alone,) = train(engine, [subject])
            assert_same(outcome, alone)

    def test_each_model_ends_with_the_weights_of_its_best_epoch(self, engine: Engine) -> None:
        group = members()

        for subject, outcome in zip(group, train(engine, group), strict=True):
            for variable, value in zip(subject.model.variables, outcome.variables, strict=True):
                np.testing.assert_array_equal(np.array(variable), value)

    def test_members_with_parts_are_trained_as_if_alone(self, engine: Engine) -> None:
        together = train(engine, bags())

        for subject, outcome in zip(bags(), together, strict=True):
            (alone,) = train(engine, [subject])
            assert_same(outcome, alone)

    def test_masks_differ_between_members(self, engine: Engine) -> None:
        # weights and batches are the same, and so is all but the masks
        def apart(dropout: float) -> float:
            group = [toy_candidate(1, dropout=dropout) for _ in range(2)]
            for variable in group[1].model.variables:
                if "seed_generator" in variable.path:
                    variable.assign(np.array(variable) + 1)
            one, other = train(engine, group)
            return float(np.abs(one.variables[0] - other.variables[0]).max())

        assert apart(0.0) < 1e-5
        assert apart(0.5) > 1e-3

    def test_a_member_that_is_ended_leaves_the_others_alone(self, engine: Engine) -> None:
        def stop_at_one(epoch: Epoch) -> StopReason:
            return "pruned"

        outcomes = train(engine, members(), [go_on, stop_at_one, go_on])

        assert [outcome.stopped for outcome in outcomes] == ["", "pruned", ""]
        assert [len(outcome.epochs) for outcome in outcomes] == [EPOCHS, 1, EPOCHS]
        for place in (0, 2):
            (alone,) = train(engine, [members()[place]])
            assert_same(outcomes[place], alone)

    def test_a_member_that_diverges_leaves_the_others_alone(self, engine: Engine) -> None:
        group = members()
        group[0] = replace(group[0], options=replace(group[0].options, learning_rate=1e30))

        outcomes = train(engine, group)

        assert [outcome.stopped for outcome in outcomes] == ["diverged", "", ""]
        (alone,) = train(engine, [members()[2]])
        assert_same(outcomes[2], alone)

    def test_a_member_that_is_paused_goes_on_alone(self, engine: Engine) -> None:
        states: list[TrainingState] = []

        def pause_at_two(epoch: Epoch) -> StopReason:
            if epoch.number == 2:
                states.append(state_of(epoch))
            return "paused" if epoch.number == 2 else ""

        train(engine, members(), [go_on, pause_at_two, go_on])

        subject = members()[1]
        (resumed,) = train(engine, [subject], states=states)
        (alone,) = train(engine, [members()[1]])
        assert_same(resumed, alone)


def members(**options: Any) -> list[Candidate]:
    """Candidates of one structure with other seeds, dials and schedules."""
    return [member(seed, **{**own, **options}) for seed, own in enumerate(MEMBERS)]


def member(seed: int, *, smoothing: float = 0.1, dropout: float = 0.1, **options: Any) -> Candidate:
    """One of the toy's structure."""
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    subject = toy_candidate(EPOCHS, seed, dropout=dropout, **options)
    return replace(subject, loss=JoinedLoss({"target": loss}))


def bags() -> list[Candidate]:
    """Two candidates of one structure with two parts each."""
    rates = enumerate((0.05, 0.02))
    return [replace(toy_bag(toy_parts(2), learning_rate=rate), seed=seed) for seed, rate in rates]


def train(
    engine: Engine,
    group: Sequence[Candidate],
    observers: Sequence[Observer] = (),
    states: Sequence[TrainingState] = (),
) -> Sequence[Outcome]:
    """Train on the toy."""
    told: Sequence[Callable[[Epoch], StopReason]] = observers or [go_on] * len(group)
    return engine.train(group, toy_split(), objective=ACCURACY, observers=told, states=states)


def assert_same(one: Outcome, other: Outcome) -> None:
    """Two outcomes are the same within what floats allow."""
    assert (one.stopped, len(one.epochs)) == (other.stopped, len(other.epochs))
    for mine, theirs in zip(one.epochs, other.epochs, strict=True):
        assert dict(mine.metrics) == pytest.approx(dict(theirs.metrics), rel=1e-4, abs=1e-4)
    for value, expected in zip(one.variables, other.variables, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(one.outputs["target"], other.outputs["target"], rtol=1e-3, atol=1e-4)
