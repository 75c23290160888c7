"""What a user is told of the data: rows, columns and what they were taken for, target, split, goal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.metrics import default_objective
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.splits import make_folds
from automl.jobs.story import story_of

RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        **{f"n{number}": RANDOM.normal(size=100) for number in range(10)},
        "colour": RANDOM.choice(["red", "blue"], 100),
        "day": pd.date_range("2026-01-01", periods=100).strftime("%Y-%m-%d"),
        "label": ["yes"] * 25 + ["no"] * 75,
        "price": np.linspace(1, 9, 100),
    }
)


def told(target: str, folds: int | None = None, *, own: bool = False) -> dict[str, str]:
    source = open_source(FRAME.drop(columns={"label", "price"} - {target}))
    dataset = TABULAR.read(source, ReadOptions(target=(target,)))
    split = () if own else make_folds(dataset, folds=folds, seed=0)
    validation = dataset.examples.take(np.arange(30)) if own else None
    story = story_of(source, dataset, split, validation, [default_objective(dataset.task)])
    head, *lines = story.splitlines()
    return {"head": head, **{line[2:14].strip(): line[14:].strip() for line in lines}}


def test_columns_are_named_by_what_they_were_taken_for():
    story = told("label")

    assert story["head"] == "Read frame: 100 rows, task binary"
    assert story["numbers"] == "10: n0, n1, n2, n3, n4, n5, n6, n7 and 2 more"
    assert story["categories"] == "1: colour"
    assert story["dates"] == "1: day"
    assert story["target"] == "label: two classes: no 75 %, yes 25 %"
    assert story["goal"] == "val_accuracy (higher is better)"


def test_a_number_is_told_with_its_range():
    assert told("price")["target"] == "price: a number (regression) from 1 to 9"


@pytest.mark.parametrize(
    ("options", "split"),
    [
        ({}, "80 to train on, 20 to score"),
        ({"folds": 5}, "5 folds, each of which is scored on 20"),
        ({"own": True}, "100 to train on, 30 of the validation data to score"),
    ],
)
def test_the_split_is_told_with_its_sizes(options, split):
    assert told("label", **options)["split"] == split
