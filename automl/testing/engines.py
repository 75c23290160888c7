"""What every engine promises, for the one who writes an engine.

class TestMine(EngineContract):
@pytest.fixture
def engine(self):
return MyEngine()
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.specs import Objective
from automl.metrics.classification import ClassScorer
from automl.metrics.scorer import score_at_once
from automl.tasks.losses import JoinedLoss
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.transform import BatchTransform
from automl.training.engine import Candidate, Engine, Epoch, Split, StopReason, TrainingOptions
from automl.training.scoring import Collected
from automl.training.state import load_state, save_state

ACCURACY = Objective(name="accuracy", direction="maximize")


class EngineContract:
    """Subclass it and give the fixture ``engine``."""

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        raise NotImplementedError("give the fixture `engine`")

    def test_learns_a_separable_problem(self, engine: Engine) -> None:
        (outcome,) = engine.train([toy_candidate()], toy_split(), objective=ACCURACY, observers=[go_on])

        assert [epoch.number for epoch in outcome.epochs] == [1, 2, 3, 4, 5]
        assert outcome.stopped == ""
        assert outcome.epochs[outcome.best].metrics["val_accuracy"] > 0.95
        assert {"loss", "val_log_loss", "val_roc_auc"} <= set(outcome.epochs[0].metrics)

    def test_the_model_ends_with_the_weights_of_the_best_epoch(self, engine: Engine) -> None:
        seen: list[np.ndarray] = []
        subject = toy_candidate()

        def remember(epoch: Epoch) -> StopReason:
            assert epoch.state is not None
            seen.append(epoch.state().variables[0])
            return ""

        (outcome,) = engine.train(
            [subject], scripted([0.5, 0.9, 0.7, 0.6, 0.8]), objective=ACCURACY, observers=[remember]
        )

        assert outcome.best == 1
        np.testing.assert_array_equal(subject.model.get_weights()[0], seen[1])

    def test_the_outcome_holds_weights_and_outputs_of_the_best_epoch(self, engine: Engine) -> None:
        subject, split = toy_candidate(), toy_split()

        (outcome,) = engine.train(
            [subject], scripted([0.5, 0.9, 0.7, 0.6, 0.8]), objective=ACCURACY, observers=[go_on]
        )

        for variable, value in zip(subject.model.variables, outcome.variables, strict=True):
            np.testing.assert_array_equal(np.array(variable), value)
        predicted = subject.model.predict({"numeric": split.validation["numeric"]}, verbose=0)
        np.testing.assert_allclose(outcome.outputs["target"], predicted["target"], rtol=1e-4, atol=1e-5)

    def test_of_equal_scores_the_lower_loss_wins(self, engine: Engine) -> None:
        (outcome,) = engine.train(
            [toy_candidate(4)], scripted([0.9] * 4), objective=ACCURACY, observers=[go_on]
        )

        losses = [epoch.metrics["val_log_loss"] for epoch in outcome.epochs]
        assert outcome.best == int(np.argmin(losses))

    def test_a_cost_counts_as_the_first_metric(self, engine: Engine) -> None:
        objective = Objective(name="parameters", direction="minimize")

        (outcome,) = engine.train(
            [toy_candidate(3)], scripted([0.5, 0.9, 0.7]), objective=objective, observers=[go_on]
        )

        assert outcome.best == 1

    @pytest.mark.parametrize("reason", ["pruned", "interrupted"])
    def test_an_observer_ends_the_training(self, engine: Engine, reason: StopReason) -> None:
        def stop_at_two(epoch: Epoch) -> StopReason:
            return reason if epoch.number == 2 else ""

        (outcome,) = engine.train(
            [toy_candidate()], toy_split(), objective=ACCURACY, observers=[stop_at_two]
        )

        assert len(outcome.epochs) == 2
        assert outcome.stopped == reason

    @pytest.mark.parametrize(("patience", "per_pass"), [(2, 1), (1, 2)])
    def test_patience_ends_what_no_longer_improves(
        self, engine: Engine, patience: int, per_pass: int
    ) -> None:
        subject = toy_candidate(9, per_pass=per_pass, patience=patience)

        (outcome,) = engine.train(
            [subject], scripted([0.5, 0.9, 0.8, 0.7]), objective=ACCURACY, observers=[go_on]
        )

        assert outcome.stopped == "patience"
        assert (len(outcome.epochs), outcome.best) == (4, 1)

    def test_the_deadline_ends_training_in_time_and_the_validation_part_is_scored(
        self, engine: Engine
    ) -> None:
        subject, split = toy_candidate(100_000), toy_split()
        engine.train([toy_candidate(1)], split, objective=ACCURACY, observers=[go_on])
        deadline = time.monotonic() + 4

        (outcome,) = engine.train(
            [subject], split, objective=ACCURACY, observers=[go_on], deadline=deadline
        )

        assert time.monotonic() - deadline < 4
        assert outcome.stopped == "deadline"
        assert outcome.best >= 0

    def test_a_deadline_that_has_passed_still_gives_one_score(self, engine: Engine) -> None:
        (outcome,) = engine.train(
            [toy_candidate()], toy_split(), objective=ACCURACY, observers=[go_on], deadline=time.monotonic()
        )

        assert (len(outcome.epochs), outcome.best, outcome.stopped) == (1, 0, "deadline")

    def test_a_loss_that_is_no_number_ends_without_a_best(self, engine: Engine) -> None:
        split = toy_split()
        split.train["numeric"][5] = np.nan

        (outcome,) = engine.train([toy_candidate()], split, objective=ACCURACY, observers=[go_on])

        assert (outcome.epochs, outcome.best, outcome.stopped) == ((), -1, "diverged")

    def test_predictions_that_are_no_numbers_end_the_training(self, engine: Engine) -> None:
        split = toy_split()
        split.validation["numeric"][5] = np.nan

        (outcome,) = engine.train([toy_candidate()], split, objective=ACCURACY, observers=[go_on])

        assert (outcome.best, outcome.stopped) == (-1, "diverged")

    @pytest.mark.parametrize("transforms", [(), (Mixup(mixup=0.4),)])
    def test_the_same_seed_gives_the_same_curve(
        self, engine: Engine, transforms: tuple[BatchTransform, ...]
    ) -> None:
        def curve(seed: int) -> list[float]:
            (outcome,) = engine.train(
                [replace(toy_candidate(2, seed), transforms=transforms)],
                toy_split(),
                objective=ACCURACY,
                observers=[go_on],
            )
            return [value for epoch in outcome.epochs for value in epoch.metrics.values()]

        first = curve(seed=3)

        assert curve(seed=3) == first
        assert curve(seed=4) != first

    def test_a_group_of_two_gives_two_outcomes_in_order(self, engine: Engine) -> None:
        group = [toy_candidate(2, seed=1), toy_candidate(3, seed=2)]

        outcomes = engine.train(group, toy_split(), objective=ACCURACY, observers=[go_on, go_on])

        assert [len(outcome.epochs) for outcome in outcomes] == [2, 3]

    def test_of_a_group_the_deadline_leaves_those_not_begun_untrained(self, engine: Engine) -> None:
        group = [toy_candidate(50, seed=1), toy_candidate(2, seed=2)]

        _, second = engine.train(
            group, toy_split(), objective=ACCURACY, observers=[go_on, go_on], deadline=time.monotonic()
        )

        assert (second.epochs, second.best, second.stopped) == ((), -1, "deadline")

    def test_of_a_divided_pass_an_epoch_does_its_part_of_the_steps(self, engine: Engine) -> None:
        steps: list[int] = []

        def count(epoch: Epoch) -> StopReason:
            assert epoch.state is not None
            steps.append(int(epoch.state().optimizer[0]))
            return ""

        engine.train([toy_candidate(3, per_pass=2)], toy_split(), objective=ACCURACY, observers=[count])

        assert steps == [7, 14, 21]  # of 203 rows in batches of 16

    @pytest.mark.parametrize("per_pass", [1, 3])
    def test_a_paused_training_goes_on_as_if_it_had_not_stopped(
        self, engine: Engine, tmp_path: Path, per_pass: int
    ) -> None:
        def pause_at_two(epoch: Epoch) -> StopReason:
            if epoch.number == 2:
                assert epoch.state is not None
                save_state(epoch.state(), tmp_path / "state.npz")
                return "paused"
            return ""

        (whole,) = engine.train(
            [toy_candidate(4, per_pass=per_pass)], toy_split(), objective=ACCURACY, observers=[go_on]
        )
        (first,) = engine.train(
            [toy_candidate(4, per_pass=per_pass)], toy_split(), objective=ACCURACY, observers=[pause_at_two]
        )

        (resumed,) = engine.train(
            [toy_candidate(4, per_pass=per_pass)],
            toy_split(),
            objective=ACCURACY,
            observers=[go_on],
            states=[load_state(tmp_path / "state.npz")],
        )

        assert (first.stopped, len(first.epochs)) == ("paused", 2)
        assert [dict(epoch.metrics) for epoch in resumed.epochs] == [
            dict(epoch.metrics) for epoch in whole.epochs
        ]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities ``(n, k)`` of logits."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def toy_split(rows: int = 300) -> Split:
    """Two classes that a line separates; 203 rows to train, so that the last batch is a short one."""
    points = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    onehot = np.eye(2, dtype=np.float32)[(points[:, 0] + points[:, 1] > 0).astype(int)]
    return Split(
        train={"numeric": points[:203], "unused": points[:203]},
        train_targets={"target": onehot[:203]},
        validation={"numeric": points[203:], "unused": points[203:]},
        scorer=lambda: Collected(
            rows - 203,
            lambda outputs: score_at_once(ClassScorer(), onehot[203:], softmax(outputs["target"])),
        ),
    )


def toy_candidate(
    epochs: int = 5, seed: int = 0, per_pass: int = 1, dropout: float = 0.1, **options: object
) -> Candidate:
    """A small network for the toy, its weights drawn from the seed."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((3,), name="numeric")
    hidden = keras.layers.Dropout(dropout)(keras.layers.Dense(8, activation="relu")(inputs))
    settings = {"learning_rate": 0.05, "batch_size": 16, "schedule": "constant", **options}
    return Candidate(
        model=keras.Model({"numeric": inputs}, {"target": keras.layers.Dense(2)(hidden)}),
        loss=JoinedLoss({"target": keras.losses.CategoricalCrossentropy(from_logits=True)}),
        options=TrainingOptions(**settings),  # type: ignore[arg-type]
        epochs=epochs,
        seed=seed,
        epochs_per_pass=per_pass,
    )


def scripted(accuracies: Sequence[float]) -> Split:
    """A split whose scores follow a script, one per epoch; all else is that of the toy."""
    script, split = iter(accuracies), toy_split()

    def score(outputs: Mapping[str, np.ndarray]) -> dict[str, float]:
        return {"accuracy": next(script), "log_loss": float(np.abs(outputs["target"]).mean())}

    return replace(split, scorer=lambda: Collected(97, score))


def go_on(epoch: Epoch) -> StopReason:
    """Never stop."""
    return ""
