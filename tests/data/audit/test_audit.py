"""Planted faults are found, and clean tables raise no alarm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.data.audit.audit import MOST_ROWS, audit
from automl.data.audit.codes import CODES, MISSING, coded_column
from automl.data.audit.leaks import leaks
from automl.data.modality import Dataset, Examples
from automl.data.splits import make_folds

ROWS = 2000


def table(rows: int = ROWS, seed: int = 0) -> dict[str, np.ndarray]:
    """Numbers and words of which ``a`` goes with the target, which half of the time is another one."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, rows))
    words = random.choice(["red", "green", "blue"], rows).astype(object)
    noisy = a + random.normal(size=rows) > 0
    return {"a": a, "b": b, "word": words, "y": np.where(noisy, "yes", "no").astype(object)}


def of(columns: dict[str, np.ndarray], task: str = "binary", **facts: Any) -> Dataset:
    inputs = {name: values for name, values in columns.items() if name != "y"}
    target = columns["y"] if task == "binary" else columns["y"].astype(float)[:, None]
    examples = Examples(inputs=inputs, targets={"target": target}, rows=np.arange(len(target)), **facts)
    return Dataset(examples=examples, schema={}, task=task, target_names=("y",))


def kinds(dataset: Dataset, **more: Any) -> dict[str, Any]:
    folds = more.pop("folds", None) or make_folds(dataset, folds=None, seed=0)
    return {item.kind: item for item in audit(dataset, folds, **more)}


@pytest.mark.parametrize("seed", range(5))
def test_a_clean_table_raises_no_alarm(seed):
    assert kinds(of(table(seed=seed))) == {}


def test_a_copy_of_the_target_with_noise_is_a_leak():
    columns = table()
    codes = (columns["y"] == "yes") * 1.0
    wrong = np.random.default_rng(1).random(ROWS) < 0.02
    columns["copy"] = np.where(wrong, 1 - codes, codes) + np.random.default_rng(2).normal(0, 0.01, ROWS)

    found = kinds(of(columns))["leak"]

    assert (found.where, found.mood) == ("copy", "bad")
    assert "--drop 'copy'" in found.advice


@pytest.mark.parametrize(
    "shape", [lambda y: y**3, lambda y: -np.exp(y), lambda y: y + 0.02 * np.sin(50 * y)]
)
def test_a_function_of_an_amount_is_a_leak(shape):
    columns = table()
    amounts = np.random.default_rng(3).normal(size=ROWS)
    columns |= {"y": amounts, "later": shape(amounts)}

    assert kinds(of(columns, "regression"))["leak"].where == "later"


def test_words_that_name_the_class_are_a_leak():
    columns = table()
    columns["verdict"] = np.where(columns["y"] == "yes", "granted", "denied").astype(object)

    assert kinds(of(columns))["leak"].where == "verdict"


def test_data_that_is_merely_easy_is_no_leak():
    random = np.random.default_rng(0)
    codes = random.integers(0, 2, ROWS)
    columns = [
        coded_column(name, codes + random.normal(0, 0.28, ROWS)) for name in ("petal length", "petal width")
    ]

    assert leaks(columns, codes, amounts=False) == []


def test_duplicates_over_the_split_are_found():
    columns = {name: np.concatenate([values, values[:400]]) for name, values in table().items()}

    found = kinds(of(columns))["duplicates"]

    assert found.where == "split"
    assert 0.1 < found.size < 0.5


def test_with_folds_duplicates_are_told_of_all_rows():
    columns = {name: np.concatenate([values, values[:400]]) for name, values in table().items()}
    dataset = of(columns)

    found = kinds(dataset, folds=make_folds(dataset, folds=3, seed=0))["duplicates"]

    assert (found.where, found.size) == ("rows", pytest.approx(400 / 2400))


def test_equal_inputs_with_other_classes_are_found():
    columns = {name: np.concatenate([values, values[:400]]) for name, values in table().items()}
    flipped = np.where(columns["y"][-100:] == "yes", "no", "yes")
    columns["y"] = np.concatenate([columns["y"][:-100], flipped]).astype(object)

    found = kinds(of(columns))["labels"]

    assert found.size == pytest.approx(100 / 2400)
    assert "exceed an accuracy of 95.8%" in found.advice


def test_gaps_that_go_with_the_target_are_found_and_others_are_not():
    columns, random = table(), np.random.default_rng(4)
    columns["b"] = np.where((columns["y"] == "yes") & (random.random(ROWS) < 0.4), np.nan, columns["b"])
    columns["a"] = np.where(random.random(ROWS) < 0.2, np.nan, columns["a"])

    found = [item for item in audit(of(columns)) if item.kind == "missing"]

    assert [item.where for item in found] == ["b"]


def test_a_column_with_one_value_and_a_rare_class_are_found():
    columns = table()
    columns["still"] = np.ones(ROWS)
    columns["y"] = columns["y"].copy()
    columns["y"][:3] = "maybe"
    dataset = of(columns)

    found = {item.kind: item for item in audit(dataset)}

    assert found["constant"].where == "still"
    assert "'maybe' (3)" in found["rare"].told


def test_validation_data_of_another_time_is_told():
    early, late = table(), table(1000, seed=9)
    late["b"] = late["b"] + 1.5

    found = kinds(of(early), validation=of(late).examples)["drift"]

    assert "'b'" in found.told
    assert kinds(of(early), validation=of(table(1000, seed=9)).examples) == {}


def test_a_split_by_time_with_drift_is_told():
    columns = table()
    columns["price"] = np.arange(ROWS) / ROWS * 4 + np.random.default_rng(5).normal(size=ROWS)

    assert "'price'" in kinds(of(columns, times=np.arange(ROWS)))["drift"].told


def test_what_is_no_table_has_no_findings():
    labels = np.array(["a", "b"] * 10)
    picture = Examples(inputs={"image": np.zeros((20, 4, 4, 1))}, targets={"target": labels})

    assert audit(Dataset(examples=picture, schema={}, task="binary", target_names=("y",))) == ()


def test_of_many_rows_a_part_is_looked_at():
    columns = table(3 * MOST_ROWS)
    columns["copy"] = (columns["y"] == "yes") * 1.0

    assert kinds(of(columns))["leak"].where == "copy"


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nan, np.inf, -2.0]),
        np.array([True, False, True, False]),
        np.array(["a", "", "b", "a"], object),
        pd.to_datetime(["2026-01-01", None, "2026-03-01", "2026-01-01"]).to_numpy(),
        np.full(4, np.nan),
        np.array(["x"] * 4, object),
    ],
)
def test_columns_of_every_kind_have_codes(values):
    column = coded_column("c", values)

    assert column.codes.min() >= MISSING
    assert column.codes.max() < CODES
    assert len(column.codes) == 4


def test_empty_cells_are_missing():
    assert coded_column("c", np.array(["a", "", "b"], object)).missing.tolist() == [False, True, False]
    assert coded_column("c", np.array([1.0, np.nan])).missing.tolist() == [False, True]
