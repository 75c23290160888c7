"""Metrics of the validation part: their own names, and those that users read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import automl
from automl.core.specs import Objective, is_label, label_of, labelled, metric_of, of_validation

SOURCES = Path(automl.__file__).parent


@pytest.mark.parametrize(
    ("name", "label"), [("accuracy", "val_accuracy"), ("parameters", "parameters"), ("seconds", "seconds")]
)
def test_a_metric_is_labelled_and_a_cost_keeps_its_name(name, label):
    assert label_of(name) == label == Objective(name=name, direction="minimize").label
    assert metric_of(label) == metric_of(name) == name
    assert labelled({name: 1.0}) == {label: 1.0}


def test_an_objective_is_kept_as_a_text():
    assert Objective(name="rmse", direction="minimize").text == "val_rmse:minimize"


def test_of_an_epoch_those_of_the_validation_part_are_taken():
    assert of_validation({"loss": 0.5, "val_loss": 0.7, "val_rmse": 2.0}) == {"loss": 0.7, "rmse": 2.0}
    assert not is_label("loss")


def test_the_label_is_made_in_one_place():
    made = re.compile(r"""["']val_["']|val_\{""")

    makers = {path.name for path in SOURCES.rglob("*.py") if made.search(path.read_text())}

    # the history of Keras' own training names any metric so, also one that is called as a cost is here
    assert makers == {"specs.py", "quick_fit.py"}
