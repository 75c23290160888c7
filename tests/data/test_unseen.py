"""Labels that training does not have: a few rows are left out and told, many are refused."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.modality import Dataset, Examples
from automl.data.splits import make_folds
from automl.data.unseen import Unseen, classes_of, folds_with_known_labels, with_known_labels

ROWS = 40


def examples(labels: list[str], times: list[int] | None = None) -> Examples:
    return Examples(
        inputs={"x": np.arange(float(len(labels)))},
        targets={"target": np.array(labels, dtype=object)},
        times=None if times is None else np.array(times),
    )


def dataset(made: Examples) -> Dataset:
    return Dataset(examples=made, schema={}, task="multiclass", target_names=("y",))


def test_one_odd_label_is_left_out_and_told() -> None:
    made = examples(["a", "b"] * 19 + ["c", "a"])

    kept, (note,) = with_known_labels(made, {"target": ["a", "b"]}, "new.csv")

    assert kept.inputs["x"].tolist() == [*range(38), 39]
    assert note.startswith("new.csv has labels that training does not have: 'c' (1 rows); 1 of 40 rows")
    assert note.share == pytest.approx(1 / ROWS)


def test_many_of_them_are_refused() -> None:
    with pytest.raises(DataError, match=r"'c' \(20 rows\), 50% of its rows\. Expected: a, b\."):
        with_known_labels(examples(["a", "c"] * 20), {"target": ["a", "b"]}, "new.csv")


def test_known_labels_and_amounts_pass() -> None:
    made = examples(["a", "b"] * 20)
    assert with_known_labels(made, classes_of(dataset(made)), "new.csv") == (made, ())
    assert with_known_labels(made, {}, "new.csv") == (made, ())


def test_a_class_that_comes_late_does_not_end_the_search() -> None:
    labels = ["a", "b"] * 49 + ["a", "c"]
    data = dataset(examples(labels, times=list(range(100))))
    (fold,), (note,) = folds_with_known_labels(data, make_folds(data, folds=None, seed=0))
    assert fold.validation.tolist() == list(range(80, 99))
    assert note.startswith("The validation part has labels that training does not have: 'c' (1 rows)")


def test_parts_are_judged_together() -> None:
    unseen = Unseen({"target": ["a", "b"]}, "new.csv")

    first, second = unseen.without(examples(["c", "c"])), unseen.without(examples(["a", "b"] * 19))

    assert (len(first), len(second)) == (0, 38)
    (note,) = unseen.notes()
    assert "'c' (2 rows); 2 of 40 rows" in note
