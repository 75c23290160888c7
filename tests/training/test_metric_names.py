"""Metrics that Keras numbers over the process, named by their place in the model."""

from __future__ import annotations

import keras
import pytest

from automl.core.errors import ConfigError
from automl.training.metric_names import find_metric, plain_names


def model_of(number):
    """A model whose layers and metrics bear numbers that other models have used up."""
    shared = keras.Input((2,))
    hidden = keras.layers.Dense(3, name=f"dense_{number}")(shared)
    outputs = [keras.layers.Dense(1, name=f"dense_{number + place}")(hidden) for place in (1, 2)]
    model = keras.Model(shared, outputs)
    named = [keras.metrics.AUC(name=f"auc_{number}"), keras.metrics.AUC(name=f"auc_{number + 1}")]
    model.compile("sgd", ["mse", "mse"], metrics=[named, ["mae"]])
    x = keras.ops.zeros((2, 2))
    return model, model.evaluate(x, [x[:, :1], x[:, :1]], verbose=0, return_dict=True)


@pytest.mark.parametrize("number", [3, 9])
def test_names_do_not_depend_on_what_else_the_process_made(number):
    model, scores = model_of(number)

    plain = plain_names(model, scores)

    assert set(plain.values()) == {
        "loss",
        "dense_1_loss",
        "dense_1_auc",
        "dense_1_auc_1",
        "dense_2_loss",
        "dense_2_mae",
    }
    assert plain[f"dense_{number + 1}_auc_{number + 1}"] == "dense_1_auc_1"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("auc", "auc_4"),
        ("auc_1", "auc_5"),
        ("auc_4", "auc_4"),
        ("mean_absolute_error", "mae"),
        ("acc", "accuracy"),
    ],
)
def test_a_metric_is_found_by_each_of_its_names(wanted, found):
    plain = {"auc_4": "auc", "auc_5": "auc_1", "mae": "mae", "accuracy": "accuracy"}

    assert find_metric(wanted, plain) == found


def test_an_unknown_metric_is_refused_with_those_that_are_there():
    with pytest.raises(ConfigError, match="no metric 'recall', only: auc, mae"):
        find_metric("recall", {"auc_4": "auc", "mae": "mae"})


def test_a_metric_with_a_value_per_class_is_refused_with_the_way_to_one_number():
    with pytest.raises(ConfigError, match=r"'f1_score' gives one value per class.*average='macro'"):
        find_metric("f1_score", {"loss": "loss"}, {"f1_score_7": "f1_score"})
