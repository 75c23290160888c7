"""What a user is told of the data: rows, columns and what they were taken for, target, split, goal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.modalities.tabular import TABULAR
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.splits import make_folds
from automl.jobs.intake.story import WIDTH, story_of
from automl.tasks.objectives import default_objective

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


def told(
    target: str, folds: int | None = None, *, own: bool = False, total: int | None = None
) -> dict[str, str]:
    source = open_source(FRAME.drop(columns={"label", "price"} - {target}))
    dataset = TABULAR.read(source, ReadOptions(target=(target,)))
    split = () if own else make_folds(dataset, folds=folds, seed=0)
    validation = dataset.examples.take(np.arange(30)) if own else None
    goal = [default_objective(dataset.task)]
    story = story_of(source, dataset, split, validation, goal, total=total)
    head, *lines = story.splitlines()
    return {"head": head, **{line[2:14].strip(): line[14:].strip() for line in lines}}


def test_columns_are_named_by_what_they_were_taken_for():
    story = told("label")

    assert story["head"] == "Read frame: 100 rows, binary classification"
    assert story["numbers"] == "10: n0, n1, n2, n3, n4, n5, n6, n7 and 2 more"
    assert story["categories"] == "1: colour"
    assert story["dates"] == "1: day"
    assert story["target"] == "label, 2 classes: no (75%), yes (25%)"
    assert story["goal"] == "val_accuracy (higher is better)"


def test_a_sample_is_told_with_the_rows_that_it_was_drawn_from():
    head = told("label", total=20_000)["head"]

    assert head == "Read frame: 100 rows of 20,000, drawn at random, binary classification"


def test_a_number_is_told_with_its_range():
    assert told("price")["target"] == "price, from 1 to 9"


@pytest.mark.parametrize(
    ("options", "split"),
    [
        ({}, "80 for training, 20 for validation"),
        ({"folds": 5}, "5 folds of 20, each trial's score is out of fold"),
        ({"own": True}, "100 for training, 30 of your own for validation"),
    ],
)
def test_the_split_is_told_with_its_sizes(options, split):
    assert told("label", **options)["split"] == split


def test_long_lines_go_on_below_their_own_beginning():
    frame = FRAME.rename(columns={f"n{number}": f"measurement-{number}" for number in range(10)})
    dataset = TABULAR.read(open_source(frame), ReadOptions(target=("label",)))
    story = story_of(open_source(frame), dataset, make_folds(dataset, folds=None, seed=0), None, [])

    lines = story.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines[1].startswith("  numbers     11: measurement-0, measurement-1,")
    assert lines[2].startswith(" " * 14 + "measurement-")
