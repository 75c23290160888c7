"""Answers that are made beside an exported file are those of the task itself."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from automl.formats import answers
from automl.formats.answers import intervals, labels, sets
from automl.tasks.catalog import restore_task
from automl.tasks.conformal.amounts import OF_AMOUNTS
from automl.tasks.conformal.classes import OF_CLASSES
from automl.tasks.conformal.forecasts import OF_FORECASTS
from tests.tasks.conformal.cases import CLASSES, amounts, classes, forecasts

SHARES = np.array([[0.7, 0.3], [0.4, 0.6], [0.55, 0.45]], np.float32)
KNOWN = {"classes": ["no", "yes"], "positive": 1, "threshold": None}


def plain(method, kept, case):
    """The description as it is read from JSON, of classes with their labels."""
    content = {
        "labels": {"classes": list(CLASSES), "positive": 0, "threshold": None},
        "coverage": method.plain(kept, case.task, 0.9),
    }
    return json.loads(json.dumps(content))


def test_the_likeliest_class_or_one_from_a_threshold_on_is_answered():
    assert labels({"labels": KNOWN}, SHARES).tolist() == ["no", "yes", "no"]
    assert labels({"labels": {**KNOWN, "threshold": 0.4}}, SHARES).tolist() == ["no", "yes", "yes"]


def test_thresholds_of_groups_are_those_of_the_task():
    task = restore_task(
        {
            "kind": "binary",
            "names": ["sold"],
            "classes": ["no", "yes"],
            "shares": [0.6, 0.4],
            "asked": {"protected": {"columns": ["sex"], "groups": ["f", "m"]}},
            "by_group": {"f": 0.2, "all others": 0.9},
        }
    )
    groups = np.array(["f", "x", "m"], object)
    description = {"labels": {**KNOWN, "positive": task.positive, "by_group": task.group_rule()}}

    expected = task.of_rows({"sex": groups}).decode({"target": SHARES})["prediction"]

    assert labels(description, SHARES, groups).tolist() == expected.tolist() == ["yes", "no", "no"]
    with pytest.raises(ValueError, match=r"give the group of each row \(sex\)"):
        labels(description, SHARES)


def test_sets_are_those_of_predict():
    kept, new = OF_CLASSES.scored(classes(300)), classes(50, 1, sharp=0.5)
    told = OF_CLASSES.tell(kept, new, 0.9).columns(new, CLASSES)["set"]

    found = sets(plain(OF_CLASSES, kept, new), new.predictions["target"])

    assert found == [json.loads(text) for text in told]


@pytest.mark.parametrize("groups", [False, True])
def test_intervals_are_those_of_predict(groups):
    kept, new = OF_AMOUNTS.scored(amounts(500, funnel=True, groups=groups)), amounts(60, 1, groups=groups)
    told = OF_AMOUNTS.tell(kept, new, 0.9)

    low, high = intervals(plain(OF_AMOUNTS, kept, new), new.predictions["target"], groups=new.groups)

    np.testing.assert_allclose(low, told.lower)
    np.testing.assert_allclose(high, told.upper)


@pytest.mark.parametrize("restless", [False, True])
def test_intervals_of_forecasts_look_at_the_window(restless):
    kept, new = OF_FORECASTS.scored(forecasts(400, restless=restless)), forecasts(40, 1, restless=restless)
    told = OF_FORECASTS.tell(kept, new, 0.9)

    low, high = intervals(plain(OF_FORECASTS, kept, new), new.predictions["target"], new.inputs)

    np.testing.assert_allclose(low, told.lower)
    np.testing.assert_allclose(high, told.upper)


def test_too_few_rows_promise_nothing_narrow():
    kept, new = OF_AMOUNTS.scored(amounts(10)), amounts(5, 1)

    low, high = intervals(plain(OF_AMOUNTS, kept, new), new.predictions["target"])

    assert np.isneginf(low).all()
    assert np.isposinf(high).all()


def test_a_copy_needs_numpy_only():
    tree = ast.parse(Path(answers.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}

    assert modules <= {"__future__", "collections.abc", "numpy", "typing"}
