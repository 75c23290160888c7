"""Numbers are classes or amounts by one rule, whatever the examples are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data.class_or_amount import are_amounts
from automl.data.modality import ReadOptions
from automl.data.source import open_source


@pytest.mark.parametrize(
    ("numbers", "amounts"),
    [
        ([], False),
        ([0, 1], False),
        ([-1, 1, 1, -1], False),
        ([0.5, 1.5], True),
        ([1.0, np.inf], True),
        ([1, 2, 3] * 5, False),
        ([1, 2, 3] * 4 + [1, 2], True),  # fewer than five of each
        (list(range(10)) * 5, False),
        (list(range(11)) * 5, True),
        ([7.0, 9.0, 12.0] * 5, False),
    ],
)
def test_few_whole_numbers_that_repeat_are_classes(numbers: list[float], amounts: bool) -> None:
    assert are_amounts(np.array(numbers, np.float64)) == amounts


@pytest.mark.parametrize(
    ("different", "each", "amounts"),
    [
        (range(100), 5, False),
        (range(1, 61), 6, False),
        (range(100), 4, True),
        (range(2, 40), 9, True),
        ([*range(20), 25], 9, True),
    ],
)
def test_numbers_of_classes_may_be_many_where_they_leave_no_gap(
    different: range, each: int, amounts: bool
) -> None:
    numbers = np.array([*different] * each, np.float64)

    assert are_amounts(numbers, numbered=True) == amounts
    assert are_amounts(numbers)


def tables(numbers: np.ndarray, folder: Path) -> str:
    from automl.data.modalities.tabular import TABULAR

    frame = pd.DataFrame({"x": np.arange(len(numbers)) / 7, "y": numbers})
    return TABULAR.read(open_source(frame), ReadOptions(target=("y",))).task


def pictures(numbers: np.ndarray, folder: Path) -> str:
    from automl.data.modalities.image import IMAGE

    pixels = np.random.default_rng(0).integers(0, 255, (len(numbers), 4, 4, 1), dtype=np.uint8)
    return IMAGE.read(open_source((pixels, numbers)), ReadOptions()).task


def series(numbers: np.ndarray, folder: Path) -> str:
    from automl.data.modalities.series import SERIES

    values = np.random.default_rng(0).normal(size=(len(numbers), 6, 1))
    return SERIES.read(open_source((values, numbers)), ReadOptions()).task


@pytest.mark.parametrize("read", [tables, pictures, series])
@pytest.mark.parametrize(
    ("numbers", "task"),
    [
        (np.arange(60) % 2, "binary"),
        (np.arange(60) % 6, "multiclass"),
        (np.arange(60) % 6 / 2, "regression"),
        (np.arange(60) * 3, "regression"),
        (np.arange(60) % 20 * 2, "regression"),
        (np.arange(60) % 6 + 1.0, "multiclass"),
    ],
)
def test_all_readers_keep_the_rule(read, numbers: np.ndarray, task: str, tmp_path: Path) -> None:
    assert read(numbers, tmp_path) == task


@pytest.mark.parametrize(
    ("read", "task"), [(tables, "regression"), (pictures, "multiclass"), (series, "multiclass")]
)
def test_data_sets_of_whole_examples_number_many_classes(read, task: str, tmp_path: Path) -> None:
    assert read(np.arange(200) % 40, tmp_path) == task
