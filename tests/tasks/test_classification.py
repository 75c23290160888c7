"""Classification: labels to one-hot and back, and the options of its loss."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.targets import named
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from automl.tasks.kinds.classification import ClassificationOptions
from automl.tasks.task import Task


def labels(*names: str) -> dict[str, np.ndarray]:
    return named(np.array(names, dtype=object))


def multiclass(*names: str) -> Task:
    return fit_task("multiclass", labels(*names), names=("kind",), facts={})


@pytest.mark.parametrize(
    ("seen", "order"),
    [
        (("b", "a", "c"), ["a", "b", "c"]),
        (("10", "9", "-1"), ["-1", "9", "10"]),
        (("1.5", "1.25", "2"), ["1.25", "1.5", "2"]),
        (("10", "9", "x"), ["10", "9", "x"]),
        (("10", "9", "nan"), ["10", "9", "nan"]),
    ],
)
def test_classes_stand_in_order_of_value_or_alphabet(seen: tuple[str, ...], order: list[str]) -> None:
    assert multiclass(*seen).describe()["classes"] == order


def test_labels_become_one_hot() -> None:
    encoded = multiclass("a", "b", "c").encode(labels("c", "a"))["target"]

    np.testing.assert_array_equal(encoded, [[0, 0, 1], [1, 0, 0]])
    assert encoded.dtype == np.float32


def test_an_unseen_label_is_named_and_counted() -> None:
    with pytest.raises(DataError, match=r"target 'kind'.*'z' \(2 rows\).*Expected one of: a, b"):
        multiclass("a", "b").encode(labels("a", "z", "z"))


def test_predictions_become_labels_and_probabilities() -> None:
    columns = multiclass("no", "yes").decode(named(np.array([[0.9, 0.1], [0.2, 0.8]])))

    assert list(columns) == ["prediction", "probability_no", "probability_yes"]
    assert list(columns["prediction"]) == ["no", "yes"]
    np.testing.assert_allclose(columns["probability_yes"], [0.1, 0.8])


def test_the_majority_is_the_baseline() -> None:
    task = multiclass("a", "a", "a", "b")
    train, validation = task.encode(labels("a", "a", "a", "b")), task.encode(labels("b", "a"))

    guess = task.baselines(train, validation, {})["majority"]

    np.testing.assert_allclose(guess["target"], [[0.75, 0.25]] * 2)
    assert score_at_once(task.scorer(), validation, guess)["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("kind", "names", "said"),
    [("multiclass", ("a", "a"), "only one class"), ("binary", ("a", "b", "c"), "Use task 'multiclass'")],
)
def test_too_few_or_too_many_classes_are_refused(kind: str, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        fit_task(kind, labels(*names), names=("kind",), facts={})  # type: ignore[arg-type]


def test_balanced_weights_make_every_class_count_alike() -> None:
    task = multiclass("a", "a", "a", "b")
    loss = task.loss(ClassificationOptions(class_weight="balanced"))
    truth = task.encode(labels("a", "b"))

    outputs = named(np.zeros((1, 2), np.float32))
    each = [float(loss(named(truth["target"][row : row + 1]), outputs)) for row in (0, 1)]

    np.testing.assert_allclose(each, [np.log(2) * 4 / 6, np.log(2) * 2], rtol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_weights_of_one_leave_the_plain_loss(smoothing: float) -> None:
    random = np.random.default_rng(0)
    logits = named(random.normal(size=(6, 2)).astype(np.float32))
    mixed = named(random.random((6, 2)).astype(np.float32))
    task = fit_task("multilabel", named(np.eye(2)), names=("p", "q"), facts={})

    weighted = task.loss(ClassificationOptions(class_weight="balanced", label_smoothing=smoothing))
    plain = task.loss(ClassificationOptions(label_smoothing=smoothing))

    assert float(weighted(mixed, logits)) == pytest.approx(float(plain(mixed, logits)), rel=1e-5)


def test_the_weighted_loss_comes_back_from_its_description() -> None:
    loss = multiclass("a", "b", "b").loss(ClassificationOptions(class_weight="balanced"))

    again = keras.losses.deserialize(keras.losses.serialize(loss))

    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize(("weight", "chance"), [("none", 0.75), ("balanced", 0.5)])
def test_a_head_may_begin_at_the_shares_of_the_classes(weight: str, chance: float) -> None:
    task, features = multiclass("a", "a", "a", "b"), np.ones((1, 3), "float32")
    options = ClassificationOptions(head_start="prior", class_weight=weight)

    logits = task.head(keras.ops.convert_to_tensor(features), None, options)

    chances = task.finish({"target": keras.ops.convert_to_numpy(logits["target"])})["target"]
    np.testing.assert_allclose(chances, [[chance, 1 - chance]], rtol=1e-5)


def test_an_unknown_start_of_a_head_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Unknown head_start 'priors'\. Did you mean 'prior'"):
        ClassificationOptions(head_start="priors")


def test_an_unknown_class_weight_is_refused() -> None:
    with pytest.raises(ConfigError, match="balanced"):
        ClassificationOptions(class_weight="balance")
